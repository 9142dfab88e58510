"""Every template keeps the rules of the house, is used, and its parts are shown on /patterns."""

import ast
import re

import pytest

from directory import settings
from directory.web.templates import environment
from tests.house import markup, source
from tests.house.markup import EVERYWHERE, Rule, Template, macros_called, named_by_templates, templates

BROKEN: list[tuple[Rule, str]] = [
    (markup.templates_are_short, "<p>\n" * 151),
    (markup.nothing_is_inline, "<script>go()</script>"),
    (markup.nothing_is_inline, "<style>p {}</style>"),
    (markup.nothing_is_inline, "<p style='color: red'></p>"),
    (markup.nothing_is_inline, "<button onclick='go()'></button>"),
    (markup.nothing_is_inline, "<a href='javascript:go()'></a>"),
    (markup.nothing_is_loaded_from_elsewhere, "<img src='https://988lifeline.org/a.png'>"),
    (markup.nothing_is_loaded_from_elsewhere, "<link rel='stylesheet' href='//fonts.example.com/a.css'>"),
    (markup.nothing_is_loaded_from_elsewhere, "<a href='https://ads.example.com/{{ id }}'></a>"),
    (markup.nothing_is_loaded_from_elsewhere, "<form action='http://example.com/send'></form>"),
    (markup.every_sentence_can_be_translated, "<p>Find care near you</p>"),
    (markup.every_sentence_can_be_translated, "<p>{{ count }} clinics</p>"),
    (markup.every_sentence_can_be_translated, "<input placeholder='ZIP code'>"),
    (markup.every_sentence_can_be_translated, "<button aria-label='Close {{ name }}'></button>"),
    (markup.gettext_is_given_words, "{{ _(sentence) }}"),
    (markup.links_that_leave_say_so_to_nobody, "<a target='_blank' href='/x'></a>"),
]

GOOD = """{% extends "layouts/page.html" %}{# A comment in words. #}
{% block main %}<h1>{{ _("Find care") }}</h1><p>{% trans n=count %}{{ n }} clinics{% endtrans %} · 988</p>
<a href="https://988lifeline.org/chat/" rel="noreferrer" title="{{ _("Chat") }}">{{ _("Chat") }}</a>
<script type="module" src="{{ asset('js/page.js') }}"></script>{% endblock %}"""


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_every_template_keeps_the_rule(rule: Rule) -> None:
    found = {template.name: complaints for template in templates() if (complaints := rule(template))}
    assert found == {}, rule.__doc__


@pytest.mark.parametrize(("rule", "text"), BROKEN, ids=lambda part: getattr(part, "__name__", ""))
def test_the_rule_catches_the_broken_template(rule: Rule, text: str) -> None:
    assert rule(Template("search/show.html", text)) != []


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_the_rule_lets_a_good_template_pass(rule: Rule) -> None:
    assert rule(Template("search/show.html", GOOD)) == []


def test_no_template_rule_is_without_its_counterexample() -> None:
    assert {rule for rule, _ in BROKEN} == set(EVERYWHERE)


def test_bare_words_in_the_text_part_of_a_letter_are_caught() -> None:
    letter = Template("messages/a/body.txt", "{{ _('You have a request.') }}\n{{ link }}\nRegards")
    assert markup.every_sentence_can_be_translated(letter) == ["bare words: Regards"]


def test_every_template_compiles_under_the_strict_environment() -> None:
    strict = environment(settings.load({}))
    for template in templates():
        strict.get_template(template.name)


def unused(found: list[Template], words: set[str]) -> set[str]:
    """Templates that neither another template nor a string in the code (`words`) names."""
    named = set(named_by_templates(found)) | words
    folders = {word.rstrip("/") for word in words}
    return {t.name for t in found if t.name not in named and t.name.rpartition("/")[0] not in folders}


def words_of_the_code() -> set[str]:
    """Every string constant in the code; of an f-string such as f"errors/{status}.html" the folder it begins with."""
    found: set[str] = set()
    for module in source.modules("directory"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
                if node.value.endswith("/") or "/" not in node.value:
                    found.add(f"messages/{node.value}")
    return found


def test_every_template_is_used() -> None:
    assert unused(templates(), words_of_the_code()) == set()


def test_a_template_that_nobody_names_is_noticed() -> None:
    found = [
        Template("search/show.html", '{% extends "layouts/page.html" %}'),
        Template("layouts/page.html", ""),
        Template("search/old.html", ""),
        Template("errors/404.html", ""),
        Template("messages/arrived/body.txt", ""),
    ]
    assert unused(found, {"search/show.html", "errors/", "messages/arrived"}) == {"search/old.html"}


def not_shown(found: list[Template]) -> set[str]:
    """Components that neither a page under patterns/ nor its layout calls, by itself or through another component."""
    components = {t.name.removeprefix("components/").removesuffix(".html"): t for t in found if "components/" in t.name}
    shown: set[str] = set().union(*(macros_called(t) for t in found if t.name.startswith(("patterns/", "layouts/"))))
    while more := set().union(*(macros_called(components[name]) for name in shown & components.keys())) - shown:
        shown |= more
    return components.keys() - shown


def test_every_component_is_on_the_patterns_page() -> None:
    assert not_shown(templates()) == set()


def test_a_component_missing_from_the_patterns_page_is_noticed() -> None:
    found = [
        Template("components/button.html", "{% macro button() %}{% endmacro %}"),
        Template("components/chip.html", "{% macro chip() %}{% endmacro %}"),
        Template("components/card.html", "{% macro card() %}{{ button() }}{% endmacro %}"),
        Template("patterns/show.html", "{{ card() }}"),
    ]
    assert not_shown(found) == {"chip"}


def test_every_component_is_listed_in_the_design_paper_as_it_is_called() -> None:
    paper = (markup.ROOT / "docs" / "design.md").read_text()
    macros = {m for t in templates() if "components/" in t.name for m in re.findall(r"{% macro (.*?) %}", t.text)}
    assert {macro for macro in macros if f"`{macro}`" not in paper} == set()
