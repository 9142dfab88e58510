"""What the clinic gives back: a note after a visit, the outcome in the end, and how Spravato sessions went. Sealed.

The sender reads it; nothing here is a judgement of ours, and no field of it is ever searched.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.accounts.actor import Actor
from directory.lib import sealed
from directory.referrals import content
from directory.referrals.answers import Row
from directory.referrals.models import Outcome, Referral, ReferralTask
from directory.terminology import icd10
from directory.terminology.scales import SCALES
from directory.wording import say
from directory.wording.say import _, joined

DOSES = (("56", _("56 mg")), ("84", _("84 mg")), ("other", _("Another dose")))
EVENTS = (
    ("blood_pressure", _("Blood pressure rose enough to act on")),
    ("sedation", _("Sedation")),
    ("dissociation", _("Dissociation")),
    ("other", _("Something else")),
)
"""What is watched for in the two hours after a dose (Spravato's label, boxed warning and section 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One note that came back, in words. `final` is the outcome; `rows` hold what came along, if anything did."""

    number: int
    final: bool
    note: str = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    at: dt.datetime


def add(db: Session, task: ReferralTask, given: Mapping[str, Any], *, final: bool, by: Actor, at: dt.datetime) -> None:
    """Keep what came with the step that the task took last. `given` is a form's answers; `note` is among them."""
    key = content.key_of(sealed.ring_of(db), db.get_one(Referral, task.referral_id))
    row = Outcome(task_id=task.id, number=task.steps, final=final, by_actor=str(by), at=at)
    row.content_sealed = sealed.seal(key, "outcome", row.id, "content", content.written(given))
    db.add(row)


def find(db: Session, task_id: UUID) -> list[Returned]:
    """What came back for a task, oldest first; nothing once the request was purged."""
    return [_in_words(row, given) for row, given in _opened(db, task_id)]


def find_data(db: Session, task_id: UUID) -> list[dict[str, Any]]:
    """The same for machines and exports: the fields as they were given, with `at` and `final`."""
    return [{"at": row.at.isoformat(), "final": row.final} | given for row, given in _opened(db, task_id)]


def destroy(db: Session, referral_id: UUID) -> None:
    """Everything that came back about a request is gone; that it did stays."""
    tasks = select(ReferralTask.id).where(ReferralTask.referral_id == referral_id)
    db.execute(update(Outcome).where(col(Outcome.task_id).in_(tasks)).values(content_sealed=None))


def _opened(db: Session, task_id: UUID) -> list[tuple[Outcome, dict[str, Any]]]:
    asked = select(Outcome).where(Outcome.task_id == task_id, col(Outcome.content_sealed).is_not(None))
    rows = db.exec(asked.order_by(col(Outcome.number))).all()
    if not rows:
        return []
    task = db.get_one(ReferralTask, task_id)
    key = content.key_of(sealed.ring_of(db), db.get_one(Referral, task.referral_id))
    return [
        (row, json.loads(sealed.unseal(key, "outcome", row.id, "content", row.content_sealed or b""))) for row in rows
    ]


def _in_words(row: Outcome, given: Mapping[str, Any]) -> Returned:
    return Returned(
        number=row.number, final=row.final, note=str(given.get("note", "")), rows=tuple(rows_of(given)), at=row.at
    )


def rows_of(given: Mapping[str, Any]) -> list[Row]:
    """What came along with the note, in words; what was not said is left out."""
    events = [label for code, label in EVENTS if code in given.get("events", ())]
    told = (
        (_("Initial diagnosis (ICD-10-CM)"), _diagnosis_words(given.get("initial_diagnosis"))),
        (_("Final diagnosis (ICD-10-CM)"), _diagnosis_words(given.get("final_diagnosis"))),
        (_("Findings"), str(given.get("findings") or "")),
        (_("Services given"), str(given.get("services") or "")),
        (_("Recommendations"), str(given.get("recommendations") or "")),
        (_("Medication"), str(given.get("medication") or "")),
        (_("Sessions so far"), str(given.get("sessions") or "")),
        (_("Dose"), dict(DOSES).get(str(given.get("dose")), "")),
        (_("Scale"), _scale_words(given)),
        (_("Events during observation"), joined(", ", events)),
        (_("About the events"), str(given.get("events_note") or "")),
        (_("Plan"), str(given.get("plan") or "")),
    )
    return [Row(label=label, value=value, step="") for label, value in told if value]


def _diagnosis_words(code: object) -> str:
    found = icd10.find(str(code or ""))
    return f"{found.display} {found.label}" if found else str(code or "")


def _scale_words(given: Mapping[str, Any]) -> str:
    if not given.get("scale"):
        return ""
    label, before, after = SCALES.label(given["scale"]), given.get("total_before"), given.get("total_after")
    words = (
        f"{label} {after}"
        if before is None
        else _("{scale} from {before} to {after}").format(scale=label, before=before, after=after)
    )
    if given.get("scored_on"):
        words += ", " + say.day(dt.date.fromisoformat(given["scored_on"]))
    return words
