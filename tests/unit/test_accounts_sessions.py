"""Sessions: an id nobody made opens nothing, idle and longest time hold, a change of rights makes a new id."""

import datetime as dt
import uuid

import pytest
from sqlmodel import select

from directory.accounts import sessions
from directory.accounts.models import Factor, Membership, User, WebSession
from directory.accounts.permissions import Permission, Role
from directory.accounts.sessions import SignedIn
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Forbidden
from tests.support.people import KIT, MO, NOOR, OPAL, VERA, Somebody, person
from tests.support.time import Clock

HARBOUR, OTHER = uuid.uuid4(), uuid.uuid4()


def begin(databases: Databases, somebody: Somebody = MO, *, factor: Factor = Factor.TOTP) -> str:
    place = HARBOUR if somebody is NOOR else OTHER if somebody is KIT else None
    user = person(databases, somebody, place)
    with unit_of_work(databases) as db:
        return sessions.begin(db, user.id, factor=factor)


def found(databases: Databases, token: str) -> SignedIn | None:
    with reading(databases) as db:
        return sessions.find(db, token)


def opened(databases: Databases, token: str) -> SignedIn:
    signed_in = found(databases, token)
    assert signed_in is not None
    return signed_in


def test_a_session_tells_who_is_acting_and_as_what(databases: Databases) -> None:
    mo = opened(databases, begin(databases))
    assert mo.may(Permission.MODERATE)
    assert (mo.actor.kind, mo.actor.label) == ("moderator", mo.label)
    assert mo.label.startswith("U-")
    assert "@" not in mo.label


@pytest.mark.parametrize("token", ["", "planted-by-somebody-else", "' OR 1=1 --"])
def test_an_id_that_a_browser_brings_opens_nothing(databases: Databases, token: str) -> None:
    begin(databases)
    assert found(databases, token) is None


def test_the_token_is_stored_as_its_digest_only(databases: Databases) -> None:
    token = begin(databases)
    with reading(databases) as db:
        everything = repr(db.exec(select(WebSession)).all())
    assert token not in everything


def test_fifteen_minutes_without_a_request_end_it(databases: Databases, clock: Clock) -> None:
    token = begin(databases)
    clock.advance(minutes=14, seconds=59)
    assert found(databases, token) is not None
    clock.advance(seconds=1)
    assert found(databases, token) is None
    assert not sessions.touch(databases, token)
    assert found(databases, token) is None


def test_being_seen_keeps_it_open_but_not_beyond_twelve_hours(databases: Databases, clock: Clock) -> None:
    token = begin(databases)
    began = clock.now()
    while clock.now() - began < dt.timedelta(hours=12) - dt.timedelta(minutes=10):
        clock.advance(minutes=10)
        assert sessions.touch(databases, token)
    clock.travel(to=began + dt.timedelta(hours=12) - dt.timedelta(seconds=1))
    assert found(databases, token) is not None
    clock.advance(seconds=1)
    assert found(databases, token) is None


def test_being_seen_is_written_at_most_once_a_minute(databases: Databases, clock: Clock) -> None:
    token = begin(databases)
    assert not sessions.touch(databases, token)
    clock.advance(seconds=59)
    assert not sessions.touch(databases, token)
    clock.advance(seconds=1)
    assert sessions.touch(databases, token)
    assert not sessions.touch(databases, token)


def test_a_new_id_leaves_the_old_one_worthless(databases: Databases) -> None:
    token = begin(databases)
    with unit_of_work(databases) as db:
        newer = sessions.rotate(db, opened(databases, token).session_id)
    assert newer != token
    assert found(databases, token) is None
    assert found(databases, newer) is not None


def test_signed_out_everywhere_but_here(databases: Databases) -> None:
    here, there = begin(databases), begin(databases)
    mine = opened(databases, here)
    with unit_of_work(databases) as db:
        sessions.end_all(db, mine.user_id, but=mine.session_id)
    assert found(databases, here) is not None
    assert found(databases, there) is None
    with unit_of_work(databases) as db:
        sessions.end(db, mine.session_id)
    assert found(databases, here) is None


def test_a_role_taken_away_is_gone_with_the_next_request(databases: Databases, clock: Clock) -> None:
    token = begin(databases)
    with unit_of_work(databases) as db:
        row = db.exec(select(Membership)).one()
        row.ended_at, row.ended_by = clock.now(), "system:tests"
        db.add(row)
    assert not opened(databases, token).may(Permission.MODERATE)


def test_an_account_that_was_closed_opens_nothing(databases: Databases, clock: Clock) -> None:
    token = begin(databases)
    with unit_of_work(databases) as db:
        row = db.exec(select(User)).one()
        row.closed_at = clock.now()
        db.add(row)
    assert found(databases, token) is None


def test_what_is_allowed_at_one_clinic_is_not_at_another(databases: Databases) -> None:
    noor, kit = opened(databases, begin(databases, NOOR)), opened(databases, begin(databases, KIT))
    assert noor.may(Permission.ANSWER_REQUESTS, HARBOUR)
    assert not kit.may(Permission.ANSWER_REQUESTS, HARBOUR)
    assert noor.organizations(Permission.ANSWER_REQUESTS) == (HARBOUR,)
    with pytest.raises(Forbidden):
        kit.require(Permission.ANSWER_REQUESTS, organization_id=HARBOUR)


def test_a_recovery_code_alone_allows_nothing_but_the_account(databases: Databases) -> None:
    mo = opened(databases, begin(databases, factor=Factor.RECOVERY))
    assert not mo.strong
    assert not any(mo.may(permission) for permission in Permission)


@pytest.mark.parametrize("somebody", [VERA, OPAL, MO], ids=lambda s: str(s.role))
def test_nobody_of_the_house_reads_requests(databases: Databases, somebody: Somebody) -> None:
    signed_in = opened(databases, begin(databases, somebody))
    assert not signed_in.may(Permission.ANSWER_REQUESTS)
    assert not signed_in.may(Permission.READ_ANY_REQUEST)
    assert signed_in.held[0].role in {Role.VERIFIER, Role.OPERATOR, Role.MODERATOR}
