"""The further clinics of a form: which are offered, and the chosen ones by name. Nothing here writes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from directory.listings.queries import find_location_by_slug, find_records, get_record
from directory.listings.records import ClinicRecord
from directory.referrals import nearby
from directory.referrals.consent import covers_several
from directory.referrals.forms.ranking import NEXT, chosen
from directory.referrals.models import Draft
from directory.wording import say
from directory.wording.say import _

OFFERED = 8


def offered(
    db: Session, first: ClinicRecord, answers: Mapping[str, Any], picked: Sequence[str]
) -> list[tuple[str, str]]:
    """What each list on the page offers as (slug, words): nobody, the nearest that fit, and what is chosen already."""
    around = nearby.place_of(answers) or first.point
    treatment = str(answers.get("treatment", ""))
    near = nearby.find_nearby(db, around, treatment, without=[first.location_id], at_most=OFFERED)
    options = [("", _("Nobody")), *((one.clinic.slug, _words(one.clinic, one.distance_m)) for one in near)]
    known = {slug for slug, _words_ in options}
    return options + [(clinic.slug, _words(clinic)) for clinic in _named(db, picked) if clinic.slug not in known]


def names(db: Session, picked: Sequence[str]) -> list[str]:
    """The chosen clinics in words, in order; what is not there any more is left out."""
    return [_words(clinic) for clinic in _named(db, picked)]


def ids(db: Session, picked: Sequence[str]) -> tuple[UUID, ...]:
    """The locations of the chosen clinics, in order; what is not there any more is left out."""
    return tuple(clinic.location_id for clinic in _named(db, picked))


def wrong_in(db: Session, draft: Draft, answers: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with the chosen clinics, by field, in words: some cannot be asked now, or consent was to one."""
    first = get_record(db, draft.location_id)
    wrong = {
        name: _("This clinic cannot be asked from here. Choose another one, or nobody")
        for name in NEXT
        if values[name] and not _can_be_asked(db, first, answers, str(values[name]))
    }
    if chosen(values) and not covers_several(draft.consent_version):
        wrong["second"] = _("You agreed before several clinics could be asked. Choose nobody, or start the form again")
    return wrong


def _can_be_asked(db: Session, first: ClinicRecord, answers: Mapping[str, Any], slug: str) -> bool:
    treatment = str(answers.get("treatment", ""))
    return any(
        clinic.location_id != first.location_id and clinic.takes_requests and nearby.gives(clinic, treatment)
        for clinic in _named(db, [slug])
    )


def _named(db: Session, slugs: Sequence[str]) -> list[ClinicRecord]:
    rows = [find_location_by_slug(db, slug) for slug in slugs]
    records = {clinic.location_id: clinic for clinic in find_records(db, [row.id for row in rows if row is not None])}
    return [records[row.id] for row in rows if row is not None]


def _words(clinic: ClinicRecord, distance_m: float | None = None) -> str:
    town = f"{clinic.name}, {clinic.city}, {clinic.state}"
    return town if distance_m is None else f"{town} ({say.miles(distance_m)})"
