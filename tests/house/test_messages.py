"""Every message has its three parts, says nothing that is sealed, and loads nothing when it is opened."""

from pathlib import Path

import jinja2
import pytest
from jinja2 import meta

from directory import settings
from directory.delivery.catalogue import MESSAGES, Link
from directory.delivery.rendering import render
from directory.web.templates import environment
from tests.house.markup import Template, nothing_is_inline, nothing_is_loaded_from_elsewhere

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"
PARTS = {"subject.txt", "body.txt", "body.html"}
MAY_SAY = {"reference", "link", "code", "site", "language"}
"""All that a mail may be made of. Whatever is sealed (names, answers, words, mailboxes) has no name here."""
WORDS: dict[str, str] = {"reference": "R-7F3K-92", "link": "https://lanternway.example/answer/x", "code": "123456"}
TELLING = ("ketamine", "spravato", "esketamine", "depress", "psychiat", "treatment", "clinic", "patient", "suicid")


@pytest.fixture(scope="module")
def jinja() -> jinja2.Environment:
    return environment(settings.load({}))


def names_used(jinja: jinja2.Environment, template: str) -> set[str]:
    """Every name a template and those it extends or imports take from outside."""
    assert jinja.loader is not None
    source, _, _ = jinja.loader.get_source(jinja, template)
    tree = jinja.parse(source)
    found = meta.find_undeclared_variables(tree)
    for parent in meta.find_referenced_templates(tree):
        found |= names_used(jinja, str(parent))
    return found - {"_", "gettext", "ngettext"}


def test_every_message_of_the_catalogue_has_its_folder_and_none_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == set(MESSAGES)


@pytest.mark.parametrize("message", MESSAGES)
def test_the_message_has_subject_text_and_html(message: str, jinja: jinja2.Environment) -> None:
    assert {path.name for path in (FOLDER / message).iterdir()} == PARTS
    said = render(jinja, message, WORDS)
    assert 5 <= len(said.subject) <= 78
    assert "\n" not in said.subject
    assert len(said.text.split()) > 10
    assert "</html>" in said.html


@pytest.mark.parametrize("message", MESSAGES)
def test_the_message_is_made_of_nothing_that_is_sealed(message: str, jinja: jinja2.Environment) -> None:
    for part in PARTS:
        assert names_used(jinja, f"messages/{message}/{part}") <= MAY_SAY


@pytest.mark.parametrize("message", MESSAGES)
def test_the_subject_tells_an_onlooker_nothing(message: str, jinja: jinja2.Environment) -> None:
    subject = render(jinja, message, WORDS).subject.lower()
    assert [word for word in TELLING if word in subject] == []


@pytest.mark.parametrize("message", MESSAGES)
def test_both_bodies_carry_the_link_that_the_catalogue_promises(message: str, jinja: jinja2.Environment) -> None:
    said = render(jinja, message, WORDS)
    if MESSAGES[message].link is not Link.NONE:
        assert WORDS["link"] in said.text
        assert f'href="{WORDS["link"]}"' in said.html


@pytest.mark.parametrize("message", MESSAGES)
def test_an_opened_message_loads_nothing(message: str, jinja: jinja2.Environment) -> None:
    html = Template(f"messages/{message}/body.html", render(jinja, message, WORDS | {"link": "/x"}).html)
    assert nothing_is_inline(html) == []
    assert [e for e in html.elements if {"src", "srcset", "background"} & e.attributes.keys() or e.tag == "link"] == []


def test_a_message_that_names_more_than_it_may_is_noticed() -> None:
    jinja = jinja2.Environment(loader=jinja2.DictLoader({"a": "{{ content.name }}", "b": "{% extends 'a' %}"}))
    assert names_used(jinja, "b") == {"content"}


def test_a_message_that_loads_a_picture_is_noticed() -> None:
    letter = Template("messages/a/body.html", "<img src='https://tracker.example.com/1.gif'>")
    assert nothing_is_loaded_from_elsewhere(letter) != []
