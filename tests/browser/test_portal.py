"""Rooms of who is signed in, in a real browser: a clinic's owner claims, edits, waits; a clinician has her referrals.

Each page is looked at with axe in the light, in the dark on a phone, and for what a phone loses.
"""

import os
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from directory import wiring
from directory.accounts import codes, links, sessions
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Factor, MailboxCode
from directory.accounts.permissions import Role
from directory.accounts.renderer import OBJECTION
from directory.lib import clock
from directory.lib.db import Databases, unit_of_work
from directory.listings.fields import Section
from directory.listings.models import Location, Qualification
from directory.listings.people import set_licence
from directory.listings.queries import get_record
from directory.listings.revision import Revision
from directory.referrals import actions, clinic_actions, queries
from directory.referrals.clinic_actions import Said
from directory.referrals.doors import CONFIRM
from directory.terminology.proofs import Method
from directory.verification import editing
from directory.verification.claim import ClaimProof
from tests.support import documents
from tests.support.accessibility import DESKTOP, PHONE, glance
from tests.support.databases import Maker, ring_for_tests
from tests.support.people import CAST, RIVERA, Somebody, person
from tests.support.requests import new_request
from tests.support.run import shared_folder
from tests.support.service import Service, free_port
from tests.support.site import SECRET

MO = Actor(ActorKind.MODERATOR, "mo")
CLINIC = Actor(ActorKind.CLINIC, "the-clinic")


@dataclass(frozen=True)
class Town:
    """A running demonstration and its database; the first clinic is Ola's."""

    url: str
    databases: Databases
    slug: str
    location_id: uuid.UUID
    organization_id: uuid.UUID
    other: str

    def let_in(self, page: Page, role: Role, somebody: Somebody | None = None) -> None:
        """Sign somebody in on this page's browser."""
        place = self.organization_id if role is Role.OWNER else None
        user = person(self.databases, somebody or CAST[role], place)
        with unit_of_work(self.databases) as db:
            token = sessions.begin(db, user.id, factor=Factor.TOTP, browser="Chrome on Linux")
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "session", "value": token, "url": self.url}])

    def room(self, page: Page, path: str = "") -> None:
        """Go to a room of Ola's clinic."""
        page.goto(f"{self.url}/clinic/sites/{self.slug}{path}")

    def public(self, page: Page) -> None:
        """Go to its public page."""
        page.goto(f"{self.url}/clinics/{self.slug}")


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys_file: Path) -> Iterator[Town]:
    """The demonstration, with an owner for one of its clinics."""
    folder = tmp_path_factory.mktemp("town")
    shared, _ = shared_folder(request.config)
    maker = Maker("sqlite", folder, shared, lambda: request.getfixturevalue("cluster"))
    url, port = maker.demo(), free_port()
    settings: dict[str, Any] = {"database_url": url, "keys_file": keys_file, "secret": SECRET, "worker_inside": "no"}
    service = Service("serve", folder / "var", port=port, base_url=f"http://127.0.0.1:{port}", **settings)
    databases = Databases(url, keys=ring_for_tests())
    with unit_of_work(databases) as db:
        asked = select(Location).where(Location.status == "PUBLISHED").order_by(col(Location.slug))
        mine, other = db.exec(asked.limit(2)).all()
    service.wait_until_ready()
    yield Town(service.url, databases, mine.slug, mine.id, mine.organization_id, other.slug)
    service.stop()
    databases.close()


@pytest.fixture
def seen(new_page: Callable[..., Page]) -> Page:
    """A page with scripts, at a desk, that stands still."""
    return new_page(viewport=DESKTOP, reduced_motion="reduce")


