"""What somebody of the house writes down after a look: a licence, a REMS certificate, supervision; and the document
that showed it is done with by that."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.lib.errors import NotFound, Refused
from directory.listings.models import Location, Qualification
from directory.listings.queries import get_record
from directory.moderation import actions, messages, queries, rules
from directory.moderation.kinds import Kind
from directory.moderation.models import QueueItem, Verb
from directory.moderation.rules import Worker
from directory.terminology.proofs import FactGroup, Method
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.verification import actions as verification
from directory.verification import checking, evidence
from directory.verification.checking import LicenceSeen
from directory.verification.models import OTHER_PROOF, EvidenceFile, EvidenceState
from directory.verification.rules import Found
from directory.wording import say
from directory.wording.say import _

PAGES: Mapping[str, tuple[str, str]] = {
    FactGroup.LICENCES: ("licence", _("License")),
    FactGroup.REMS: ("rems", _("REMS certificate")),
    FactGroup.SUPERVISION: ("supervision", _("Supervision")),
}
"""What has a page of its own to be written down on: the last part of its address, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Who looks into which site when, and the document it was seen in, if any."""

    site: Location
    by: Worker
    at: dt.datetime
    document: EvidenceFile | None = None


def rems(db: Session, check: Check, setting: RemsSetting, *, method: RemsMethod, source: str) -> list[UUID]:
    """Write down a REMS certificate; gives the listings public again. Raises Refused in words."""
    _may(check)
    _document_is_done(db, check)
    return checking.check_rems(
        db, check.site.id, setting, method=method, evidence=source, by=check.by.actor, at=check.at
    )


def licence(db: Session, check: Check, licence_id: UUID, seen: LicenceSeen) -> list[UUID]:
    """Write down what an issuer says of a licence of the team; gives the listings public again. Raises Refused."""
    _may(check)
    if licence_id not in {row.id for row, _name in licences_of(db, check.site.id)}:
        raise NotFound(_("There is no such license."))
    _document_is_done(db, check)
    return checking.check_licence(db, licence_id, seen, by=check.by.actor, at=check.at)


def supervision(db: Session, check: Check, found: Mapping[str, Found]) -> list[UUID]:
    """Write down S1, S2, S3 and S9; gives the listings public again. Raises Refused before anything is written."""
    _may(check)
    back = checking.check_supervision(db, check.site.id, found, by=check.by.actor, at=check.at)
    _document_is_done(db, check)
    return back


def settle_document(
    db: Session, item: QueueItem, *, proved: bool, words: str, by: Worker, at: dt.datetime
) -> EvidenceFile:
    """A document was read and the queue's item decided. What has no page of its own is checked by that yes.

    Raises Refused where the check must be written down on its page first.
    """
    assert item.location_id is not None
    row = evidence.find(db, item.location_id, item.about_id)
    if row is None:
        raise NotFound(_("There is no such document."))
    if proved and row.fact_group in PAGES:
        name = PAGES[row.fact_group][1]
        raise Refused(_("Write down what it shows: “{page}”. That ends this item as well.").format(page=name))
    evidence.settle(db, row, proved=proved, words=words, by=by.actor, at=at)
    if proved and row.fact_group != OTHER_PROOF:
        group, source = FactGroup(row.fact_group), source_of(row)
        verification.record(db, row.location_id, [group], method=Method.DOCUMENT, by=by.actor, at=at, source=source)
    return row


def source_of(row: EvidenceFile) -> str:
    """A document as the source of a check: never its title, which somebody else wrote."""
    return _("Document of {day}").format(day=say.day(row.uploaded_at.date()))


def licences_of(db: Session, location_id: UUID) -> list[tuple[Qualification, str]]:
    """The licences of a site's team in its state, each with its holder's name."""
    clinic = get_record(db, location_id)
    names = {person.practitioner_id: person.name for person in clinic.team}
    rows = queries.find_licences(db, names, clinic.state)
    return [(row, names[row.practitioner_id]) for row in rows]


def _may(check: Check) -> None:
    why_not = rules.why_not_decide(check.by, check.site.organization_id)
    if why_not is not None:
        raise Refused(why_not)


def _document_is_done(db: Session, check: Check) -> None:
    """What a clinic sent and somebody has just written down: its item is decided, and the clinic is told."""
    row = check.document
    if row is None or row.state != EvidenceState.WAITING:
        return
    item = queries.find_open(db, Kind.EVIDENCE, row.id)
    words = _("Your document was read, and what it shows is written down.")
    if item is not None:
        decision = actions.decide(
            db, item, Verb.CLOSE, by=check.by, at=check.at, words=words, detail={"choice": "proved"}
        )
        messages.tell_clinic(db, decision, row.location_id)
    evidence.settle(db, row, proved=True, words="", by=check.by.actor, at=check.at)
