"""Loads the invented clinics through the actions that people use: entered, checked, published, tested, confirmed.

Every day is counted back from now. Loading again adds only what is missing.
"""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.accounts.actor import Actor, ActorKind, system
from directory.geography import places
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.events import Dispatch
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.listings.events import ListingChanged
from directory.listings.rules import slug_for
from directory.referrals import terms
from directory.search import actions as search
from directory.search import queries as search_queries
from directory.search import unmet
from directory.seeding.invention import Invented, group_of, invent
from directory.seeding.words import towns
from directory.terminology.proofs import FactGroup, Method
from directory.terminology.rems import RemsMethod
from directory.verification import actions

DESK = Actor(ActorKind.MODERATOR, "demo-desk")
LOADER = system("demo-loader")
AT_ONCE = 30
_REMS_SEEN = {
    RemsMethod.REMS_PHONE: Method.PHONE,
    RemsMethod.FIND_A_CENTER: Method.REGISTRY,
    RemsMethod.CONFIRMATION_EMAIL_UPLOAD: Method.DOCUMENT,
}


def load(databases: Databases, dispatch: Dispatch, *, count: int = 243) -> int:
    """Load the first `count` invented clinics that are not there yet; gives how many were added.

    Thirty a transaction: the first of them can be searched while the rest still load.
    """
    now = clock.now().replace(microsecond=0)
    count = min(count, len(towns()))
    with reading(databases) as db:
        if listing_queries.count_demo(db) >= count:
            return 0
    added = 0
    for start in range(0, count, AT_ONCE):
        batch = [invent(number, now=now) for number in range(start, min(start + AT_ONCE, count))]
        with reading(databases) as db:
            missing = [clinic for clinic in batch if listing_queries.find_location_by_slug(db, slug_of(clinic)) is None]
        if missing:
            with unit_of_work(databases, _but_for_listings(dispatch)) as db:
                search.refresh(db, [bring_to_life(db, clinic, now=now) for clinic in missing])
        added += len(missing)
    _invent_unmet_need(databases, now.date())
    return added


def _invent_unmet_need(databases: Databases, today: dt.date) -> None:
    """Searches that found nobody in the two months before this one, in some hundred counties, unless there are any."""
    with reading(databases) as db:
        if search_queries.find_first_unmet_month(db) is not None:
            return
    month, counts = today, dict[tuple[dt.date, str], int]()
    for turn in range(2):
        month = unmet.month_of(unmet.month_of(month) - dt.timedelta(days=1))
        drawn = {county.fips: (int(county.fips) * 7919 + turn * 31) % 293 for county in places.counties()}
        counts |= {(month, fips): 2 + number * number for fips, number in drawn.items() if 0 < number < 10}
    with unit_of_work(databases) as db:
        search.add_unmet(db, counts)


def _but_for_listings(dispatch: Dispatch) -> Dispatch:
    # Each clinic has just passed the gate, and the search takes thirty in one go: one by one doubles the time.
    return lambda db, event: None if isinstance(event, ListingChanged) else dispatch(db, event)


def slug_of(clinic: Invented) -> str:
    """The address of an invented clinic's page, the same at every load."""
    place = clinic.site.location
    name = place.name.removesuffix(" (demo)").removesuffix(f", {place.city}")
    return slug_for(name, place.city, place.state)


def bring_to_life(db: Session, clinic: Invented, *, now: dt.datetime) -> UUID:
    """What people would do for this clinic, one after the other. Gives its id."""
    life = clinic.life

    def ago(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    _settle_organization(db, clinic)
    clinic.site.location.slug = slug_of(clinic)
    location = listings.add_site(db, clinic.site, by=str(LOADER), at=ago(life.created))
    owner = Actor(ActorKind.CLINIC, location.slug[:80])
    first_checks = [FactGroup.ADDRESS, FactGroup.PHONE, FactGroup.SUPERVISION]
    actions.record(db, location.id, [FactGroup.IDENTITY], method=Method.REGISTRY, by=DESK, at=ago(life.checked))
    actions.record(db, location.id, first_checks, method=Method.PHONE, by=DESK, at=ago(life.checked - 1))
    actions.publish(db, location.id, by=DESK, at=ago(life.published))
    if clinic.site.endpoint is not None and life.channel_proved:
        actions.test_endpoint(db, clinic.site.endpoint.id, by=owner, at=ago(life.published - 1))
        terms.accept(db, location.organization_id, by=owner, at=ago(life.published - 1))
    actions.attest_all_correct(db, location.id, version=location.version, by=owner, at=ago(life.confirmed))
    actions.record(db, location.id, [FactGroup.LICENCES], method=Method.REGISTRY, by=DESK, at=ago(life.licences))
    if location.rems_method is not None and location.rems_verified_at is not None:
        seen = _REMS_SEEN[RemsMethod(location.rems_method)]
        actions.record(db, location.id, [FactGroup.REMS], method=seen, by=DESK, at=location.rems_verified_at)
    if life.state in ("STALE", "UNLISTED"):
        actions.mark_stale(db, location.id, at=ago(life.confirmed - 91))
    if life.state == "UNLISTED":
        actions.unlist(db, location.id, at=ago(life.confirmed - 120))
    if life.state == "SUSPENDED":
        actions.suspend(db, location.id, note="license being checked again (demo)", by=DESK, at=ago(6))
    return location.id


def _settle_organization(db: Session, clinic: Invented) -> None:
    """Give the site its organization: the one its first site brought, or its own."""
    if group_of(clinic.number) != clinic.number:
        first = invent(clinic.group, now=clock.now())
        kept = listing_queries.find_location_by_slug(db, slug_of(first))
        if kept is not None:
            clinic.site.location.organization_id = kept.organization_id
            return
    clinic.site.location.organization_id = listings.add_organization(db, clinic.organization).id
