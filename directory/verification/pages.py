"""Documents of a clinic, for people of ours: put there, opened as a download and never shown by our pages, removed."""

from uuid import UUID

from litestar.datastructures import UploadFile
from litestar.response import Response

from directory.accounts import audit
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.errors import NotFound, Refused
from directory.listings.queries import find_location_by_slug, get_location
from directory.terminology.proofs import FACT_GROUPS, FactGroup
from directory.verification import evidence
from directory.verification.forms import Document
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import SANDBOX, page, see_other
from directory.wording.say import _

LARGEST_UPLOAD = 11_000_000


@reads("/house/clinics/{slug:str}/evidence", guard=may(Permission.VERIFY))
def documents(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What was uploaded for a clinic."""
    return _page(request, db, slug, empty(Document))


@writes("/house/clinics/{slug:str}/evidence", guard=may(Permission.VERIFY), request_max_body_size=LARGEST_UPLOAD)
def upload(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Examined before anything is written, then kept sealed."""
    filled = fill(Document, form)
    file = form.get("file")
    content = file.file.read() if isinstance(file, UploadFile) else b""
    try:
        examined = evidence.examine(content)
    except Refused as problem:
        return _page(request, db, slug, with_errors(filled, file=problem.message))
    if filled.form is None:
        return _page(request, db, slug, filled)
    group, title = FactGroup(filled.form.group), filled.form.title
    data_dir = request.app.state.settings.data_dir
    evidence.keep(
        db, data_dir, examined, location_id=_location(db, slug), group=group, title=title,
        by=who(request).actor, at=clock.now(),
    )  # fmt: skip
    return see_other(f"/house/clinics/{slug}/evidence")


@reads("/house/evidence/{evidence_id:uuid}", guard=may(Permission.VERIFY))
def download(request: AnyRequest, db: Db, evidence_id: FromPath[UUID]) -> Page:
    """A file to save: never shown inside a page of ours, whatever it is. The look is recorded first."""
    row, content = evidence.open_file(db, request.app.state.settings.data_dir, evidence_id)
    audit.viewed(databases_of(request), who(request).actor, subject_type="evidence_file", subject_id=row.id)
    name = f"document-{row.uploaded_at:%Y-%m-%d}.{evidence.ENDINGS[row.media_type]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


@writes("/house/evidence/{evidence_id:uuid}/remove", guard=may(Permission.VERIFY))
def remove(request: AnyRequest, db: Db, form: Submitted, evidence_id: FromPath[UUID]) -> Page:
    """Its key is destroyed at once."""
    row, _content = evidence.open_file(db, request.app.state.settings.data_dir, evidence_id)
    evidence.remove(db, request.app.state.settings.data_dir, evidence_id, by=who(request).actor, at=clock.now())
    return see_other(f"/house/clinics/{get_location(db, row.location_id).slug}/evidence")


def _location(db: Db, slug: str) -> UUID:
    location = find_location_by_slug(db, slug)
    if location is None:
        raise NotFound(_("There is no such clinic."))
    return location.id


def _page(request: AnyRequest, db: Db, slug: str, filled: Filled[Document]) -> Page:
    rows = evidence.find_of(db, _location(db, slug))
    return page(
        request,
        "verification/documents.html",
        status=422 if filled.errors else 200,
        slug=slug,
        values=filled.values,
        errors=filled.errors,
        rows=[(row, evidence.label_of(row.fact_group)) for row in rows],
        groups=[("", _("Choose")), *((row.code, row.label) for row in FACT_GROUPS)],
    )


ROUTES = [documents, upload, download, remove]
