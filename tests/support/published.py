"""Harbour Clinic, published through the gate by the people who do that, for tests of pages and of the API."""

from typing import Any
from uuid import UUID

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.lib.db import Databases, unit_of_work
from directory.listings import actions as listings
from directory.terminology.proofs import FACT_GROUPS, FactGroup, Method
from directory.verification import actions as verification
from tests.support import clinics
from tests.support.clinics import AT

MO = Actor(ActorKind.MODERATOR, "mo")
NOOR = Actor(ActorKind.CLINIC, "harbour-clinic-portland-me")


def harbour(databases: Databases, *, slug: str = "harbour-clinic-portland-me", **changes: Any) -> UUID:
    """The id of the published clinic; `changes` are fields of its location."""
    with unit_of_work(databases, wiring.dispatch) as db:
        org = listings.add_organization(db, clinics.organization())
        site = clinics.site(org, location=clinics.location(org, slug=slug, **changes), team=(clinics.prescriber(),))
        location_id = listings.add_site(db, site, by=str(NOOR), at=AT).id
        groups = [FactGroup(code) for code in FACT_GROUPS.codes]
        verification.record(db, location_id, groups, method=Method.PHONE, by=MO, at=AT)
        verification.publish(db, location_id, by=MO, at=AT)
    return location_id
