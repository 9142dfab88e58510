"""Who may come where, for people who sign in: every route of theirs × every role, and × those who hold only a link."""

import uuid
from dataclasses import dataclass

import pytest

from directory.accounts import actions, links, sessions, signing_in
from directory.accounts.actor import Actor, ActorKind, system
from directory.accounts.models import Factor, User
from directory.accounts.permissions import Role
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Location
from directory.referrals import actions as requests
from directory.referrals import queries
from tests.support.access import AFTER_LINK, BY_LINK, SIGNED_IN, by_role, ways_in
from tests.support.forms import Client
from tests.support.people import KIT, OLA, Somebody, person
from tests.support.requests import SLUG, ready_clinic, sent_request
from tests.support.routes import litestar_of, ways
from tests.support.site import SECRET
from tests.support.time import Clock

REFUSED = {403, 404, 410}
UNKNOWN = str(uuid.UUID(int=7))
"""The id of nothing: who is let in learns that it is not there."""


@dataclass
class Building:
    """Harbour and Kit's clinic, and everybody's account."""

    databases: Databases
    users: dict[Somebody, User]
    invitation: str
    reference: str

    def path(self, way: str) -> str:
        """A way's path, with Harbour's slug and ids of nothing."""
        values = {"{slug:str}": SLUG, "{section:str}": "about", "{token:str}": self.invitation}
        values |= {"{reference:str}": self.reference, "{name:str}": "decline"}
        values["{kind:str}"] = "csv" if "/export/" in way else "app"
        path = way.split()[1]
        for name, value in values.items():
            path = path.replace(name, value)
        return "/".join(UNKNOWN if part.endswith(":uuid}") else part for part in path.split("/"))

    def token(self, somebody: Somebody, factor: Factor = Factor.TOTP) -> str:
        """A fresh session: some ways end or rename the one they are tried with."""
        with unit_of_work(self.databases) as db:
            return sessions.begin(db, self.users[somebody].id, factor=factor)

    def visit(self, client: Client, way: str, cookies: dict[str, str]) -> str:
        """What a way says to whoever has these cookies: in, sign in, or refused."""
        client.cookies.clear()
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        answer = client.request(way.split(maxsplit=1)[0], self.path(way), headers=header)
        if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?"):
            return "sign in"
        names_nothing = ":uuid}" in way and answer.status_code == 404
        if answer.status_code in REFUSED and not names_nothing:
            return "refused"
        assert answer.status_code in {200, 303, 404, 409, 422, 503}, f"{way}: {answer.status_code}"
        return "in"


@pytest.fixture
def building(databases: Databases, clock: Clock) -> Building:
    harbour = ready_clinic(databases)
    other = ready_clinic(databases, slug="kits-clinic", mailbox="kit@kits.example.org", npi="1003000126")
    with reading(databases) as db:
        ours, theirs = (db.get_one(Location, id_).organization_id for id_ in (harbour, other))
    users = {}
    for each in SIGNED_IN:
        place = theirs if each is KIT else ours if each.role in {Role.OWNER, Role.EDITOR, Role.INTAKE} else None
        role = Somebody(each.mailbox, each.name, Role.OWNER) if each is KIT else each
        users[each] = person(databases, role, place)
    with unit_of_work(databases) as db:
        row = actions.invite_to_house(db, mailbox="new@x.example", role=Role.VERIFIER, by=system("tests"))
    asked = sent_request(databases, harbour)
    with unit_of_work(databases) as db:
        task = queries.find_task_of(db, asked.id)
        requests.open_by_clinic(db, task.id, by=Actor(ActorKind.CLINIC, SLUG), at=service_clock.now())
    invitation = links.sign(SECRET, actions.INVITATION, row.id, service_clock.today())
    return Building(databases, users, invitation, asked.reference)


def test_every_role_is_let_in_where_it_was_decided_and_nowhere_else(client: Client, building: Building) -> None:
    wrong = []
    for way, people in by_role().items():
        for somebody in SIGNED_IN:
            found = building.visit(client, way, {"session": building.token(somebody)})
            right = "in" if somebody in people else "refused"
            if found != right:
                wrong.append(f"{way}: {found} for {somebody.name} ({somebody.role})")
    assert wrong == []


def test_without_a_session_everything_leads_to_the_sign_in_or_is_refused(client: Client, building: Building) -> None:
    for way in by_role():
        for cookies in (
            {},
            {"session": "made-up"},
            {"session": building.token(OLA)[:-1]},
            {"grant": "x", "sign-in": "x"},
        ):
            right = "sign in" if way.startswith("GET") else "refused"
            assert building.visit(client, way, cookies) == right, way


def test_a_recovery_code_alone_opens_the_account_and_nothing_else(client: Client, building: Building) -> None:
    account = {way for way in by_role() if way.split()[1].startswith("/account")}
    for way, people in by_role().items():
        found = building.visit(client, way, {"session": building.token(OLA, Factor.RECOVERY)})
        assert found == ("in" if way in account and people else "refused"), way


def test_a_session_is_no_way_round_a_link(client: Client, building: Building) -> None:
    for way in ways_in(AFTER_LINK):
        for cookies in ({}, {"session": building.token(OLA)}, {"sign-in": "made-up"}):
            assert building.visit(client, way, cookies) == "refused", way
    for way in ways_in(BY_LINK):
        if "/invitation/" in way:
            continue
        assert building.visit(client, way, {"session": building.token(OLA)}) == "refused", way


def test_an_opened_link_opens_no_room(client: Client, building: Building) -> None:
    with unit_of_work(building.databases) as db:
        opened = signing_in.open_for(db, building.users[OLA].id, invitation_id=None, goes_to="")
    for way in by_role():
        found = building.visit(client, way, {"sign-in": opened, "session": opened})
        assert found == ("sign in" if way.startswith("GET") else "refused"), way


def test_the_guards_of_these_routes_ask_who_it_is(client: Client) -> None:
    asking = {f"{way.method} {way.path}": way.access for way in ways(litestar_of(client))}
    for way in by_role():
        assert asking[way].startswith(("may_", "signed_in", "proved_just_now")), way
