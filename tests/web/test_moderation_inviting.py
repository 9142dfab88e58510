"""A candidate is invited to claim its listing by mail or letter, claims it from there, or is never written to again."""

import re
from uuid import UUID

import pytest
from sqlmodel import select

from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import sign_in, sign_out
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"
INVITE = f"/house/clinics/{SLUG}/invite"


@pytest.fixture
def candidate(databases: Databases, clock: Clock) -> UUID:
    return added(databases, SLUG)


def added(databases: Databases, slug: str, url: str | None = "https://www.harbour.example") -> UUID:
    with unit_of_work(databases) as db:
        org = listings.add_organization(db, clinics.organization())
        place = clinics.location(org, slug=slug, url=url, status="CANDIDATE")
        return listings.add_site(db, clinics.site(org, location=place, team=()), by="import:test", at=AT).id


def invitation(databases: Databases) -> tuple[str, str]:
    """Whom the waiting invitation goes to, and where it leads."""
    [(mailbox, words)] = [(to, words) for name, to, words in Mail(databases).read() if name == "claim_invitation"]
    found = re.search(r"(/invited/\S+)", words.text)
    assert found is not None
    return mailbox, found[1]


def test_a_candidate_is_invited_at_the_domain_of_its_website_and_claims_its_listing(
    client: Client, databases: Databases, candidate: UUID
) -> None:
    assert client.get(f"/claim/{SLUG}").status_code == 404
    sign_in(client, databases, Role.MODERATOR)
    assert f"{INVITE}" in links_of(client.get("/house/candidates").text)
    strange = client.post(INVITE, data={"mailbox": "ola.private"})
    assert strange.status_code == 422
    assert leads_to(submit(client, INVITE, action=INVITE, mailbox="office")).endswith("?done=mailed")
    again = client.post(INVITE, data={"mailbox": "info"})
    assert again.status_code == 422
    assert "in the last 30 days" in words_of(again.text)
    sign_out(client)
    mailbox, link = invitation(databases)
    assert mailbox == "office@harbour.example"
    seen = client.get(link)
    assert "What the entry shows" in words_of(seen.text)
    assert "1 Wharf Street" in words_of(seen.text)
    assert f"/claim/{SLUG}" in links_of(seen.text)
    assert client.get(f"/clinics/{SLUG}").status_code == 404
    answer = submit(client, f"/claim/{SLUG}", mailbox="ola@harbour.example", may_speak="yes")
    assert leads_to(answer) == "/claim/code"
    with reading(databases) as db:
        assert "CLAIM_INVITED" in {row.action for row in db.exec(select(AuditEvent)).all()}


def test_one_press_and_nobody_writes_to_that_domain_again(
    client: Client, databases: Databases, candidate: UUID, clock: Clock
) -> None:
    added(databases, "harbour-two")
    sign_in(client, databases, Role.MODERATOR)
    leads_to(submit(client, INVITE, action=INVITE, mailbox="info"))
    sign_out(client)
    _mailbox, link = invitation(databases)
    clock.advance(days=40)
    for _press in range(2):
        assert "You will not hear from us again" in words_of(client.post(link).text)
    sign_in(client, databases, Role.MODERATOR)
    for path in (INVITE, "/house/clinics/harbour-two/invite"):
        refused = client.post(path, data={"mailbox": "info"})
        assert refused.status_code == 422
        assert "They asked us not to write again." in words_of(refused.text)
        assert client.post(f"{path}/letter").status_code == 422
    clock.advance(days=60)
    assert client.get(link).status_code == 410


def test_a_letter_opens_the_claim_where_mail_would_reach_anybody(
    client: Client, databases: Databases, candidate: UUID
) -> None:
    added(databases, "at-gmail", "https://gmail.com/harbour")
    here = "/house/clinics/at-gmail/invite"
    sign_in(client, databases, Role.MODERATOR)
    assert "shared domain" in words_of(client.get(here).text)
    assert client.post(here, data={"mailbox": "info"}).status_code == 422
    assert "/claim/at-gmail" in words_of(client.get(f"{here}/letter").text)
    leads_to(client.post(f"{here}/letter"))
    assert client.get("/claim/at-gmail").status_code == 200
    leads_to(client.post(f"{here}/never"))
    assert "They asked us not to write again." in words_of(client.get(here).text)
