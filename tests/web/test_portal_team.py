"""The team page: an owner sees and changes the own team, and nobody else does."""

import uuid

import pytest
from sqlmodel import select

from directory.accounts.models import Invitation, Membership, User
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from tests.support import clinics
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.people import EDDA, NOOR, OLA, Somebody, person, sign_in
from tests.support.time import Clock


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> uuid.UUID:
    """Harbour Clinic's organization."""
    with unit_of_work(databases) as db:
        row = clinics.organization()
        db.add(row)
        db.flush()
        return row.id


@pytest.fixture
def ola(client: Client, databases: Databases, harbour: uuid.UUID) -> Client:
    """The owner, signed in."""
    sign_in(client, databases, Role.OWNER, harbour)
    return client


def membership(databases: Databases, somebody: Somebody) -> Membership:
    with reading(databases) as db:
        mine = select(Membership).join(User).where(User.mailbox == somebody.mailbox)  # type: ignore[arg-type]
        return db.exec(mine).one()


def test_an_owner_invites_and_takes_back(ola: Client, databases: Databases) -> None:
    assert leads_to(submit(ola, "/team", action="/team/invite", mailbox="new@x.example", role="intake")) == (
        "/team?done=invited"
    )
    assert "new@x.example" in words_of(ola.get("/team").text)
    with reading(databases) as db:
        row = db.exec(select(Invitation)).one()
    assert (row.role, row.place) == ("intake", "Harbour Clinic")
    answer = submit(ola, "/team", action=f"/team/invitations/{row.id}/withdraw")
    assert leads_to(answer) == "/team?done=withdrawn"
    assert "new@x.example" not in words_of(ola.get("/team").text)


def test_what_is_wrong_comes_back_as_typed(ola: Client) -> None:
    answer = submit(ola, "/team", action="/team/invite", mailbox="nobody", role="moderator")
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    assert "Choose a role" in words_of(answer.text)


def test_an_owner_changes_a_role_and_takes_somebody_off(ola: Client, databases: Databases, harbour: uuid.UUID) -> None:
    person(databases, EDDA, harbour)
    row = membership(databases, EDDA)
    answer = submit(ola, "/team", action=f"/team/members/{row.id}/role", role="intake")
    assert leads_to(answer) == "/team?done=changed"
    assert membership(databases, EDDA).role == "intake"
    place = {"organization_id": str(harbour)}
    assert leads_to(ola.post(f"/team/members/{row.id}/enrol", data=place)) == "/team?done=enrol"
    assert leads_to(ola.post(f"/team/members/{row.id}/end", data=place)) == "/team?done=ended"
    assert EDDA.mailbox not in words_of(ola.get("/team").text)
    mine = membership(databases, OLA)
    assert ola.post(f"/team/members/{mine.id}/end", data=place).status_code == 409


def test_a_team_is_closed_to_everybody_else(client: Client, databases: Databases, harbour: uuid.UUID) -> None:
    person(databases, EDDA, harbour)
    row, place = membership(databases, EDDA), {"organization_id": str(harbour)}
    for role, somebody, where in (
        (Role.INTAKE, NOOR, harbour),
        (Role.EDITOR, None, harbour),
        (Role.MODERATOR, None, None),
    ):
        sign_in(client, databases, role, where, somebody=somebody)
        assert client.get("/team").status_code == 403
        assert client.post(f"/team/members/{row.id}/end", data=place).status_code == 403
    stranger = Somebody("owner@other.example", "Other", Role.OWNER)
    sign_in(client, databases, Role.OWNER, uuid.uuid4(), somebody=stranger)
    assert client.post(f"/team/members/{row.id}/end", data=place).status_code == 403
    assert client.post("/team/invite", data=place | {"mailbox": "a@b.example", "role": "owner"}).status_code == 403
    assert EDDA.mailbox not in client.get("/team").text
    assert client.post(f"/team/members/{row.id}/end", data={}).status_code == 422
