"""What a course at a clinic would ask of somebody: a page to read and to print, from an address that keeps nothing."""

from directory.lib import clock
from directory.lib.errors import NotFound
from directory.search import course_query, course_view
from directory.verification import queries as verification
from directory.verification.proofs import VerifiedClinic
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, reads
from directory.web.shell import page
from directory.wording.say import _

_HEADERS = {"Cache-Control": "private, no-cache"}
"""The address holds a place and a treatment: only the reader's own browser keeps the page."""


@reads("/clinics/{slug:str}/course", guard=anyone)
def course(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """200 with visits, hours and miles; 422 where a field is not clear, with what may be meant."""
    verified = _public(db, slug)
    clinic = verified.clinic
    query = course_query.parse(dict(request.query_params.items()), [line.treatment for line in clinic.lines])
    path = f"/clinics/{clinic.slug}/course"
    return page(
        request,
        "search/course.html",
        public=True,
        headers=_HEADERS,
        status=422 if query.problems else 200,
        clinic=clinic,
        query=query,
        treatments=[
            (line.terms.short_label, query.url(path, treatment=line.treatment, plan="", visits=""), line.treatment)
            for line in clinic.lines
        ],
        plans=course_view.plan_choices(query.treatment),
        candidates=[(place.label, query.url(path, near=place.near)) for place in query.candidates],
        view=None if query.problems else course_view.view_of(verified, query),
        errors=query.problems,
        section="find",
    )


def _public(db: Db, slug: str) -> VerifiedClinic:
    verified = verification.get_clinic(db, slug, at=clock.now())
    if not verified.clinic.terms.public:
        raise NotFound(_("There is no clinic at this address. It may have been removed."))
    return verified


ROUTES = [course]
