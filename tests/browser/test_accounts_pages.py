"""Every page of accounts in a real browser: nobody is left out by it, light and dark, on a phone; idle time is told."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from directory.accounts import actions, links, moving, sessions, signing_in, totp
from directory.accounts.actor import system
from directory.accounts.models import Factor, Invitation, MailboxChange, SignInLink, WebSession
from directory.accounts.permissions import Role
from directory.lib import clock
from directory.lib.db import Databases, unit_of_work
from directory.listings.models import Organization
from tests.support.accessibility import DESKTOP, glance
from tests.support.browser import sideways_overflow
from tests.support.databases import Maker, ring_for_tests
from tests.support.people import CAST, EDDA, NOOR, TOTP_SECRET, person
from tests.support.run import shared_folder
from tests.support.service import Service, free_port
from tests.support.site import SECRET


@dataclass(frozen=True)
class House:
    """A running service, reached by its name so that there are passkeys, and its database."""

    url: str
    databases: Databases
    organization_id: uuid.UUID

    def let_in(self, page: Page, role: Role) -> None:
        """Sign one of the cast in on this page's browser."""
        place = self.organization_id if role is Role.OWNER else None
        user = person(self.databases, CAST[role], place)
        with unit_of_work(self.databases) as db:
            token = sessions.begin(db, user.id, factor=Factor.TOTP, browser="Chrome on Linux")
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "session", "value": token, "url": self.url}])

    def link(self, purpose: str, row_id: uuid.UUID) -> str:
        """The token of a mailed link."""
        return links.sign(SECRET, purpose, row_id, clock.today())


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys_file: Path) -> Iterator[House]:
    """The demonstration with a team at its first organization."""
    folder = tmp_path_factory.mktemp("house")
    shared, _ = shared_folder(request.config)
    maker = Maker("sqlite", folder, shared, lambda: request.getfixturevalue("cluster"))
    url, port = maker.demo(), free_port()
    settings: dict[str, Any] = {
        "database_url": url,
        "keys_file": keys_file,
        "secret": SECRET,
        "base_url": f"http://localhost:{port}",
        "worker_inside": "no",
    }
    service = Service("serve", folder / "var", port=port, **settings)
    databases = Databases(url, keys=ring_for_tests())
    with unit_of_work(databases) as db:
        organization_id = db.exec(select(Organization.id).order_by("name")).first()
    assert organization_id is not None
    for somebody in (EDDA, NOOR):
        person(databases, somebody, organization_id)
    service.wait_until_ready()
    yield House(f"http://localhost:{port}", databases, organization_id)
    service.stop()
    databases.close()


@pytest.fixture
def seen(new_page: Callable[..., Page]) -> Page:
    """A page with scripts, at a desk, that stands still."""
    return new_page(viewport=DESKTOP, reduced_motion="reduce")


def look(page: Page, found: list[str], name: str) -> None:
    """Note what this page denies to somebody."""
    found += [f"{name}: {told}" for told in glance(page)]


def test_the_way_in_can_be_used_by_everyone(house: House, seen: Page) -> None:
    found: list[str] = []
    for path in ("/sign-in", "/sign-in/sent", "/sign-in/lost"):
        seen.goto(house.url + path)
        look(seen, found, path)
    seen.goto(f"{house.url}/sign-in")
    seen.get_by_role("button", name="Mail me a link").click()
    look(seen, found, "no mailbox")
    user = person(house.databases, CAST[Role.OPERATOR])
    seen.get_by_label("Email address").fill(user.mailbox)
    seen.get_by_role("button", name="Mail me a link").click()
    with unit_of_work(house.databases) as db:
        link = db.exec(select(SignInLink).where(SignInLink.user_id == user.id)).one()
    seen.goto(f"{house.url}/sign-in/open/{house.link(signing_in.LINK, link.id)}")
    look(seen, found, "open")
    seen.get_by_role("button", name="Continue").click()
    look(seen, found, "factor")
    seen.goto(f"{house.url}/sign-in/factor?with=recovery")
    look(seen, found, "recovery")
    seen.goto(f"{house.url}/sign-in/factor")
    seen.get_by_label("Code from your app").fill("000000")
    seen.get_by_role("button", name="Sign in").click()
    look(seen, found, "wrong code")
    seen.get_by_label("Code from your app").fill(totp.code_at(TOTP_SECRET, totp.step_at(clock.now())))
    seen.get_by_role("button", name="Sign in").click()
    expect(seen.get_by_role("heading", level=1)).to_have_text("Your account")
    seen.goto(f"{house.url}/sign-in/open/{house.link(signing_in.LINK, link.id)}")
    look(seen, found, "link over")
    assert found == []


