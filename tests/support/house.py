"""A walk through every page of the house, with something in the queue: for tests that look at all pages."""

from sqlmodel import select

from directory import wiring
from directory.accounts import links
from directory.accounts.permissions import Role
from directory.accounts.renderer import DECISION, INVITED
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.models import Location
from directory.moderation import reports
from directory.moderation.models import Decision, QueueItem
from directory.verification.claim import ClaimInvitation
from tests.support import clinics
from tests.support.forms import Client, leads_to, submit
from tests.support.people import sign_in
from tests.support.site import SECRET


def checks_of(slug: str) -> list[str]:
    """The pages on which somebody writes down a check of a clinic."""
    return [f"/house/clinics/{slug}/checks/{which}" for which in ("rems", "licence", "supervision")]


def walk(client: Client, databases: Databases, slug: str) -> None:
    """Report a mistake, answer it, read the answer; the queue, a review, the listing, the log, the figures."""
    for path in (f"/clinics/{slug}/report", "/accuracy"):
        assert client.get(path).status_code == 200, path
    with reading(databases) as db:
        place = db.exec(select(Location.id).where(Location.slug == slug)).one()
    with unit_of_work(databases, wiring.dispatch) as db:
        report = reports.file(db, place, "moved", words="They moved.", network="a", at=clock.now())
    with reading(databases) as db:
        item = db.exec(select(QueueItem.id).where(QueueItem.about_id == report.id)).one()
    sign_in(client, databases, Role.MODERATOR)
    invite(client, databases)
    for path in ("/queue", f"/queue/{item}", f"/house/clinics/{slug}", "/house/audit", *checks_of(slug)):
        assert client.get(path).status_code == 200, path
    leads_to(submit(client, f"/queue/{item}", action=f"/queue/{item}", choice="confirmed", words="They have not."))
    with reading(databases) as db:
        decision = db.exec(select(Decision.id).where(Decision.item_id == item)).one()
    token = links.sign(SECRET, DECISION, decision, clock.today())
    assert client.get(f"/decisions/{token}").status_code == 200


def invite(client: Client, databases: Databases) -> None:
    """A candidate is invited by mail; its pages, and the one behind the mail."""
    with unit_of_work(databases) as db:
        body = listings.add_organization(db, clinics.organization())
        place = clinics.location(body, slug="candidate", url="https://candidate.example", status="CANDIDATE")
        listings.add_site(db, clinics.site(body, location=place, team=()), by="import:test", at=clock.now())
    here = "/house/clinics/candidate/invite"
    for path in ("/house/candidates", here, f"{here}/letter"):
        assert client.get(path).status_code == 200, path
    leads_to(submit(client, here, action=here, mailbox="info"))
    with reading(databases) as db:
        row = db.exec(select(ClaimInvitation.id)).one()
    assert client.get(f"/invited/{links.sign(SECRET, INVITED, row, clock.today())}").status_code == 200
