"""What goes with a referral, for the clinic that reads it: its documents, as files to save. Both doors lead here."""

from directory.accounts import audit
from directory.lib.errors import NotFound
from directory.referrals import actions, attachments, queries, terms
from directory.referrals.clinic_side import Door
from directory.web.routes import AnyRequest, Db, databases_of
from directory.web.shell import File, saved_file
from directory.wording.say import _


def document(request: AnyRequest, db: Db, door: Door, number: int) -> File:
    """One document as a file to save, never shown inside a page of ours. The look is recorded before a byte flows."""
    _refuse_unless_open(db, door)
    data_dir = request.app.state.settings.data_dir
    info, pieces = attachments.open_chunks(db, data_dir, door.task.referral_id, number)
    audit.viewed(databases_of(request), door.by, subject_type="attachment", subject_id=info.id)
    reference = queries.get_referral(db, door.task.referral_id).reference
    filename = f"{reference}-document-{number}.{info.ending}"
    return saved_file(pieces, filename=filename, size_bytes=info.size_bytes)


def _refuse_unless_open(db: Db, door: Door) -> None:
    """Raises Forbidden once the clinic's access has ended, NotFound before it has said yes to the terms."""
    actions.refuse_unless_readable(door.task)
    if not terms.are_accepted(db, door.organization_id):
        raise NotFound(_("Open the request first."))
