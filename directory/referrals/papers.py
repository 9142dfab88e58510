"""What goes with a referral as files to save, documents and letter: for both doors of the clinic and for its sender."""

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.lib.errors import NotFound
from directory.referrals import actions, attachments, queries, terms
from directory.referrals import letter as letters
from directory.referrals.clinic_side import Door
from directory.referrals.models import Referral, ReferralTask
from directory.web.routes import AnyRequest, Db, databases_of
from directory.web.shell import File, saved_file
from directory.wording.say import _


def document(request: AnyRequest, db: Db, door: Door, number: int) -> File:
    """One document as a file to save, never shown inside a page of ours. The look is recorded before a byte flows."""
    _refuse_unless_open(db, door)
    return document_of(request, db, queries.get_referral(db, door.task.referral_id), number, by=door.by)


def document_of(request: AnyRequest, db: Db, referral: Referral, number: int, *, by: Actor) -> File:
    """The same for whoever the caller has let in: its sender too, while the referral lives. Raises NotFound."""
    info, pieces = attachments.open_chunks(db, request.app.state.settings.data_dir, referral.id, number)
    audit.viewed(databases_of(request), by, subject_type="attachment", subject_id=info.id)
    filename = f"{referral.reference}-document-{number}.{info.ending}"
    return saved_file(pieces, filename=filename, size_bytes=info.size_bytes)


def letter(request: AnyRequest, db: Db, door: Door) -> File:
    """The referral letter, for the clinic."""
    _refuse_unless_open(db, door)
    return letter_of(request, db, door.task, by=door.by, subject_type="referral_task")


def letter_of(request: AnyRequest, db: Db, task: ReferralTask, *, by: Actor, subject_type: str) -> File:
    """The letter to the clinic of `task`, for whom the caller has let in. The look is recorded first."""
    subject_id = task.id if subject_type == "referral_task" else task.referral_id
    audit.viewed(databases_of(request), by, subject_type=subject_type, subject_id=subject_id)
    made = letters.as_pdf(db, task, site_name=request.app.state.settings.site_name)
    reference = queries.get_referral(db, task.referral_id).reference
    return saved_file(iter([made]), filename=f"{reference}-letter.pdf", size_bytes=len(made))


def _refuse_unless_open(db: Db, door: Door) -> None:
    """Raises Forbidden once the clinic's access has ended, NotFound before it has said yes to the terms."""
    actions.refuse_unless_readable(door.task)
    if not terms.are_accepted(db, door.organization_id):
        raise NotFound(_("Open the request first."))
