"""People of the house write down a REMS certificate, a licence and the four points of supervision, and what follows."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading
from directory.listings.models import Location, Qualification
from directory.moderation.models import QueueItem
from directory.verification import reminders
from directory.verification.models import SupervisionCheck, VerificationResult
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.people import KIT, Somebody, person, sign_in
from tests.support.published import harbour
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"
HOUSE = f"/house/clinics/{SLUG}/checks"
HELD = {
    f"{name}-{item}": value
    for item in ("S1", "S2", "S3", "S9")
    for name, value in {"holds": "yes", "method": "PHONE", "source": "the clinic’s phone"}.items()
}


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    return harbour(databases)


@pytest.fixture
def vera(client: Client, databases: Databases, place: UUID) -> Client:
    """Vera, a verifier."""
    sign_in(client, databases, Role.VERIFIER)
    return client


def location(databases: Databases, place: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, place)


def kinds(databases: Databases) -> list[str]:
    with reading(databases) as db:
        return sorted(db.exec(select(QueueItem.kind).where(QueueItem.state == "OPEN")).all())


def remind(databases: Databases, clock: Clock) -> int:
    """How many checks and licences are announced now."""
    return reminders.remind(databases, wiring.dispatch, at=clock.now())[1]


def test_a_certificate_is_written_down_and_due_again_in_ninety_days(
    vera: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    given = {"setting": "OUTPATIENT_CERTIFIED", "method": "REMS_PHONE"}
    missing = submit(vera, f"{HOUSE}/rems", **given)
    assert (missing.status_code, "whom you called" in words_of(missing.text)) == (422, True)
    own = submit(vera, f"{HOUSE}/rems", **given | {"method": "SELF_ATTESTED", "source": "x"})
    assert (own.status_code, "own word is no proof" in words_of(own.text)) == (422, True)
    done = leads_to(submit(vera, f"{HOUSE}/rems", **given, source="REMS program, by phone"))
    assert done == f"{HOUSE}/rems?done=kept"
    assert "It is due again in 90 days." in words_of(vera.get(done).text)
    row = location(databases, place)
    assert (row.rems_method, row.rems_reverify_on) == ("REMS_PHONE", AT.date() + dt.timedelta(days=90))
    assert row.rems_verified_by is not None
    assert row.rems_verified_by.startswith("verifier:")


def test_a_certificate_that_ends_comes_into_the_queue_and_leaves_it_once_confirmed(
    vera: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    given = {"setting": "OUTPATIENT_CERTIFIED", "method": "REMS_PHONE", "source": "REMS program, by phone"}
    leads_to(submit(vera, f"{HOUSE}/rems", **given))
    assert remind(databases, clock) == 0
    clock.advance(days=76)
    sign_in(vera, databases, Role.VERIFIER)
    assert (remind(databases, clock), remind(databases, clock)) == (1, 0)
    assert kinds(databases) == ["REMS_CHECK"]
    with reading(databases) as db:
        path = f"/queue/{db.exec(select(QueueItem.id)).one()}"
    assert "REMS certificate to confirm" in words_of(vera.get("/queue").text)
    review = vera.get(path).text
    assert "Due again June 8, 2026" in words_of(review)
    assert f"{HOUSE}/rems" in links_of(review)
    leads_to(submit(vera, f"{HOUSE}/rems", **given))
    assert kinds(databases) == []
    assert remind(databases, clock) == 0


def test_a_check_that_nobody_made_is_asked_for_once_more_on_its_day(
    databases: Databases, place: UUID, clock: Clock
) -> None:
    clock.advance(days=167)  # harbour's supervision was checked on the first day, for 180
    counts = []
    for days in (0, 1, 12, 1):
        counts.append(reminders.remind(databases, wiring.dispatch, at=clock.advance(days=days))[1])
    assert kinds(databases).count("SUPERVISION_CHECK") == 1
    assert counts[1] == counts[3] == 0
    assert counts[2] >= 1


def test_a_site_that_is_not_certified_pauses_its_listing_at_once(
    vera: Client, databases: Databases, place: UUID
) -> None:
    said = {"setting": "NOT_CERTIFIED", "method": "FIND_A_CENTER", "source": "the list of centers"}
    leads_to(submit(vera, f"{HOUSE}/rems", **said))
    assert location(databases, place).status == "SUSPENDED"
    said["setting"] = "OUTPATIENT_CERTIFIED"
    assert leads_to(submit(vera, f"{HOUSE}/rems", **said)).endswith("?done=back")
    assert location(databases, place).status == "PUBLISHED"


def test_four_points_are_kept_together_each_with_how_and_where(vera: Client, databases: Databases, place: UUID) -> None:
    lacking = {name: value for name, value in HELD.items() if name not in ("source-S3", "holds-S9")}
    answer = submit(vera, f"{HOUSE}/supervision", **lacking)
    page = words_of(answer.text)
    assert answer.status_code == 422
    assert "S3: Say where you saw it" in page
    assert "S9: Say whether it holds" in page
    assert 'value="the clinic’s phone"' in answer.text
    doubtful = submit(vera, f"{HOUSE}/supervision", **HELD | {"holds-S9": "no"})
    assert "S9: say what was found instead" in words_of(doubtful.text)
    with reading(databases) as db:
        assert db.exec(select(SupervisionCheck)).all() == []
    leads_to(submit(vera, f"{HOUSE}/supervision", **HELD))
    with reading(databases) as db:
        rows = db.exec(select(SupervisionCheck)).all()
        assert sorted((row.item, row.holds, row.method) for row in rows) == [
            (item, True, "PHONE") for item in ("S1", "S2", "S3", "S9")
        ]
    assert "S9 Holds, Phone call, March 10, 2026" in words_of(vera.get(f"{HOUSE}/supervision").text)
    leads_to(
        submit(vera, f"{HOUSE}/supervision", **HELD | {"holds-S9": "no", "note-S9": "The website sells lozenges."})
    )
    assert location(databases, place).status == "SUSPENDED"
    assert leads_to(submit(vera, f"{HOUSE}/supervision", **HELD)).endswith("?done=back")


def test_a_licence_is_written_down_from_its_own_page(vera: Client, databases: Databases, place: UUID) -> None:
    with reading(databases) as db:
        licence = str(db.exec(select(Qualification.id)).one())
    given = {"licence": licence, "status": "ACTIVE", "method": "REGISTRY", "source": "https://www.pfr.maine.gov/"}
    lapsed = submit(vera, f"{HOUSE}/licence", **given, expires_on="2026-01-31")
    assert "A license that has run out is not active" in words_of(lapsed.text)
    assert submit(vera, f"{HOUSE}/licence", **given | {"licence": str(UUID(int=9))}).status_code == 404
    leads_to(submit(vera, f"{HOUSE}/licence", **given, expires_on="2030-01-31"))
    with reading(databases) as db:
        assert db.exec(select(Qualification)).one().expires_on == dt.date(2030, 1, 31)
        newest = db.exec(select(VerificationResult).where(VerificationResult.fact_group == "licences")).all()[-1]
        assert newest.by.startswith(("verifier:", "moderator:"))
    assert "Noor Example, MD Physician MD00123 Active" in words_of(vera.get(f"{HOUSE}/licence").text)


def test_nobody_writes_down_a_check_of_a_clinic_of_their_own(client: Client, databases: Databases, place: UUID) -> None:
    mine = Somebody(KIT.mailbox, KIT.name, Role.OWNER)
    person(databases, mine, location(databases, place).organization_id)
    sign_in(client, databases, Role.MODERATOR, somebody=mine)
    given = {"setting": "OUTPATIENT_CERTIFIED", "method": "REMS_PHONE", "source": "phone"}
    for page, typed in (("rems", given), ("supervision", HELD)):
        refused = submit(client, f"{HOUSE}/{page}", **typed)
        assert (refused.status_code, "You belong to this organization" in words_of(refused.text)) == (422, True)
