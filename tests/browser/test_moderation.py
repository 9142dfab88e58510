"""Mo works the queue by keyboard alone, in a real browser; every page of the house is looked at with axe on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from directory import wiring
from directory.accounts import links, sessions
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Factor
from directory.accounts.renderer import DECISION, INVITED
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.moderation import reports
from directory.moderation.models import Decision, QueueItem, Report
from directory.verification import editing, inviting
from tests.support import clinics
from tests.support.accessibility import DESKTOP, glance
from tests.support.databases import Maker, ring_for_tests
from tests.support.people import MO, person
from tests.support.run import shared_folder
from tests.support.service import Service, free_port
from tests.support.site import SECRET

EDITOR = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-OLA"))


@dataclass(frozen=True)
class House:
    """A running demonstration with a change and a report in the queue."""

    url: str
    databases: Databases
    place: Location


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, keys_file: Path) -> Iterator[House]:
    """The demonstration, a new name that waits, and a report."""
    shared, _ = shared_folder(request.config)
    url = Maker("sqlite", tmp_path, shared, lambda: request.getfixturevalue("cluster")).demo()
    port = free_port()
    settings: dict[str, Any] = {"database_url": url, "keys_file": keys_file, "secret": SECRET, "worker_inside": "no"}
    databases = Databases(url, keys=ring_for_tests())
    with unit_of_work(databases, wiring.dispatch) as db:
        place = db.exec(select(Location).where(Location.status == "PUBLISHED").order_by(col(Location.slug))).first()
        assert place is not None
        typed = {"name": "Another Name (demo)"}
        editing.save(db, place.id, Section.ABOUT, typed, seen=None, by=EDITOR, at=clock.now())
        reports.file(db, place.id, "payment", words="No Medicare.", network="a", at=clock.now())
    service = Service("serve", tmp_path / "var", port=port, base_url=f"http://127.0.0.1:{port}", **settings)
    service.wait_until_ready()
    yield House(service.url, databases, place)
    service.stop()
    databases.close()


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until what has the focus is called so."""
    for _press in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const at = document.activeElement; return (at.labels?.[0] ?? at).textContent.trim() }"
        )
        if str(said).startswith(name):
            return
    raise AssertionError(f"Tab never came to {name!r}")


def test_the_queue_is_worked_by_keyboard_alone(house: House, new_page: Callable[..., Page]) -> None:
    page = new_page(viewport=DESKTOP, reduced_motion="reduce")
    keys, found = page.keyboard, list[str]()
    with unit_of_work(house.databases) as db:
        token = sessions.begin(db, person(house.databases, MO).id, factor=Factor.TOTP)
    page.context.add_cookies([{"name": "session", "value": token, "url": house.url}])
    page.goto(f"{house.url}/queue")
    found += [f"queue: {told}" for told in glance(page)]
    for key in "jjk":
        keys.press(key)
    expect(page.locator("[data-item]").first).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sensitive edit")
    found += [f"review: {told}" for told in glance(page)]

    tab_to(page, "Approve it")
    keys.press("Space")
    tab_to(page, "Decide")
    keys.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    tab_to(page, "How you checked it")
    keys.press("ArrowDown")
    keys.type("Phone")
    tab_to(page, "Decide")
    keys.press("Enter")
    expect(page).to_have_url(f"{house.url}/queue?done=decided")
    with reading(house.databases) as db:
        assert get_location(db, house.place.id).name == "Another Name (demo)"

    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reported mistake")
    tab_to(page, "You were right")
    for _row in range(2):
        keys.press("ArrowDown")
    tab_to(page, "Words for whoever")
    keys.type("We phoned the clinic: it takes Medicare.")
    tab_to(page, "Decide")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    with reading(house.databases) as db:
        assert db.exec(select(Report)).one().outcome == "confirmed"

    for path in (f"/house/clinics/{house.place.slug}", "/house/audit", "/accuracy"):
        page.goto(f"{house.url}{path}")
        found += [f"{path}: {told}" for told in glance(page)]
    page.goto(f"{house.url}/clinics/{house.place.slug}/report")
    found += [f"report: {told}" for told in glance(page)]
    with reading(house.databases) as db:
        decided = db.exec(select(Decision.id)).first()
    token = links.sign(SECRET, DECISION, decided, clock.today())
    page.goto(f"{house.url}/decisions/{token}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found += [f"decision: {told}" for told in glance(page)]
    assert found == []


def test_objections_and_candidates_can_be_used_by_everyone(house: House, new_page: Callable[..., Page]) -> None:
    page, found = new_page(viewport=DESKTOP, reduced_motion="reduce"), list[str]()

    def look(path: str) -> None:
        page.goto(f"{house.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found.extend(f"{path}: {told}" for told in glance(page))

    user = person(house.databases, MO)
    with unit_of_work(house.databases, wiring.dispatch) as db:
        phone = {"phone": "+12075550199"}
        saved = editing.save(db, house.place.id, Section.CONTACT, phone, seen=None, by=EDITOR, at=clock.now())
        editing.object_to(db, saved.waiting[0].id, by=EDITOR.actor, at=clock.now())
        body = listings.add_organization(db, clinics.organization())
        place = clinics.location(body, slug="candidate", url="https://www.harbour.example", status="CANDIDATE")
        site = clinics.site(body, location=place, team=())
        listings.add_site(db, site, by="import:test", at=clock.now())
        invited = inviting.by_mail(db, place.id, "info", by=EDITOR.actor, at=clock.now())
        token = sessions.begin(db, user.id, factor=Factor.TOTP)
    look(f"/invited/{links.sign(SECRET, INVITED, invited.id, clock.today())}")
    look("/claim/candidate")
    page.context.add_cookies([{"name": "session", "value": token, "url": house.url}])
    with reading(house.databases) as db:
        item = db.exec(select(QueueItem.id).where(QueueItem.kind == "OBJECTION")).one()
    for path in ("/house/candidates", "/house/clinics/candidate/invite", "/house/clinics/candidate/invite/letter"):
        look(path)
    look(f"/queue/{item}")
    page.get_by_label("The objection is right").check()
    page.get_by_label("Words for whoever").fill("The old contact never agreed.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided", exact=True)).to_be_visible()
    assert found == []
