"""A clinic's first owner, from the first visit to the public page: claims, edits every section, attests, invites.

Each of the three has a device of their own: the owner and the intake staff enrol passkeys, Mo has one already.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from directory import wiring
from directory.accounts import actions, codes, links, sessions
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Factor, Invitation, MailboxCode
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.verification import claims
from directory.verification.claim import ClaimProof
from tests.browser.test_passkeys import with_authenticator
from tests.support.accessibility import DESKTOP, glance
from tests.support.databases import Maker, ring_for_tests
from tests.support.people import MO, person
from tests.support.run import shared_folder
from tests.support.service import Service, free_port
from tests.support.site import SECRET

STAFF = Actor(ActorKind.MODERATOR, "U-MO")

EDITS: dict[Section, tuple[str, str]] = {
    Section.ABOUT: ("In your own words", "We stay with you for the whole session."),
    Section.TREATMENTS: ("Your rule for the ride home", "Somebody you know takes you home."),
    Section.SUPERVISION: ("People watched at once by one member of staff", "2"),
    Section.HOURS: ("Days until a new patient's first visit", "9"),
    Section.CONTACT: ("Floor or suite", "Third floor"),
    Section.ACCESS: ("Getting there and parking", "Bus 7 stops at the door."),
}
"""What the owner types, by section; people and prices have questions for each person and treatment."""


@dataclass(frozen=True)
class Town:
    """A running demonstration on a host that passkeys know, and the clinic nobody keeps yet."""

    url: str
    databases: Databases
    slug: str

    def invitation(self, mailbox: str) -> str:
        """Where the mail with the invitation of this mailbox leads."""
        with reading(self.databases) as db:
            row = db.exec(select(Invitation.id).where(Invitation.mailbox == mailbox)).one()
        return f"{self.url}/invitation/{links.sign(SECRET, actions.INVITATION, row, clock.today())}"


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path, keys_file: Path) -> Iterator[Town]:
    """The demonstration."""
    shared, _ = shared_folder(request.config)
    url = Maker("sqlite", tmp_path, shared, lambda: request.getfixturevalue("cluster")).demo()
    port = free_port()
    here = f"http://localhost:{port}"
    settings: dict[str, Any] = {"database_url": url, "keys_file": keys_file, "secret": SECRET, "worker_inside": "no"}
    service = Service("serve", tmp_path / "var", port=port, base_url=here, **settings)
    databases = Databases(url, keys=ring_for_tests())
    with reading(databases) as db:
        asked = select(Location.slug).where(Location.status == "PUBLISHED", col(Location.phone).is_not(None))
        slug = db.exec(asked.order_by(col(Location.slug))).first()
    assert slug is not None
    service.wait_until_ready()
    yield Town(here, databases, slug)
    service.stop()
    databases.close()


def enrol(page: Page, link: str, device: str) -> None:
    """From the invitation's mail to the first room, with a passkey."""
    with_authenticator(page)
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What to call it").fill(device)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them: continue").click()


def claim(town: Town, page: Page, mailbox: str) -> None:
    """From the public page to "the clinic is yours to keep", by a call and a letter."""
    page.goto(f"{town.url}/clinics/{town.slug}")
    page.get_by_role("link", name="Is this your clinic?").click()
    page.get_by_label("Your email address at work").fill(mailbox)
    page.get_by_label("I work at this clinic").check()
    page.get_by_role("button", name="Mail me a code").click()
    with reading(town.databases) as db:
        asked = db.exec(select(MailboxCode).order_by(col(MailboxCode.asked_at).desc())).first()
    assert asked is not None
    page.get_by_label("Code").fill(codes.code_for(SECRET, asked.id))
    page.get_by_role("button", name="Go on").click()
    for way in ("We call", "We post"):
        page.get_by_role("button", name=f"Ask for this {way}").click()
    with unit_of_work(town.databases, wiring.dispatch) as db:
        rows = [claims.give(db, row.id, by=STAFF, at=clock.now()) for row in db.exec(select(ClaimProof)).all()]
    page.reload()
    for row in rows:
        page.locator(f"#code-{row.kind}").fill(codes.code_for(SECRET, row.id))
        page.locator(f"#code-{row.kind}").press("Enter")
    expect(page.get_by_text("The clinic is yours to keep")).to_be_visible()


