"""What a signed-in clinician keeps for the next referral: the own data, and templates. Nothing of any patient is in it.

A template takes what was said of the sender and what was asked for; the question is written anew for it, and a name of
the patient in it is refused.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib import ids, sealed
from directory.lib.errors import NotFound, Refused
from directory.listings.models import Location
from directory.referrals import content, identifying
from directory.referrals.models import Referral
from directory.referrals.template import Template
from directory.terminology.listing_status import PUBLIC
from directory.terminology.treatments import TREATMENTS
from directory.wording.say import _

SENDER = (
    *("sender_name", "npi", "organization", "sender_phone", "sender_mailbox"),
    *("role", "stays", "answer_by", "sender_fax", "sender_direct"),
)
"""The answers that a clinician gives of themselves."""
ASKED = ("treatment", "urgency")
MOST = 30
_OWN = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A template as its owner's pages list it. `slug` and `clinic` are empty once the clinic is not listed any more."""

    number: int
    name: str = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)
    slug: str
    clinic: str

    @property
    def question(self) -> str:
        """What it asks of a clinic; empty when that is written anew each time."""
        return str(self.answers.get("question") or "")

    @property
    def treatment(self) -> str:
        """What it asks for, in words; empty for the clinic's advice."""
        row = TREATMENTS.find(str(self.answers.get("treatment", "")))
        return str(row.label) if row else ""


def remember(db: Session, user_id: UUID, answers: Mapping[str, Any], *, at: dt.datetime) -> None:
    """The own data as they were sent last."""
    _write(db, _find(db, user_id, _OWN) or _new(user_id, _OWN, at), "", _only(answers, SENDER), at)


def own_data(db: Session, user_id: UUID) -> dict[str, Any]:
    """The same again; nothing before the first referral."""
    row = _find(db, user_id, _OWN)
    return dict(_open(db, row)["answers"]) if row else {}


def find_all(db: Session, user_id: UUID) -> list[Kept]:
    """All templates of somebody, by name."""
    asked = (
        select(Template, Location)
        .join(Location, col(Location.id) == col(Template.location_id), isouter=True)
        .where(Template.user_id == user_id, col(Template.number) > _OWN)
    )
    return sorted((_kept(db, row, place) for row, place in db.exec(asked)), key=lambda each: each.name.casefold())


def get(db: Session, user_id: UUID, number: int) -> Kept:
    """One of one's own. Raises NotFound, also for what is another's."""
    found = next((each for each in find_all(db, user_id) if each.number == number), None)
    if found is None:
        raise NotFound(_("There is no such template among yours."))
    return found


def save(
    db: Session, referral: Referral, location_id: UUID, *, name: str, question: str, user_id: UUID, at: dt.datetime
) -> None:
    """Keep what a referral of one's own says of no patient, under a name. Raises Refused in words when it names one."""
    taken = {each.number for each in find_all(db, user_id)}
    if len(taken) >= MOST:
        raise Refused(_("You have 30 templates. Delete one before you keep another."))
    answers = content.answers_of(sealed.ring_of(db), referral)
    row = _new(user_id, max(taken, default=_OWN) + 1, at)
    row.location_id = location_id
    _write(db, row, name, _only(answers, (*SENDER, *ASKED)) | ({"question": question} if question else {}), at)


def what_is_wrong(db: Session, referral: Referral, text: str) -> str:
    """What keeps a text out of a template made from this referral, in words; empty when nothing does."""
    answers = content.answers_of(sealed.ring_of(db), referral)
    if identifying.names(str(answers.get("patient_name", "")), text):
        return _("This names the patient. A template is for other patients too: write it without a name")
    return what_points_to_one(text, answers)


def what_points_to_one(text: str, sender: Mapping[str, Any]) -> str:
    """The same for a text of no referral: a date or a number that is not the sender's."""
    if identifying.points_to_one(text, sender=sender):
        return _(
            "This looks like it is about one patient. Write it without whole dates, phone numbers, email addresses and"
            " record numbers; your own may stay"
        )
    return ""


def change(db: Session, user_id: UUID, number: int, *, name: str, question: str, at: dt.datetime) -> None:
    """Another name and question for one. Raises NotFound."""
    kept, row = get(db, user_id, number), _find(db, user_id, number)
    assert row is not None, "it was found above"
    rest = {field: value for field, value in kept.answers.items() if field != "question"}
    _write(db, row, name, rest | ({"question": question} if question else {}), at)


def delete(db: Session, user_id: UUID, number: int) -> None:
    """Forget one; pressed twice, it is gone once."""
    row = _find(db, user_id, number) if number > _OWN else None
    if row is not None:
        db.delete(row)


def forget(db: Session, user_id: UUID) -> None:
    """Forget all that somebody keeps, the own data too."""
    for row in db.exec(select(Template).where(Template.user_id == user_id)).all():
        db.delete(row)


def _find(db: Session, user_id: UUID, number: int) -> Template | None:
    return db.exec(select(Template).where(Template.user_id == user_id, Template.number == number)).first()


def _new(user_id: UUID, number: int, at: dt.datetime) -> Template:
    return Template(
        id=ids.new_id(),
        user_id=user_id,
        number=number,
        content_sealed=b"",
        key_wrapped=b"",
        key_ring_id="",
        changed_at=at,
    )


def _write(db: Session, row: Template, name: str, answers: Mapping[str, Any], at: dt.datetime) -> None:
    key = sealed.new_data_key(sealed.ring_of(db))
    text = json.dumps({"name": name, "answers": dict(answers)}, ensure_ascii=False)
    row.content_sealed = sealed.seal(key.key, "referral_template", row.id, "content", text)
    row.key_wrapped, row.key_ring_id, row.changed_at = key.wrapped, key.ring_key_id, at
    db.add(row)
    db.flush()


def _open(db: Session, row: Template) -> dict[str, Any]:
    key = sealed.unwrap(sealed.ring_of(db), row.key_wrapped, row.key_ring_id)
    found: dict[str, Any] = json.loads(sealed.unseal(key, "referral_template", row.id, "content", row.content_sealed))
    return found


def _kept(db: Session, row: Template, place: Location | None) -> Kept:
    told, listed = _open(db, row), place is not None and place.status in PUBLIC
    return Kept(
        number=row.number,
        name=told["name"],
        answers=told["answers"],
        slug=place.slug if place and listed else "",
        clinic=place.name if place and listed else "",
    )


def _only(answers: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: answers[name] for name in names if answers.get(name)}
