"""Documents for a clinician's referral: one file a press, each with a button to remove it; all of it optional."""

from typing import Any

from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import HTTPException

from directory.accounts.network import network_of
from directory.lib import clock, uploads
from directory.lib.db import reading
from directory.lib.errors import Refused
from directory.referrals import attachments, drafts, limits
from directory.referrals.answers import PART2_NOTICE
from directory.referrals.attachments import Taken
from directory.referrals.forms.steps import CHECK, REFER
from directory.referrals.guards import clinician_with_form
from directory.referrals.models import Draft
from directory.referrals.pages import stepping
from directory.web import errors
from directory.web.routes import AnyRequest, Db, Page, Submitted, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _
from directory.wording.uploads import UNFIT

STEP = "documents"
FIELD = "file"
LARGEST_UPLOAD = attachments.LARGEST + 256 * 1024
STATUS = {"kind": 415, "too_heavy": 413, "busy": 503}


def too_heavy(request: AnyRequest, _error: HTTPException) -> Page:
    """More came in than is read at all."""
    words = _("This file is larger than 5 MB. Go back and choose a smaller one. All your answers are kept.")
    return errors.answer(request, status=413, message=words)


@reads("/refer/documents", guard=clinician_with_form)
def show(request: AnyRequest, db: Db) -> Page:
    """What was added so far, and a place for one more."""
    draft = stepping.draft_of(request, db, REFER)
    if draft.referral_id is not None:
        return see_other(REFER.url("sent"))
    return _page(request, db, draft, to_check=request.query_params.get("return") == CHECK)


@writes(
    "/refer/documents",
    guard=clinician_with_form,
    request_max_body_size=LARGEST_UPLOAD,
    exception_handlers={413: too_heavy},
)
def take(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Add one, remove one, or go on. A file is examined and sealed before anything is written in the database."""
    to_check = form.get("return") == CHECK
    file = form.get(FIELD)
    with reading(databases_of(request)) as before:
        draft = stepping.draft_of(request, before, REFER)
        if draft.referral_id is not None:
            return see_other(REFER.url("sent"))
        stepping.the_same_form(draft, form)
        try:
            taken = _taken(request, before, draft, file) if isinstance(file, UploadFile) else None
        except uploads.Unfit as unfit:
            words = _("This file is larger than 5 MB.") if unfit.why == "too_heavy" else _(UNFIT[unfit.why])
            status = STATUS.get(unfit.why, 422)
            return _page(request, before, draft, to_check=to_check, status=status, error=words)
        except Refused as refused:
            return _page(request, before, draft, to_check=to_check, status=422, error=refused.message)
        if taken is None and form.get("add"):
            return _page(request, before, draft, to_check=to_check, status=422, error=_("Choose a file"))
    return _changed(request, db, form, taken, to_check=to_check)


def _taken(request: AnyRequest, db: Db, draft: Draft, file: UploadFile) -> Taken:
    attachments.refuse_when_full(db, draft)
    limits.add_document(databases_of(request), network_of(request))
    return attachments.take_in(request.app.state.settings.data_dir, file.file, file.filename)


def _changed(request: AnyRequest, db: Db, form: FormMultiDict, taken: Taken | None, *, to_check: bool) -> Page:
    draft = stepping.draft_of(request, db, REFER, to_change=True)
    if draft.referral_id is not None:
        return see_other(REFER.url("sent"))
    removed = str(form.get("remove") or "")
    if removed.isascii() and removed.isdigit():
        attachments.remove(db, draft, int(removed))
    if taken is not None:
        attachments.add(db, draft, taken, at=clock.now())
    if removed or form.get("add"):
        return see_other(REFER.url(STEP) + (f"?return={CHECK}" if to_check else ""))
    return see_other(REFER.next_url(STEP, drafts.answers(db, draft), to_check=to_check))


def _page(request: AnyRequest, db: Db, draft: Draft, *, to_check: bool, status: int = 200, error: str = "") -> Page:
    found = attachments.find_in_form(db, draft)
    part2 = drafts.answers(db, draft).get("part2") == "yes"
    around: dict[str, Any] = stepping.around_step(db, REFER, draft, STEP, to_check=to_check)
    return page(
        request,
        "referrals/step/documents.html",
        status=status,
        documents=found,
        room=attachments.MOST - len(found),
        part2=PART2_NOTICE if part2 else "",
        takes_files=True,
        action=REFER.url(STEP),
        errors={FIELD: error} if error else {},
        **around,
    )


ROUTES = [show, take]