def edit_everything(owner: Page, home: str) -> None:
    """Something in every section, and then all of it confirmed by one press."""
    for section, (label, typed) in EDITS.items():
        owner.goto(f"{home}/{section}")
        owner.get_by_label(label).first.fill(typed)
        owner.get_by_role("button", name="Save").click()
        expect(
            owner.get_by_text("Saved. It is live now.").or_(owner.get_by_text("Sent for checking")).first
        ).to_be_visible()
    owner.goto(f"{home}/prices")
    owner.get_by_label("Lowest self-pay price, whole dollars").first.fill("350")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_text("Saved. It is live now.")).to_be_visible()
    owner.goto(f"{home}/people")
    owner.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    owner.get_by_label("First name").first.fill("Rosalind")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_role("heading", name="Sent for checking")).to_be_visible()
    owner.goto(f"{home}/confirm")
    owner.get_by_role("button", name="All of this is still correct").click()
    expect(owner).to_have_url(f"{home}?done=confirmed")


def decide_all_of_it(town: Town, house: Page) -> None:
    """Mo approves every change that waits."""
    with unit_of_work(town.databases) as db:
        token = sessions.begin(db, person(town.databases, MO).id, factor=Factor.TOTP)
    house.context.add_cookies([{"name": "session", "value": token, "url": town.url}])
    house.goto(f"{town.url}/queue?kind=SENSITIVE_EDIT")
    while house.locator("[data-item]").count():
        house.locator("[data-item]").first.click()
        assert glance(house) == []
        house.get_by_label("Approve it").check()
        house.get_by_label("How you checked it").select_option("PHONE")
        house.get_by_role("button", name="Decide").click()
        expect(house.get_by_text("Decided", exact=True)).to_be_visible()
        house.goto(f"{town.url}/queue?kind=SENSITIVE_EDIT")


def test_a_clinic_is_claimed_edited_reviewed_and_public_and_its_team_comes_in_by_passkeys(
    town: Town, new_page: Callable[..., Page]
) -> None:
    owner = new_page(viewport=DESKTOP, reduced_motion="reduce")
    claim(town, owner, "ola@new-owner.example")
    enrol(owner, town.invitation("ola@new-owner.example"), "Ola's laptop")
    home = f"{town.url}/clinic/sites/{town.slug}"
    owner.goto(f"{town.url}/clinic")
    expect(owner).to_have_url(home)

    edit_everything(owner, home)

    public = f"{town.url}/clinics/{town.slug}"
    owner.goto(public)
    expect(owner.get_by_text("We stay with you for the whole session.")).to_be_visible()
    expect(owner.get_by_text("Rosalind")).to_have_count(0)

    decide_all_of_it(town, new_page(viewport=DESKTOP, reduced_motion="reduce"))
    owner.goto(public)
    expect(owner.get_by_text("Rosalind").first).to_be_visible()

    owner.goto(f"{town.url}/team")
    owner.get_by_label("Email address").fill("noor@new-owner.example")
    owner.get_by_label("Intake").check()
    owner.get_by_role("button", name="Invite").click()
    expect(owner.get_by_text("noor@new-owner.example").first).to_be_visible()
    intake = new_page(viewport=DESKTOP, reduced_motion="reduce")
    enrol(intake, town.invitation("noor@new-owner.example"), "Front desk")
    intake.goto(home)
    expect(intake.get_by_role("heading", level=1)).to_be_visible()
    intake.goto(f"{home}/about")
    expect(intake.get_by_role("button", name="Save")).to_have_count(0)
