"""Every sentence that people see has its Spanish: whole, with the same places, links and figures as its English."""

import re

import pytest
from babel.messages.catalog import Message

from directory.lib.languages import ENGLISH, LANGUAGES
from scripts import messages

_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*[^{}]*\}|%%|</?[a-z][^>]*>")
others = pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])


def forms(value: object) -> list[str]:
    """A sentence, or its singular and plural."""
    return [str(each) for each in value] if isinstance(value, tuple | list) else [str(value)]


def wrong_places(message: Message) -> list[str]:
    """Forms whose places, tags or outer spaces are not those of the English. A singular may leave its number out."""
    english, said = forms(message.id), forms(message.string)
    found = []
    for number, text in enumerate(said):
        wanted = sorted(_PLACES.findall(english[min(number, len(english) - 1)]))
        have = sorted(_PLACES.findall(text))
        is_one = len(said) > 1 and number == 0 and set(have) <= set(_PLACES.findall(english[-1]))
        edges = [(text[:1].isspace(), text[-1:].isspace()), (english[0][:1].isspace(), english[0][-1:].isspace())]
        if (have != wanted and not is_one) or edges[0] != edges[1]:
            found.append(f"{english[0]!r} → {text!r}")
    return found


@others
def test_the_catalogue_holds_exactly_the_sentences_there_are(language: str) -> None:
    now = {messages.english_of(message) for message in messages.sentences() if message.id}
    kept = {messages.english_of(message) for message in messages.read(language) if message.id}
    assert sorted(now - kept) == [], "run `make messages`"
    assert sorted(kept - now) == [], "run `make messages`"


@others
def test_no_sentence_lacks_its_translation(language: str) -> None:
    assert messages.lacking(messages.read(language)) == []


@others
def test_a_translation_keeps_places_links_and_spaces(language: str) -> None:
    assert [line for message in messages.read(language) if message.id for line in wrong_places(message)] == []


def test_a_lost_place_a_lost_link_and_a_lost_translation_are_noticed() -> None:
    assert wrong_places(Message("{n} miles", "millas"))
    assert wrong_places(Message('See <a href="/x">it</a>', "Véalo"))
    assert wrong_places(Message(" to ", "a"))
    assert not wrong_places(Message(("{n} mile", "{n} miles"), ("una milla", "{n} millas")))
    assert not wrong_places(Message("{a} of {b}", "de {b}, {a}"))
