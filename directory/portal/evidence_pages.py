"""Documents that a clinic sends as proof: one file at a time, examined, kept sealed; and what became of each."""

import datetime as dt
from uuid import UUID

from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock, throttle
from directory.lib.errors import Refused
from directory.listings.models import Location
from directory.listings.queries import get_record
from directory.portal import sites
from directory.portal.forms import Proof
from directory.terminology.proofs import FactGroup
from directory.verification import evidence
from directory.verification.models import OTHER_PROOF, EvidenceFile, EvidenceState
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording import say
from directory.wording.say import _

HERE = "/clinic/sites/{slug:str}/evidence"
LARGEST_UPLOAD = 11_000_000
"""Bytes of a request, with its form. What is longer than this is not even read."""
AN_HOUR = 30
"""So many documents one account may send in an hour: each takes seconds to examine."""
KINDS = (
    (FactGroup.LICENCES.value, _("A license or certificate"), _("The state’s letter, or a picture of the license.")),
    (FactGroup.REMS.value, _("The REMS program’s confirmation"), _("For this very address.")),
    (
        FactGroup.SUPERVISION.value,
        _("A policy on how people are watched over"),
        _("Monitoring, emergencies, going home, written consent."),
    ),
    (OTHER_PROOF, _("Something else"), _("Say below what it shows.")),
)
STATES = {
    EvidenceState.WAITING: (_("Waits for a person of ours"), "wait"),
    EvidenceState.PROVED: (_("Read and written down"), "good"),
    EvidenceState.NOT_PROVED: (_("Not enough"), "act"),
}
"""What became of a document, and its colour role."""


@reads(HERE, guard=may(Permission.EDIT_LISTING))
def show(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What was sent and what became of it, and the form for another one."""
    wanted = request.query_params.get("kind", "")
    kind = wanted if wanted in {code for code, _label, _hint in KINDS} else ""
    return _page(request, db, _site(request, db, slug), empty(Proof, kind=kind))


@writes(HERE, guard=may(Permission.EDIT_LISTING), request_max_body_size=LARGEST_UPLOAD)
def send(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Examined before anything is written, then kept sealed; a person of ours finds it in the queue."""
    _not_too_often(request)
    site, content = _site(request, db, slug), _content(form)
    filled = _about_somebody_known(db, site, fill(Proof, form))
    if len(content) > evidence.LARGEST:
        words = _("The file is larger than 10 MB. Send a smaller copy, or one part at a time.")
        return _page(request, db, site, with_errors(filled, file=words), status=413)
    try:
        examined = evidence.examine(content)
    except Refused as problem:
        return _page(request, db, site, with_errors(filled, file=problem.message))
    if filled.form is None:
        return _page(request, db, site, filled)
    _keep(request, db, site, filled.form, examined)
    return see_other(f"/clinic/sites/{site.slug}/evidence?done=sent")


def _not_too_often(request: AnyRequest) -> None:
    account, hour = str(who(request).user_id), dt.timedelta(hours=1)
    verdict = throttle.allow(databases_of(request), "evidence", account, limit=AN_HOUR, window=hour)
    verdict.or_refuse(_("You have sent many documents within an hour. Wait a little before you send the next."))


def _content(form: Submitted) -> bytes:
    file = form.get("file")
    content: bytes = file.file.read() if file is not None and not isinstance(file, str) else b""
    return content


def _about_somebody_known(db: Db, site: Location, filled: Filled[Proof]) -> Filled[Proof]:
    about = filled.form.about if filled.form is not None else ""
    if about and about not in {str(person.practitioner_id) for person in get_record(db, site.id).team}:
        return with_errors(filled, about=_("Choose whom it is about"))
    return filled


def _keep(request: AnyRequest, db: Db, site: Location, said: Proof, examined: evidence.Examined) -> None:
    evidence.keep(
        db,
        request.app.state.settings.data_dir,
        examined,
        location_id=site.id,
        group=said.kind,
        title=said.title,
        practitioner_id=UUID(said.about) if said.about else None,
        by=who(request).actor,
        at=clock.now(),
    )


def _site(request: AnyRequest, db: Db, slug: str) -> Location:
    site = sites.get_site(db, slug)
    if not who(request).may(Permission.EDIT_LISTING, site.organization_id):
        raise sites.not_yours()
    return site


def _page(request: AnyRequest, db: Db, site: Location, filled: Filled[Proof], *, status: int = 422) -> Page:
    names = {person.practitioner_id: person.name for person in get_record(db, site.id).team}
    return page(
        request,
        "portal/evidence.html",
        status=status if filled.errors else 200,
        site_=site,
        kinds=KINDS,
        about=[("", _("The clinic itself")), *((str(id_), name) for id_, name in names.items())],
        rows=[_row(row, names, site) for row in evidence.find_sent(db, site.id)],
        values=filled.values,
        errors=filled.errors,
        done="" if filled.errors else request.query_params.get("done", ""),
    )


def _row(row: EvidenceFile, names: dict[UUID, str], site: Location) -> dict[str, str]:
    state, tone = STATES[EvidenceState(row.state)]
    if row.removed_at is not None:
        state, tone = _("Removed by our staff"), "quiet"
    about = names.get(row.practitioner_id, _("Somebody no longer on the team")) if row.practitioner_id else site.name
    settled = row.removed_at or row.settled_at
    return {
        "title": row.title or _("A document"),
        "what": evidence.label_of(row.fact_group),
        "about": about,
        "sent": say.moment(row.uploaded_at, site.time_zone),
        "settled": say.moment(settled, site.time_zone) if settled else "",
        "state": state,
        "tone": tone,
        "words": row.words,
    }


ROUTES = [show, send]
