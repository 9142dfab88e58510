"""Who may come where: every route × every person. A new route fails here until it is decided in the table."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import delete
from sqlmodel import col, select

from directory.accounts import codes, grants, links
from directory.delivery import post
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.throttle import Throttle
from directory.listings.models import Location
from directory.referrals import doors, drafts, queries
from directory.referrals.models import DraftKind, Referral, ReferralTask
from directory.search import actions as search_actions
from directory.settings import Settings
from directory.web import assets
from tests.support.access import decided_here
from tests.support.forms import Client, form_of
from tests.support.requests import SLUG, ready_clinic, sent_request
from tests.support.routes import Way, litestar_of, ways
from tests.support.site import SECRET
from tests.support.time import Clock

PAT = "Pat, whom nobody knows"
ASKED = "a browser that only asked for a code"
BEGUN = "a browser with a patient's form"
REFERRING = "a browser with a clinician's form"
RIVERA = "Dr Rivera, who sent a request to Harbour"
NOOR = "Noor, at Harbour"
KIT = "Kit, at another clinic"
FORGED = "cookies that somebody made up"
SWAPPED = "real cookies under each other's names"
DEVELOPER = "the developer at this machine"
PEOPLE = (PAT, ASKED, BEGUN, REFERRING, RIVERA, NOOR, KIT, FORGED, SWAPPED, DEVELOPER)

MAIL, MAILED = "20260310T150000000000-0a.eml", "What only the mail folder holds"

WAITS = (ASKED, FORGED, SWAPPED)
"""Who sees the page that asks for six digits: it knows nothing and opens nothing by itself."""

DECIDED: dict[tuple[str, ...], str] = {
    PEOPLE: """
        GET /                                   GET /crisis             GET /patterns
        GET /search                             POST /search/here       GET /patterns/step
        GET /clinics/{slug:str}                 GET /api/v1/search      GET /patterns/errors/{status:int}
        GET /clinics/{slug:str}/letter          GET /api/v1/places      GET /assets/{path:path}
        GET /clinics/{slug:str}/contact.vcf     GET /api/docs           GET /api/v1/clinics/{slug:str}
        GET /clinics/{slug:str}/ask             GET /healthz            GET /api/v1/openapi.json
        POST /clinics/{slug:str}/ask            GET /readyz             GET /privacy/consumer-health
        GET /clinics/{slug:str}/refer           GET /requests           GET /about/disclosures
        POST /clinics/{slug:str}/refer          POST /requests          GET /requests/closed
        GET /ask/help                           POST /requests/done     GET /refer/emergency
        GET /ask/under-18                       GET /refer/under-18     GET /answer/{token:str}
        POST /answer/{token:str}                GET /sign-in            GET /sign-in/lost
        GET /sign-in/sent                       POST /sign-in           POST /sign-out
        POST /sign-in/passkey                   POST /sign-in/passkey/challenge
        GET /claim/{slug:str}                   POST /claim/{slug:str}
        GET /clinics/{slug:str}/report          POST /clinics/{slug:str}/report
        GET /accuracy                           POST /clinics/{slug:str}/report/no-answer
        GET /learn                              GET /learn/{slug:str}
        GET /tell-me            POST /tell-me           GET /tell-me/sent
        GET /unmet-need         GET /unmet-need.csv
        GET /compare    GET /compare/questions  GET /clinics/{slug:str}/questions
        POST /answer/{token:str}/renew
        GET /about/how-it-works     GET /privacy/nothing-follows-you    GET /accessibility      GET /contact
        GET /robots.txt             GET /.well-known/security.txt
        GET /sitemap.xml            GET /sitemaps/{name:str}
        GET /clinics/{slug:str}/course  GET /api/v1/search/explain
    """,
    (BEGUN,): """
        GET /ask        GET /ask/{name:str}     POST /ask/{name:str}    GET /ask/check
        POST /ask/check GET /ask/sent           POST /ask/delete
    """,
    (REFERRING,): """
        GET /refer      GET /refer/{name:str}   POST /refer/{name:str}  GET /refer/check
        POST /refer/check GET /refer/code       POST /refer/code        GET /refer/sent     POST /refer/delete
        GET /refer/documents                    POST /refer/documents
    """,
    WAITS: "GET /answer/code    POST /answer/code   GET /requests/code  POST /requests/code",
    (NOOR, KIT): """
        GET /answer/current             GET /answer/current/{name:str}  POST /answer/current/{name:str}
        GET /answer/current/text        POST /answer/current/terms      POST /answer/current/note
        POST /answer/current/number
        GET /answer/done        GET /clinic/update      POST /clinic/update     POST /clinic/confirm
    """,
    (RIVERA,): """
        GET /requests/current           GET /requests/current/{name:str}        POST /requests/current/{name:str}
        GET /requests/current/data      GET /requests/current/data/{kind:str}
    """,
    (DEVELOPER,): "GET /dev/mail    GET /dev/mail/{name:str}",
}
"""Who is let in, and where."""

HARMLESS_TO_STRANGERS = {"POST /ask/delete": (FORGED, SWAPPED), "POST /refer/delete": (FORGED, SWAPPED)}
"""Forgetting a form that is not there is answered as if it had been."""

LAST = ("POST /requests/current/{name:str}", "POST /requests/done", "POST /ask/delete", "POST /refer/delete")
"""What ends something is tried after everything else, in this order."""

LET_IN, REFUSED = {200, 303, 400, 409, 422}, {403, 404, 410}


def decided() -> dict[str, tuple[str, ...]]:
    """Who is let in, by way ("GET /path")."""
    found: dict[str, tuple[str, ...]] = {}
    for people, text in DECIDED.items():
        words = text.split()
        for way in map(" ".join, zip(words[::2], words[1::2], strict=True)):
            assert way not in found, f"{way} is decided twice"
            found[way] = people + HARMLESS_TO_STRANGERS.get(way, ())
    return found


def undecided(found: list[Way]) -> set[str]:
    """Ways of the application that the table does not know, and those it knows and that are gone."""
    return {f"{way.method} {way.path}" for way in found} ^ (set(decided()) | decided_here())


@dataclass
class World:
    """Two clinics with a request each, two forms, and the cookies of everybody."""

    databases: Databases
    token: str
    cookies: dict[str, dict[str, str]]
    private: dict[str, set[str]]
    """What must not be seen → who may see it, and does."""
    seen: dict[str, set[str]] = field(default_factory=dict)

    def path(self, way: str) -> str:
        """A way's path with real values: the form's pages that hold what was typed, Harbour's link, its slug."""
        values = {
            "/learn/{slug:str}": "/learn/spravato",
            "/sitemaps/{name:str}": "/sitemaps/pages.xml",
            "{slug:str}": SLUG,
            "{name:str}": "patient"
            if "/refer/" in way
            else "name"
            if "/ask/" in way
            else "decline"
            if "/answer/" in way
            else "withdraw"
            if "/requests/" in way
            else MAIL,
            "{token:str}": self.token,
            "{kind:str}": "txt",
            "{status:int}": "404",
            "/{path:path}": assets.collected().url("css/site.css").removeprefix("/assets"),
        }
        path = way.split()[1]
        for name, value in values.items():
            path = path.replace(name, value)
        return path

    def visit(self, client: Client, person: str, way: str) -> int:
        """Come as `person`; the status. What was private on the page is noted."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies[person].items())
        client.cookies.clear()
        method = "POST" if way.startswith("POST") else "GET"
        answer = client.request(method, self.path(way), headers={"Cookie": cookie} if cookie else {})
        shown = f"{answer.headers} {answer.text}"
        for secret in self.private:
            if secret in shown:
                self.seen.setdefault(secret, set()).add(person)
        return answer.status_code

    def forget_limits(self) -> None:
        """The matrix asks more often than people may."""
        with unit_of_work(self.databases) as db:
            db.execute(delete(Throttle))


def _grants(databases: Databases, **subjects: Any) -> dict[str, str]:
    with unit_of_work(databases) as db:
        return {purpose: grants.give(db, purpose=purpose, subject_id=id_) for purpose, id_ in subjects.items()}


def _form(databases: Databases, kind: DraftKind, location_id: Any, step: str, name: str) -> str:
    with unit_of_work(databases) as db:
        agreed = {"agree_collect": "yes", "agree_share": "yes"}
        draft, token = drafts.begin(db, kind=kind, location_id=location_id, agreed=agreed, at=service_clock.now())
        db.flush()
        drafts.keep(db, draft, step=step, given={"patient_name": name})
    return token


@pytest.fixture
def world(databases: Databases, clock: Clock) -> World:
    harbour = ready_clinic(databases)
    other = ready_clinic(databases, slug="kits-clinic", mailbox="kit@kits.example.org", npi="1003000126")
    with unit_of_work(databases) as db:
        search_actions.add_unmet(db, {(dt.date(2026, 2, 1), "23005"): 12})
    ours = sent_request(databases, harbour, clinician=True)
    theirs = sent_request(databases, other, key="key-2", patient_name="Casey Elsewhere", email="casey@example.net")
    with reading(databases) as db:
        our_task, their_task = queries.find_task_of(db, ours.id).id, queries.find_task_of(db, theirs.id).id
    noor = _grants(databases, answer=our_task, listing=harbour)
    kit = _grants(databases, answer=their_task, listing=other)
    rivera = _grants(databases, follow=ours.id)
    begun = {doors.FORM_ASK: _form(databases, DraftKind.PATIENT, harbour, "name", "Robin Halfway")}
    referring = {doors.FORM_REFER: _form(databases, DraftKind.CLINICIAN, harbour, "patient", "Jude Halfreferred")}
    asked = {
        doors.code_cookie(purpose): codes.ask(
            databases, purpose=purpose, asked_for="x", door=codes.Door(id_, "x@example.org"), network="192.0.2.1"
        )
        for purpose, id_ in {doors.ANSWER: our_task, doors.FOLLOW: ours.id}.items()
    }
    everything = {**noor, **rivera, **begun, **referring, **asked}
    swapped = dict(zip(everything, [*list(everything.values())[1:], next(iter(everything.values()))], strict=True))
    cookies = {
        PAT: {},
        ASKED: asked,
        BEGUN: begun,
        REFERRING: referring,
        RIVERA: rivera,
        NOOR: noor,
        KIT: kit,
        FORGED: dict.fromkeys(everything, "a-token-that-was-never-given"),
        SWAPPED: swapped,
        DEVELOPER: {},
    }
    private = {
        "Pat Quillfeather": {NOOR, RIVERA},
        "rivera@example.com": {NOOR, RIVERA},
        ours.reference: {NOOR, RIVERA},
        "Casey Elsewhere": {KIT},
        "casey@example.net": {KIT},
        theirs.reference: {KIT},
        "Robin Halfway": {BEGUN},
        "Jude Halfreferred": {REFERRING},
        MAILED: {DEVELOPER},
    }
    token = links.sign(SECRET, doors.ANSWER, our_task, service_clock.today())
    return World(databases, token, cookies, private)


@pytest.fixture
def come(
    make_client: Callable[..., Client], database_url: str, make_settings: Callable[..., Settings]
) -> dict[str, Client]:
    """The application as the internet reaches it, and as the developer at this machine does."""
    outside = make_client(database_url=database_url)
    here = make_client(database_url=database_url, peer="127.0.0.1")
    folder = post.folder(make_settings())
    folder.mkdir(parents=True)
    head = "To: somebody@example.net\nSubject: A code\nDate: Tue, 10 Mar 2026 15:00:00 +0000\n"
    (folder / MAIL).write_text(f"{head}Content-Type: text/plain; charset=utf-8\n\n{MAILED}\n")
    return {person: here if person == DEVELOPER else outside for person in PEOPLE}


def test_everybody_is_let_in_where_it_was_decided_and_nowhere_else(world: World, come: dict[str, Client]) -> None:
    table = decided()
    order = sorted(table, key=lambda way: LAST.index(way) if way in LAST else -1)
    wrong = []
    for way in order:
        for person in PEOPLE:
            if way.startswith("POST"):
                world.forget_limits()
            status = world.visit(come[person], person, way)
            right = LET_IN if person in table[way] else REFUSED
            if status not in right:
                wrong.append(f"{way}: {status} for {person}")
    assert wrong == []
    assert world.seen == world.private, "somebody saw what is another's, or nobody what is theirs"


def test_every_route_is_decided(make_client: Callable[..., Client]) -> None:
    assert undecided(list(ways(litestar_of(make_client())))) == set(), "decide in DECIDED who may come"


def test_a_new_route_is_noticed_until_it_is_decided(make_client: Callable[..., Client]) -> None:
    new = Way("GET", "/clinic/patients", "anyone", ("anyone",), "reads", in_thread=True, handler="patients")
    assert undecided([*ways(litestar_of(make_client())), new]) == {"GET /clinic/patients"}


def test_in_production_the_developer_at_this_machine_is_nobody(
    make_client: Callable[..., TestClient[Any]], database_url: str
) -> None:
    settings = {"mode": "production", "base_url": "https://care.example.org", "contact_mailbox": "contact@example.org"}
    client = make_client(database_url=database_url, peer="127.0.0.1", **settings)
    for path in ("/dev/mail", f"/dev/mail/{MAIL}"):
        assert client.get(path).status_code == 404


def rows(databases: Databases, location_id: Any) -> list[str]:
    """Everything of one clinic that a clinic can change."""
    with reading(databases) as db:
        tasks = db.exec(select(ReferralTask).where(ReferralTask.location_id == location_id)).all()
        asked = db.exec(select(Referral).where(col(Referral.id).in_([task.referral_id for task in tasks]))).all()
        return [repr(row.model_dump()) for row in [db.get_one(Location, location_id), *tasks, *asked]]


@pytest.mark.parametrize("person", [KIT, SWAPPED])
def test_what_is_pressed_elsewhere_changes_nothing_of_harbours(
    world: World, come: dict[str, Client], person: str
) -> None:
    with reading(world.databases) as db:
        harbour = db.exec(select(Location.id).where(Location.slug == SLUG)).one()
        [task] = db.exec(select(ReferralTask).where(ReferralTask.location_id == harbour)).all()
    before = rows(world.databases, harbour)
    client = come[person]
    client.cookies.update(world.cookies[person])
    named = {"location_id": str(harbour), "slug": SLUG, "task": str(task.id), "task_id": str(task.id)}
    change = {"accepting_patients": "nopt", "wait_days": "30", "next_intake_on": "", "requests": "off"}
    page = client.get("/clinic/update")
    version = form_of(page.text, action="/clinic/update").hidden if page.status_code == 200 else {"version": "1"}
    pressed = [
        client.post("/clinic/update", data={**named, **change, **version}, params=named).status_code,
        client.post("/answer/current/accept", data={**named, "version": "1"}, params=named).status_code,
        client.post("/clinic/confirm", data={**named, **version}, params=named).status_code,
        client.post("/requests/current/withdraw", data=named, params=named).status_code,
    ]
    assert pressed == ([303, 303, 409, 403] if person == KIT else [410] * 4)
    assert rows(world.databases, harbour) == before


def test_after_half_an_hour_and_after_done_the_doors_are_closed(
    world: World, come: dict[str, Client], clock: Clock
) -> None:
    private = [way for way, people in decided().items() if set(people) <= {NOOR, KIT, RIVERA} and way.startswith("GET")]
    assert len(private) == 9
    assert world.visit(come[RIVERA], RIVERA, "POST /requests/done") == 303
    assert world.visit(come[RIVERA], RIVERA, "GET /requests/current") == 410
    clock.advance(minutes=30)
    for person in (RIVERA, NOOR, KIT):
        assert {world.visit(come[person], person, way) for way in private} <= {403, 410}
    clock.advance(hours=24)
    for person, way in ((BEGUN, "GET /ask/{name:str}"), (REFERRING, "GET /refer/{name:str}")):
        assert world.visit(come[person], person, way) == 410
    assert world.seen == {}