def look(page: Page, found: list[str], name: str) -> None:
    """Note what this page denies to somebody."""
    found += [f"{name}: {told}" for told in glance(page)]
    if folder := os.environ.get("SHOTS"):
        for width, scheme in ((1280, "light"), (320, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")


def mailed_code(town: Town) -> str:
    """The newest six digits that were mailed."""
    with unit_of_work(town.databases) as db:
        row = db.exec(select(MailboxCode).order_by(col(MailboxCode.asked_at).desc())).first()
    assert row is not None
    return codes.code_for(SECRET, row.id)


def test_a_new_owner_edits_a_person_checks_and_the_public_sees_it(town: Town, seen: Page) -> None:
    found: list[str] = []
    town.let_in(seen, Role.OWNER)
    town.room(seen)
    look(seen, found, "dashboard")
    seen.get_by_role("link", name="About the clinic").click()
    look(seen, found, "about")
    seen.get_by_label("In your own words").fill("We guarantee results.")
    seen.get_by_role("button", name="Save").click()
    expect(seen.locator("#error-summary")).to_be_focused()
    look(seen, found, "about with a claim")
    seen.get_by_label("In your own words").fill("We stay with you for the whole session.")
    seen.get_by_label("Name of the clinic").fill("The New Lantern")
    seen.get_by_role("button", name="Save").click()
    expect(seen.get_by_text("Saved. It is live now.")).to_be_visible()
    expect(seen.get_by_role("heading", name="Sent for checking")).to_be_visible()
    look(seen, found, "about that waits")
    town.public(seen)
    expect(seen.get_by_text("We stay with you for the whole session.")).to_be_visible()
    expect(seen.get_by_role("heading", level=1)).not_to_have_text("The New Lantern")
    town.room(seen, "/preview")
    expect(seen.get_by_role("heading", level=1)).to_have_text("The New Lantern")
    look(seen, found, "preview")
    with unit_of_work(town.databases, wiring.dispatch) as db:
        [row] = db.exec(select(Revision).where(Revision.state == "WAITING")).all()
        editing.approve(db, row.id, method=Method.PHONE, by=MO, at=clock.now())
    town.public(seen)
    expect(seen.get_by_role("heading", level=1)).to_have_text("The New Lantern")
    town.room(seen, "/history")
    look(seen, found, "history")
    assert found == []


def test_every_section_can_be_used_by_everyone(town: Town, seen: Page) -> None:
    found: list[str] = []
    town.let_in(seen, Role.OWNER)
    for section in Section:
        town.room(seen, f"/{section}")
        look(seen, found, str(section))
    town.room(seen, "/confirm")
    look(seen, found, "confirm")
    seen.goto(f"{town.url}/confirm/{links.sign(SECRET, CONFIRM, town.location_id, clock.today())}")
    look(seen, found, "confirm from a mail")
    seen.goto(f"{town.url}/clinic/bulk")
    look(seen, found, "bulk")
    seen.get_by_label("Or paste it here").fill(f"site,wait_days,phone\n{town.slug},soon,617 555 0177\n")
    seen.get_by_role("button", name="Show what would change").click()
    look(seen, found, "bulk with differences")
    assert found == []


def test_what_is_typed_is_kept_by_itself_on_our_server_and_nowhere_in_the_browser(town: Town, seen: Page) -> None:
    town.let_in(seen, Role.OWNER)
    seen.clock.install()
    town.room(seen, "/access")
    words = seen.get_by_label("Getting there and parking (optional)", exact=True)
    words.fill("Bus 7 stops")
    seen.clock.run_for(3_000)
    expect(seen.get_by_text("Draft kept")).to_have_count(0)
    seen.clock.run_for(2_000)
    expect(seen.get_by_text(re.compile(r"Draft kept \d{1,2}:\d\d"))).to_be_visible()
    words.fill("Bus 7 stops at the door.")
    town.room(seen)
    expect(seen.get_by_text("finish what you began")).to_be_visible()
    assert seen.evaluate("localStorage.length + sessionStorage.length") == 0
    town.room(seen, "/access")
    expect(words).to_have_value("Bus 7 stops at the door.")
    seen.get_by_role("button", name="Throw the draft away").click()
    expect(words).not_to_have_value("Bus 7 stops at the door.")


def test_the_place_is_set_on_a_map_with_the_keyboard_and_without_scripts_by_degrees(
    town: Town, seen: Page, new_page: Callable[..., Page]
) -> None:
    town.let_in(seen, Role.OWNER)
    town.room(seen, "/contact")
    before = seen.get_by_label("Latitude").input_value()
    map_ = seen.get_by_role("group", name="Map", exact=True)
    expect(map_.locator("canvas")).to_be_visible()
    map_.focus()
    seen.keyboard.press("ArrowUp")
    expect(seen.get_by_label("Latitude")).not_to_have_value(before)
    expect(seen.get_by_label("At the point below")).to_be_checked()
    seen.get_by_role("button", name="Save").click()
    expect(seen.get_by_text("Saved. It is live now.")).to_be_visible()
    with unit_of_work(town.databases) as db:
        assert float(before) < get_record(db, town.location_id).point.latitude < float(before) + 0.2
    plain = new_page(viewport=PHONE, java_script_enabled=False)
    town.let_in(plain, Role.OWNER)
    town.room(plain, "/contact")
    plain.get_by_label("Latitude").fill(before)
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_text("Saved. It is live now.")).to_be_visible()


def test_a_clinic_is_claimed_and_the_old_contact_can_say_no(town: Town, seen: Page) -> None:
    found: list[str] = []
    seen.goto(f"{town.url}/clinics/{town.other}")
    seen.get_by_role("link", name="Is this your clinic?").click()
    look(seen, found, "claim")
    seen.get_by_role("button", name="Mail me a code").click()
    look(seen, found, "claim with errors")
    seen.get_by_label("Your email address at work").fill("new@owner.example")
    seen.get_by_label("I work at this clinic").check()
    seen.get_by_role("button", name="Mail me a code").click()
    look(seen, found, "claim code")
    seen.get_by_label("Code").fill(mailed_code(town))
    seen.get_by_role("button", name="Go on").click()
    seen.get_by_role("button", name="Ask for this We call").click()
    seen.get_by_role("button", name="Ask for this We post").click()
    look(seen, found, "claim current")
    claim_url = seen.url
    kept = seen.context.cookies()
    town.let_in(seen, Role.MODERATOR)
    seen.goto(f"{town.url}/desk/claims")
    look(seen, found, "desk")
    for _proof in range(2):
        seen.get_by_role("button", name="Done: read out, or posted").first.click()
    with unit_of_work(town.databases) as db:
        rows = {row.kind: row for row in db.exec(select(ClaimProof)).all()}
    seen.goto(f"{town.url}/desk/claims/{rows['LETTER'].id}/letter")
    look(seen, found, "letter")
    seen.context.clear_cookies()
    seen.context.add_cookies([{"name": c["name"], "value": c["value"], "url": town.url} for c in kept])
    seen.goto(claim_url)
    look(seen, found, "claim with codes")
    for kind in ("PHONE_CODE", "LETTER"):
        seen.locator(f"#code-{kind}").fill(codes.code_for(SECRET, rows[kind].id))
        seen.locator(f"#code-{kind}").press("Enter")
    expect(seen.get_by_text("The clinic is yours to keep")).to_be_visible()
    look(seen, found, "claim granted")
    token = links.sign(SECRET, OBJECTION, rows["LETTER"].claim_id, clock.today())
    seen.goto(f"{town.url}/objections/{token}")
    look(seen, found, "objection")
    seen.get_by_role("button", name="This is not right: stop it").click()
    expect(seen.get_by_text("Stopped")).to_be_visible()
    assert found == []


def test_a_licence_ends_the_listing_is_gone_and_a_document_that_a_person_reads_brings_it_back(
    town: Town, seen: Page
) -> None:
    page, found = seen, list[str]()
    with unit_of_work(town.databases, wiring.dispatch) as db:
        asked = select(Location).where(Location.status == "PUBLISHED").order_by(col(Location.slug).desc()).limit(1)
        place = db.exec(asked).one()
        clinic = get_record(db, place.id)
        people_of = [one.practitioner_id for one in clinic.team]
        for held in db.exec(select(Qualification).where(col(Qualification.practitioner_id).in_(people_of))).all():
            held.status = "EXPIRED"
            set_licence(db, held)
    holder = next(one for one in clinic.team if one.prescribes)
    theirs = replace(town, slug=place.slug, location_id=place.id, organization_id=place.organization_id)

    theirs.public(page)
    expect(page.get_by_text("paused while its details are checked")).to_be_visible()

    theirs.let_in(page, Role.OWNER, Somebody("petra@elsewhere.example", "Petra", Role.OWNER))
    theirs.room(page)
    page.get_by_role("link", name="Send us proof").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("#error-summary")).to_contain_text("Choose what it proves")
    look(page, found, "evidence-wrong")
    page.get_by_label("A license or certificate").check()
    page.get_by_label("Whom or what it is about").select_option(label=holder.name)
    page.get_by_label("What it is", exact=True).fill("Board letter of this May")
    page.get_by_label("The file").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": documents.pdf()}
    )
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Waits for a person of ours")).to_be_visible()
    look(page, found, "evidence")

    theirs.let_in(page, Role.MODERATOR)
    page.goto(f"{town.url}/queue?kind=EVIDENCE")
    page.locator("[data-item]").click()
    look(page, found, "evidence-review")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the document to read it").click()
    assert saved.value.path().read_bytes() == documents.pdf()
    page.get_by_role("link", name="Write down what you saw: License").click()
    look(page, found, "check-licence")
    page.get_by_label("What the issuer says").select_option("ACTIVE")
    page.get_by_label("Valid until").fill("2031-06-30")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("heading", name="Written down, and the listing is public again")).to_be_visible()
    for which in ("rems", "supervision"):
        page.goto(f"{town.url}/house/clinics/{place.slug}/checks/{which}")
        look(page, found, f"check-{which}")

    theirs.public(page)
    expect(page.get_by_role("heading", level=1, name=place.name)).to_be_visible()
    expect(page.get_by_text("paused while its details are checked")).to_have_count(0)


