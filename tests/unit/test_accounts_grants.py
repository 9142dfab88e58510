"""Grants: one row, one browser, half an hour, revocable, with a new id at every change."""

import uuid

import pytest
from sqlmodel import select

from directory.accounts import grants
from directory.accounts.models import Grant
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Forbidden, Gone
from tests.support.time import Clock

REQUEST, OTHER = uuid.uuid4(), uuid.uuid4()


def give(
    databases: Databases, *, purpose: str = "request", subject_id: uuid.UUID = REQUEST, instead_of: str = ""
) -> str:
    with unit_of_work(databases) as db:
        return grants.give(db, purpose=purpose, subject_id=subject_id, instead_of=instead_of)


def opens(databases: Databases, token: str, purpose: str = "request") -> uuid.UUID | None:
    with reading(databases) as db:
        row = grants.find(db, token, purpose=purpose)
        return row.subject_id if row else None


def test_a_grant_opens_the_one_row_it_names_for_half_an_hour(databases: Databases, clock: Clock) -> None:
    token = give(databases)
    clock.advance(minutes=29, seconds=59)
    assert opens(databases, token) == REQUEST
    clock.advance(seconds=1)
    assert opens(databases, token) is None


@pytest.mark.parametrize("token", ["", "made up", "' OR 1=1 --"])
def test_nothing_else_opens_anything(databases: Databases, token: str) -> None:
    give(databases)
    assert opens(databases, token) is None


def test_a_grant_for_one_purpose_is_none_for_another(databases: Databases) -> None:
    assert opens(databases, give(databases), purpose="answer") is None


def test_done_on_this_computer_ends_it_at_once(databases: Databases) -> None:
    token, elsewhere = give(databases), give(databases)
    with unit_of_work(databases) as db:
        grants.end(db, token)
    assert opens(databases, token) is None
    assert opens(databases, elsewhere) == REQUEST


def test_a_change_of_rights_gives_a_new_token_and_ends_the_old_one(databases: Databases) -> None:
    first = give(databases)
    second = give(databases, purpose="answer", subject_id=OTHER, instead_of=first)
    assert first != second
    assert opens(databases, first) is None
    assert opens(databases, second, "answer") == OTHER


def test_a_planted_token_is_never_taken_over(databases: Databases) -> None:
    token = give(databases, instead_of="planted")
    assert token != "planted"
    assert opens(databases, "planted") is None


def test_withdrawing_closes_every_browser_at_that_row(databases: Databases) -> None:
    first, second = give(databases, purpose="answer"), give(databases, purpose="answer")
    other = give(databases, purpose="answer", subject_id=OTHER)
    with unit_of_work(databases) as db:
        assert grants.end_all(db, purpose="answer", subject_id=REQUEST) == 2
    assert [opens(databases, token, "answer") for token in (first, second, other)] == [None, None, OTHER]


def test_the_token_is_not_stored(databases: Databases) -> None:
    token = give(databases)
    with reading(databases) as db:
        assert token not in repr(db.exec(select(Grant)).one())


def test_without_a_grant_and_after_it_the_words_differ(databases: Databases, clock: Clock) -> None:
    token = give(databases)
    with reading(databases) as db:
        assert grants.require(db, token, purpose="request") == REQUEST
        with pytest.raises(Forbidden, match="code"):
            grants.require(db, "", purpose="request")
    clock.advance(minutes=31)
    with reading(databases) as db, pytest.raises(Gone, match="closed"):
        grants.require(db, token, purpose="request")


def test_old_grants_are_cleared_away(databases: Databases, clock: Clock) -> None:
    give(databases)
    clock.advance(days=2)
    give(databases)
    with unit_of_work(databases) as db:
        grants.purge(db)
    with reading(databases) as db:
        assert len(db.exec(select(Grant)).all()) == 1
