"""A mail is made of a closed list of names, read from its templates, so that nothing sealed can slip into one."""

import jinja2
import pytest
from jinja2 import meta

from directory import settings
from directory.delivery.catalogue import MESSAGES
from directory.web.templates import environment
from tests.house.markup import Template, nothing_is_inline, nothing_is_loaded_from_elsewhere

PARTS = ("subject.txt", "body.txt", "body.html")
MAY_SAY = {"reference", "link", "code", "what", "waiting", "overdue", "door", "site", "language"}
"""All that a mail may be made of. Whatever is sealed (names, answers, words, mailboxes) has no name here."""


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


@pytest.mark.parametrize("message", MESSAGES)
def test_the_message_is_made_of_nothing_that_is_sealed(message: str, jinja: jinja2.Environment) -> None:
    for part in PARTS:
        assert names_used(jinja, f"messages/{message}/{part}") <= MAY_SAY


def test_a_message_that_names_more_than_it_may_is_noticed() -> None:
    jinja = jinja2.Environment(loader=jinja2.DictLoader({"a": "{{ content.name }}", "b": "{% extends 'a' %}"}))
    assert names_used(jinja, "b") == {"content"}


def test_a_message_that_loads_a_picture_or_runs_a_script_is_noticed() -> None:
    picture = Template("messages/a/body.html", "<img src='https://tracker.example.com/1.gif'>")
    script = Template("messages/a/body.html", "<script>go()</script>")
    assert nothing_is_loaded_from_elsewhere(picture) != []
    assert nothing_is_inline(script) != []