def test_a_clinician_answers_a_question_on_the_board_and_every_page_can_be_used(
    town: Town, new_page: Callable[..., Page]
) -> None:
    seen, found, now = new_page(viewport=DESKTOP, reduced_motion="reduce"), list[str](), clock.now()
    person(town.databases, RIVERA)
    with unit_of_work(town.databases, wiring.dispatch) as db:
        referral = actions.send(db, new_request(town.location_id, clinician=True), at=now)
        task = queries.find_task_of(db, referral.id)
        said = Said(question="Which antidepressants, and for how long?")
        clinic_actions.act(db, task.id, "ask", by=CLINIC, at=now, version=task.steps, said=said)
        reference = referral.reference
    town.let_in(seen, Role.REFERRER)
    seen.goto(f"{town.url}/referrals")
    look(seen, found, "board")
    seen.get_by_role("link", name=reference).click()
    look(seen, found, "own referral")
    seen.get_by_role("link", name="Answer the clinic’s question").first.click()
    look(seen, found, "answer")
    seen.get_by_label("Your answer").fill("Sertraline for twelve weeks, venlafaxine since November.")
    seen.get_by_role("button", name="Send the answer").click()
    expect(seen.get_by_text("Your answer went to the clinic.")).to_be_visible()
    look(seen, found, "answered")
    for name in ("by-phone", "contact", "mistake", "withdraw", "data", "delete", "template"):
        seen.goto(f"{town.url}/referrals/{reference}/{name}")
        look(seen, found, name)
    seen.get_by_label("Name of the template").fill("Esketamine")
    seen.get_by_role("button", name="Keep it").click()
    look(seen, found, "templates")
    seen.get_by_role("link", name="Begin with this clinic").click()
    look(seen, found, "begun with a template")
    seen.goto(f"{town.url}/referrals?waited=1")
    look(seen, found, "narrowed")
    assert found == []
