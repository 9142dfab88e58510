"""What stands here of what people of ours check: a licence, a REMS certificate, supervision, a document; in words."""

from uuid import UUID

from sqlmodel import Session, col, select

from directory.listings.models import Location, Practitioner, Qualification
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.proofs import METHODS
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS
from directory.verification import evidence
from directory.verification.models import EvidenceFile, SupervisionCheck
from directory.wording import say
from directory.wording.say import _

Line = tuple[str, str]


def document_lines(db: Session, row: EvidenceFile) -> tuple[Line, ...]:
    """What a clinic says of a document that it sent."""
    person = db.get(Practitioner, row.practitioner_id) if row.practitioner_id else None
    about = f"{person.given_name} {person.family_name}, {person.credential}" if person else _("The clinic itself")
    return (
        (_("What it should prove"), evidence.label_of(row.fact_group)),
        (_("About"), about),
        (_("What it is, in the clinic’s words"), row.title or _("Removed")),
        (_("Sent"), say.moment(row.uploaded_at, "America/New_York")),
        (_("File"), f"{row.media_type}, {max(1, row.size // 1024):,} KB"),
    )


def rems_lines(row: Location) -> tuple[Line, ...]:
    """What stands here of a site's REMS certificate."""
    due = row.rems_reverify_on
    return (
        (_("Stands here as"), REMS_SETTINGS.label(row.rems_setting)),
        (_("How that is known"), REMS_METHODS.label(row.rems_method) if row.rems_method else _("Not stated")),
        (_("Last confirmed"), say.day(row.rems_verified_at.date()) if row.rems_verified_at else _("Never")),
        (_("Due again"), say.day(due) if due else _("Not stated")),
    )


def supervision_lines(db: Session, location_id: UUID) -> tuple[Line, ...]:
    """What our last check found of the lines of the card that a person looks into."""
    asked = select(SupervisionCheck).where(SupervisionCheck.location_id == location_id)
    newest = {row.item: row for row in db.exec(asked.order_by(col(SupervisionCheck.at))).all()}
    return tuple(
        (
            code,
            f"{_('Holds') if row.holds else _('Does not hold')}, {METHODS.label(row.method)}, {say.day(row.at.date())}",
        )
        for code, row in sorted(newest.items())
    )


def licence_row(row: Qualification, name: str) -> tuple[str, str, str, str]:
    """A licence as a row of a table: whose, what, status, until when."""
    ends = say.day(row.expires_on) if row.expires_on else _("Not stated")
    return (name, f"{row.title} {row.number}", LICENCE_STATUSES.label(row.status), ends)
