"""What a person of ours looks into and writes down: licences, REMS certificates, four lines of the supervision card.

What was paused for nothing but what is proved now is public again; the gate decides that, as ever.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.lib import events
from directory.lib.errors import NotFound, Refused
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.hours import local_day
from directory.listings.models import Practitioner, Qualification
from directory.listings.queries import get_location, get_record
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.proofs import METHODS, REMS_RECHECK_DAYS, FactGroup, Method, Outcome
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS, RemsMethod, RemsSetting
from directory.verification import actions, rules
from directory.verification.events import LicenceChecked, SiteChecked
from directory.verification.models import SupervisionCheck
from directory.verification.rules import Found
from directory.wording.say import _, joined

HOUSE = (ActorKind.VERIFIER, ActorKind.MODERATOR)
HOW_REMS_IS_SEEN = {
    RemsMethod.FIND_A_CENTER: Method.REGISTRY,
    RemsMethod.REMS_PHONE: Method.PHONE,
    RemsMethod.CONFIRMATION_EMAIL_UPLOAD: Method.DOCUMENT,
    RemsMethod.SELF_ATTESTED: Method.SELF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceSeen:
    """What the issuer says of a licence, and where that was seen: a board's page, a document, a call."""

    status: str
    expires_on: dt.date | None
    method: Method
    source: str
    number: str | None = None
    issued_on: dt.date | None = None


def check_licence(db: Session, qualification_id: UUID, seen: LicenceSeen, *, by: Actor, at: dt.datetime) -> list[UUID]:
    """Keep what the issuer says of a licence. Gives the listings that this made public again.

    Raises Refused without a source, by somebody who is not of the house, or for what cannot be.
    """
    _of_the_house(by)
    _with_source(seen.method, seen.source)
    if seen.status not in LICENCE_STATUSES:
        raise Refused(_("Choose a status"))
    unrestricted = LICENCE_STATUSES[seen.status].unrestricted
    if unrestricted and seen.expires_on is not None and seen.expires_on < at.date() - dt.timedelta(days=1):
        raise Refused(_("A license that has run out is not active."))
    row = db.get(Qualification, qualification_id)
    if row is None:
        raise NotFound(_("There is no such license."))
    audit.append(
        db, by, "LICENCE_CHECKED", subject_type="qualification", subject_id=row.id, detail={"status": seen.status}
    )
    holder = db.get_one(Practitioner, row.practitioner_id)
    row.status, row.expires_on = seen.status, seen.expires_on
    row.number = row.number if seen.number is None else seen.number
    row.issued_on = row.issued_on if seen.issued_on is None else seen.issued_on
    row.verified_at, row.verified_by, row.verification_method = at, str(by), seen.method
    row.source_url = seen.source if seen.source.startswith(("https://", "http://")) else row.source_url
    people.set_licence(db, row)
    events.record(db, LicenceChecked(qualification_id=row.id))
    sites = people.find_sites_of(db, holder)
    outcome = Outcome.CONFIRMED if unrestricted else Outcome.CHANGED
    for site in sites:
        if get_location(db, site).state == row.state:
            actions.record(
                db, site, [FactGroup.LICENCES], method=seen.method, by=by, at=at, outcome=outcome, source=seen.source
            )
    return _back(db, sites, "S1", by=by, at=at)


def check_rems(
    db: Session,
    location_id: UUID,
    setting: RemsSetting,
    *,
    method: RemsMethod,
    evidence: str,
    by: Actor,
    at: dt.datetime,
) -> list[UUID]:
    """Keep what was learned of a site's REMS certificate, due again in 90 days. Gives the listings public again.

    Raises Refused for the site's own word: that proves nothing and has `attest_rems`.
    """
    _of_the_house(by)
    if not REMS_METHODS[method].independent:
        raise Refused(_("The clinic's own word is no proof of the certificate."))
    _with_source(HOW_REMS_IS_SEEN[method], evidence)
    audit.append(
        db, by, "REMS_CHECKED", subject_type="location", subject_id=location_id, detail={"setting": str(setting)}
    )
    due = (at + dt.timedelta(days=REMS_RECHECK_DAYS)).date()
    listings.set_rems(db, location_id, setting, method=method, evidence=evidence, reverify_on=due, by=str(by), at=at)
    outcome = Outcome.CONFIRMED if REMS_SETTINGS[setting].certified else Outcome.CHANGED
    how = HOW_REMS_IS_SEEN[method]
    actions.record(db, location_id, [FactGroup.REMS], method=how, by=by, at=at, outcome=outcome, source=evidence)
    events.record(db, SiteChecked(location_id=location_id, group=FactGroup.REMS))
    return _back(db, [location_id], "S3", by=by, at=at)


def attest_rems(db: Session, location_id: UUID, setting: RemsSetting, *, by: Actor, at: dt.datetime) -> None:
    """The clinic says how it is certified. It never replaces what we saw ourselves, and opens no gate."""
    location = get_location(db, location_id)
    if location.rems_method is not None and REMS_METHODS[location.rems_method].independent:
        raise Refused(_("We have confirmed this with the REMS program. Tell us when it has changed."))
    listings.set_rems(
        db,
        location_id,
        setting,
        method=RemsMethod.SELF_ATTESTED,
        evidence="",
        reverify_on=(at + dt.timedelta(days=REMS_RECHECK_DAYS)).date(),
        by=str(by),
        at=at,
    )


def check_supervision(
    db: Session, location_id: UUID, found: Mapping[str, Found], *, by: Actor, at: dt.datetime
) -> list[UUID]:
    """Keep what was found of S1, S2, S3 and S9, all four at once. Gives the listings public again.

    One that does not hold puts the whole card in doubt, and the gate pauses the listing. Raises Refused with what is
    missing or cannot be.
    """
    _of_the_house(by)
    clinic = get_record(db, location_id)
    problems = rules.why_not_checked(clinic, found, local_day(clinic.time_zone, at=at))
    if problems:
        raise Refused(joined(" ", problems))
    audit.append(db, by, "SUPERVISION_CHECKED", subject_type="location", subject_id=location_id)
    for item, one in found.items():
        db.add(
            SupervisionCheck(
                location_id=location_id,
                item=item,
                holds=one.holds,
                method=one.method,
                source=one.source,
                note=one.note,
                by=str(by),
                at=at,
            )
        )
    db.flush()
    failed = sorted(item for item, one in found.items() if not one.holds)
    actions.record(
        db,
        location_id,
        [FactGroup.SUPERVISION],
        method=Method(Counter(one.method for one in found.values()).most_common(1)[0][0]),
        by=by,
        at=at,
        outcome=Outcome.FAILED if failed else Outcome.CONFIRMED,
        source="; ".join(dict.fromkeys(one.source for one in found.values() if one.source)),
        note=", ".join(failed),
    )
    events.record(db, SiteChecked(location_id=location_id, group=FactGroup.SUPERVISION))
    return _back(db, [location_id], "supervision", by=by, at=at)


def _back(db: Session, sites: list[UUID], code: str, *, by: Actor, at: dt.datetime) -> list[UUID]:
    db.flush()
    return [site for site in sites if actions.lift_pause(db, site, frozenset({code}), by=by, at=at)]


def _of_the_house(by: Actor) -> None:
    if by.kind not in HOUSE:
        raise Refused(_("Only a person of ours can write down what was checked."))


def _with_source(method: Method, source: str) -> None:
    if not METHODS[method].independent:
        raise Refused(_("The clinic's own word is no check of ours."))
    if not source.strip():
        raise Refused(_("Say where you saw it: a web address, a document, or whom you called."))
