"""Writing down what somebody of the house saw: a licence at its issuer, a REMS certificate, how people are watched."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar.datastructures import FormMultiDict

from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.errors import Refused
from directory.listings.models import Location
from directory.moderation import checks, house, standing, subjects
from directory.moderation.checks import Check
from directory.moderation.forms import CheckLicence, CheckPoint, CheckRems
from directory.moderation.pages import staff
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.proofs import METHODS, REMS_RECHECK_DAYS, Method
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS, RemsMethod
from directory.verification import evidence
from directory.verification.checking import LicenceSeen
from directory.verification.models import EvidenceFile
from directory.verification.rules import Found
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _

_HERE = "/house/clinics/{slug:str}/checks"
_VERIFIES = may(Permission.VERIFY)
_GIVEN = (("", _("Choose")),)
POINTS = {
    "S1": (_("A licensed prescriber is at the site"), _("An active, unrestricted license in the site’s state.")),
    "S2": (_("A DEA registration for this site"), _("Seen at the registrant’s, or on its certificate.")),
    "S3": (
        _("Ketamine is given on the premises only; Spravato under its REMS certificate"),
        _("Seen in the clinic’s policy, on its website, or heard on the phone."),
    ),
    "S9": (_("No program for ketamine at home"), _("Look at the website and what the clinic advertises.")),
}
"""What a person checks of the supervision card: in words, and where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A page of this file, opened for one site; with a document, when that is what is written down."""

    request: AnyRequest
    db: Db
    site: Location
    document: EvidenceFile | None

    @property
    def check(self) -> Check:
        """Who writes it down."""
        return Check(site=self.site, by=staff.worker(self.request), at=clock.now(), document=self.document)

    @property
    def source(self) -> dict[str, Any]:
        """What the form's source says to begin with."""
        return {"source": checks.source_of(self.document)} if self.document is not None else {}