def test_an_invitation_can_be_taken_by_everyone(house: House, seen: Page) -> None:
    found: list[str] = []
    with unit_of_work(house.databases) as db:
        row = actions.make_first_owner(
            db, mailbox="a@x.example", organization_id=house.organization_id, place="Harbour", by=system("tests")
        )
    seen.goto(f"{house.url}/invitation/{house.link(actions.INVITATION, row.id)}")
    look(seen, found, "invitation")
    seen.get_by_role("button", name="Continue").click()
    look(seen, found, "enrol")
    seen.get_by_role("button", name="Use an app").click()
    look(seen, found, "app")
    secret = (seen.locator("#secret").text_content() or "").replace(" ", "")
    seen.get_by_label("Code from your app").fill(totp.code_at(secret, totp.step_at(clock.now())))
    seen.get_by_role("button", name="Continue").click()
    expect(seen.locator("#codes li")).to_have_count(10)
    look(seen, found, "codes")
    assert found == []


def test_the_account_and_the_team_can_be_used_by_everyone(house: House, seen: Page) -> None:
    found: list[str] = []
    house.let_in(seen, Role.OWNER)
    with unit_of_work(house.databases) as db:
        invited = Invitation(
            mailbox="waits@x.example",
            organization_id=house.organization_id,
            role=Role.EDITOR.value,
            invited_by="system:tests",
            invited_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=7),
        )
        db.add(invited)
    for path in (
        "/account",
        "/account/factors",
        "/account/prove",
        "/account/mailbox",
        "/account/mailbox/code",
        "/team",
    ):
        seen.goto(house.url + path)
        seen.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        look(seen, found, path)
    seen.goto(f"{house.url}/account/invitation/{house.link(actions.INVITATION, invited.id)}")
    look(seen, found, "accept")
    with unit_of_work(house.databases) as db:
        user = person(house.databases, CAST[Role.VERIFIER])
        change = MailboxChange(
            user_id=user.id,
            old_mailbox="old@x.example",
            new_mailbox=user.mailbox,
            asked_at=clock.now(),
            proved_at=clock.now(),
        )
        db.add(change)
    seen.goto(f"{house.url}/mailbox-change/{house.link(moving.MAILBOX_CHANGE, change.id)}")
    look(seen, found, "objection")
    seen.get_by_role("button", name="This was not me").click()
    look(seen, found, "undone")
    assert found == []


def test_emergency_access_can_be_used_by_everyone(house: House, seen: Page) -> None:
    found: list[str] = []
    house.let_in(seen, Role.OPERATOR)
    seen.goto(f"{house.url}/house/emergency")
    look(seen, found, "nobody asked")
    seen.get_by_label("Why must you look").fill("A request that nobody at the clinic can open.")
    seen.get_by_role("button", name="Ask, and alert everybody").click()
    look(seen, found, "asked")
    house.let_in(seen, Role.MODERATOR)
    seen.goto(f"{house.url}/house/emergency")
    look(seen, found, "waits")
    seen.get_by_role("button", name="Agree").click()
    expect(seen.get_by_text("Running")).to_be_visible()
    look(seen, found, "runs")
    assert found == []


def test_before_a_session_ends_one_press_keeps_it_and_afterwards_nothing_typed_is_lost(
    house: House, seen: Page
) -> None:
    house.let_in(seen, Role.CLINICAL_REVIEWER)
    seen.clock.install()
    seen.goto(f"{house.url}/account")
    seen.get_by_label("What colleagues call you").fill("Cleo the careful")
    seen.clock.run_for(12 * 60 * 1000)
    expect(seen.get_by_text("You will be signed out in two minutes")).to_be_hidden()
    seen.clock.run_for(65 * 1000)
    expect(seen.get_by_text("You will be signed out in two minutes")).to_be_visible()
    assert glance(seen) == []
    seen.get_by_role("button", name="Stay signed in").click()
    expect(seen.get_by_text("You will be signed out in two minutes")).to_be_hidden()
    seen.clock.run_for(15 * 60 * 1000)
    expect(seen.get_by_text("You are signed out. What you typed is still here")).to_be_visible()
    with unit_of_work(house.databases) as db:
        for row in db.exec(select(WebSession)).all():
            row.last_seen_at = row.last_seen_at - dt.timedelta(minutes=16)
            db.add(row)
    seen.get_by_role("button", name="Save the name").click()
    expect(seen.get_by_role("heading", level=1)).to_have_text("You were signed out")
    assert glance(seen) == []
    assert sideways_overflow(seen) == 0
    house.let_in(seen, Role.CLINICAL_REVIEWER)
    seen.get_by_role("button", name="Send it again").click()
    expect(seen.get_by_label("What colleagues call you")).to_have_value("Cleo the careful")
