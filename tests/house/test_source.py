"""Every module keeps the rules of the house, and every rule catches what it was made for."""

import pytest

from tests.house import source
from tests.house.source import EVERYWHERE, Module, Rule, modules

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 60
SAID = '"""Something."""\n'

BROKEN: list[tuple[Rule, str, str]] = [
    (source.modules_are_short, "directory/a.py", "x = 1\n" * 401),
    (source.functions_are_short, "directory/a.py", LONG_FUNCTION),
    (source.handlers_are_short, "directory/search/pages.py", "def f():\n" + "    x = 1\n" * 25),
    (source.pages_hold_no_sql, "directory/search/clinic_pages.py", "from sqlmodel import select\n"),
    (source.pages_hold_no_sql, "directory/search/pages.py", "from directory.search import clinic_pages\n"),
    (source.modules_say_what_they_are, "directory/a.py", "x = 1\n"),
    (source.modules_say_what_they_are, "directory/a.py", '"""One.\nTwo.\nThree.\nFour.\n"""\n'),
    (source.only_the_unit_of_work_commits, "directory/a.py", "def f(db):\n    db.commit()\n"),
    (source.only_the_clock_reads_the_time, "directory/a.py", "import datetime as dt\nx = dt.datetime.now(dt.UTC)\n"),
    (source.only_the_clock_reads_the_time, "directory/a.py", "from datetime import date\nx = date.today()\n"),
    (source.only_the_clock_reads_the_time, "directory/a.py", "import time\nx = time.time()\n"),
    (source.only_the_clock_reads_the_time, "directory/a.py", "from time import time\n"),
    (source.nothing_is_mocked, "tests/unit/test_a.py", "from unittest import mock\n"),
    (source.nothing_is_mocked, "tests/unit/test_a.py", "import unittest.mock\n"),
    (source.nothing_is_mocked, "tests/unit/test_a.py", "def test_it(mocker):\n    pass\n"),
    (source.tests_do_not_sleep, "tests/unit/test_a.py", "import time\ntime.sleep(1)\n"),
    (source.tests_do_not_sleep, "tests/browser/test_a.py", "def f(page):\n    page.wait_for_timeout(500)\n"),
    (source.tests_are_sentences, "tests/unit/test_a.py", "def test_listing():\n    pass\n"),
    (source.annotations_stay_importable, "directory/a/models.py", "from __future__ import annotations\n"),
    (source.annotations_stay_importable, "directory/a/pages.py", "from typing import TYPE_CHECKING\n"),
    (source.people_are_told_in_their_language, "directory/a.py", "raise NotFound('There is no such clinic.')\n"),
    (source.people_are_told_in_their_language, "directory/a.py", "raise errors.Refused(f'Not {x}.')\n"),
    (source.files_have_names, "directory/a/utils.py", SAID),
    (source.nothing_is_left_for_later, "directory/a.py", "x = 1  # TODO: more\n"),
    (source.nothing_is_left_for_later, "directory/a.py", "def f():\n    raise NotImplementedError\n"),
]


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    found = {
        module.path: complaints
        for module in modules("directory", "migrations", "scripts", "tests")
        if (complaints := rule(module))
    }
    assert found == {}, rule.__doc__


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN, ids=lambda part: getattr(part, "__name__", ""))
def test_the_rule_catches_what_it_was_made_for(rule: Rule, path: str, text: str) -> None:
    assert rule(Module(path, text)) != []


def test_no_rule_is_without_its_counterexample() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(EVERYWHERE)


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_the_rule_lets_a_good_module_pass(rule: Rule) -> None:
    good = Module("directory/listings/rules.py", f"{SAID}\n\ndef is_open(at):\n    return at.hour < 17\n")
    assert rule(good) == []