@reads(f"{_HERE}/rems", guard=_VERIFIES)
def rems(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What stands of the certificate, and the form for what was seen now."""
    look = _look(request, db, slug)
    given = {"method": RemsMethod.CONFIRMATION_EMAIL_UPLOAD.value} if look.document else {}
    return _rems(look, empty(CheckRems, **given, **look.source))


@writes(f"{_HERE}/rems", guard=_VERIFIES)
def check_rems(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Kept, and due again in 90 days."""
    look, filled = _look(request, db, slug, form), fill(CheckRems, form)
    said = filled.form
    if said is None:
        return _rems(look, filled)
    return _kept(look, "rems", checks.rems(db, look.check, said.setting, method=said.method, source=said.source))


@reads(f"{_HERE}/licence", guard=_VERIFIES)
def licence(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The licences of the team, and the form for what an issuer says of one."""
    look = _look(request, db, slug)
    given = look.source
    if look.document is not None:
        of = look.document.practitioner_id
        held = [row.id for row, _name in checks.licences_of(db, look.site.id) if row.practitioner_id == of]
        given |= {"method": Method.DOCUMENT.value, "licence": str(held[0]) if held else ""}
    return _licence(look, empty(CheckLicence, **given))


@writes(f"{_HERE}/licence", guard=_VERIFIES)
def check_licence(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Kept: who is not licensed leaves the page at once, and who is again comes back."""
    look, filled = _look(request, db, slug, form), fill(CheckLicence, form)
    said, yesterday = filled.form, clock.now().date() - dt.timedelta(days=1)
    if said is not None and LICENCE_STATUSES[said.status].unrestricted and (said.expires_on or yesterday) < yesterday:
        filled, said = with_errors(filled, expires_on=_("A license that has run out is not active")), None
    if said is None:
        return _licence(look, filled)
    seen = LicenceSeen(status=said.status, expires_on=said.expires_on, method=said.method, source=said.source)
    return _kept(look, "licence", checks.licence(db, look.check, said.licence, seen))


@reads(f"{_HERE}/supervision", guard=_VERIFIES)
def supervision(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The four lines that a person checks, each with how and where it was seen."""
    look = _look(request, db, slug)
    given = look.source | ({"method": Method.DOCUMENT.value} if look.document else {})
    return _supervision(look, {item: empty(CheckPoint, **given) for item in POINTS})


@writes(f"{_HERE}/supervision", guard=_VERIFIES)
def check_supervision(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """All four kept at once; one that does not hold puts the card in doubt, and the gate pauses the listing."""
    look = _look(request, db, slug, form)
    filled = {item: fill(CheckPoint, _of(form, item)) for item in POINTS}
    found = {
        item: Found(holds=one.form.holds == "yes", method=one.form.method, source=one.form.source, note=one.form.note)
        for item, one in filled.items()
        if one.form is not None
    }
    if len(found) < len(POINTS):
        return _supervision(look, filled)
    try:
        back = checks.supervision(db, look.check, found)
    except Refused as problem:
        return _supervision(look, filled, refused=problem.message)
    return _kept(look, "supervision", back)


def _of(form: FormMultiDict, item: str) -> FormMultiDict:
    """One line's part of the form: its fields end with the line's name."""
    ending = f"-{item}"
    return FormMultiDict([(name.removesuffix(ending), v) for name, v in form.multi_items() if name.endswith(ending)])


def _look(request: AnyRequest, db: Db, slug: str, form: FormMultiDict | None = None) -> Look:
    """The site, and the document that the address names, then the form; none of another site."""
    site = house.get_listing(db, slug)
    named = request.query_params.get("document", "") if form is None else form.get("document", "")
    try:
        document = evidence.find(db, site.id, UUID(str(named)))
    except ValueError:
        document = None
    return Look(request=request, db=db, site=site, document=document)


def _kept(look: Look, which: str, back: list[UUID]) -> Page:
    return see_other(f"/house/clinics/{look.site.slug}/checks/{which}?done={'back' if back else 'kept'}")


def _rems(look: Look, filled: Filled[CheckRems]) -> Page:
    return _page(
        look,
        "moderation/check_rems.html",
        filled,
        days=REMS_RECHECK_DAYS,
        settings=[*_GIVEN, *((row.code, row.label) for row in REMS_SETTINGS if row.code != "UNKNOWN")],
        methods=[*_GIVEN, *((row.code, row.label) for row in REMS_METHODS if row.independent)],
        lines=standing.rems_lines(look.site),
    )


def _licence(look: Look, filled: Filled[CheckLicence]) -> Page:
    rows = checks.licences_of(look.db, look.site.id)
    return _page(
        look,
        "moderation/check_licence.html",
        filled,
        licences=[*_GIVEN, *((str(row.id), f"{name}: {row.title} {row.number}") for row, name in rows)],
        statuses=[*_GIVEN, *((row.code, row.label) for row in LICENCE_STATUSES)],
        methods=_methods(),
        held=[standing.licence_row(row, name) for row, name in rows],
    )


def _supervision(look: Look, filled: dict[str, Filled[CheckPoint]], *, refused: str = "") -> Page:
    values = {f"{name}-{item}": value for item, one in filled.items() for name, value in one.values.items()}
    errors = {
        f"{name}-{item}": f"{item}: {words}" for item, one in filled.items() for name, words in one.errors.items()
    }
    return _page(
        look,
        "moderation/check_supervision.html",
        Filled(values=values, errors=errors | ({"form": refused} if refused else {})),
        points=POINTS,
        methods=_methods(),
        lines=standing.supervision_lines(look.db, look.site.id),
    )


def _methods() -> list[tuple[str, str]]:
    return [*_GIVEN, *((row.code, row.label) for row in METHODS if row.independent and row.code != "ANSWERED_REFERRAL")]


def _page(look: Look, template: str, filled: Filled[Any], **more: Any) -> Page:
    elsewhere = {group for group, (path, _name) in checks.PAGES.items() if path not in template}
    papers = [row for row in evidence.find_of(look.db, look.site.id) if row.fact_group not in elsewhere]
    return page(
        look.request,
        template,
        status=422 if filled.errors else 200,
        section="queue",
        place=subjects.place_of(look.db, look.site.id),
        document=look.document,
        papers=[(row.id, row.title, row.uploaded_at) for row in papers],
        may_house=who(look.request).may(Permission.MODERATE),
        done="" if filled.errors else look.request.query_params.get("done", ""),
        values=filled.values,
        errors=filled.errors,
        **more,
    )


ROUTES = [rems, check_rems, licence, check_licence, supervision, check_supervision]
