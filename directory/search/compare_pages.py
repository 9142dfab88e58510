"""Clinics side by side, choosing which, and questions to take along: by address alone, and nothing of it is kept."""

from directory.lib import clock
from directory.lib.errors import NotFound
from directory.listings import moved
from directory.search import questions
from directory.search.choosing import choice, place_of
from directory.search.compare_view import compare
from directory.search.comparing import Picked, Wanted, together
from directory.search.queries import find_picked
from directory.verification import queries as verification
from directory.verification.proofs import VerifiedClinic
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, reads
from directory.web.shell import moved_to, page
from directory.wording.say import _

_HEADERS = {"Cache-Control": "private, no-cache"}


@reads("/compare", guard=anyone)
def side_by_side(request: AnyRequest, db: Db) -> Page:
    """200 with two to four clinics side by side, or with what to choose from; 422 for none or too many."""
    wanted = _wanted(request)
    found = find_picked(db, wanted.slugs, strange=wanted.strange)
    if wanted.problem or found.too_few:
        return _choose(request, wanted, found)
    shown = Wanted(slugs=tuple(pick.slug for pick in found.picks), near=wanted.near)
    return page(
        request,
        "search/compare.html",
        public=True,
        headers=_HEADERS,
        heading=together(len(found.picks)),
        view=compare(_verified(db, found), shown, place_of(shown.near)),
        said=found.said,
        choice=choice(request.app.state.search, shown.near, found.picks, today=clock.today()),
        wanted=shown,
        section="find",
    )


@reads("/compare/questions", guard=anyone)
def questions_of_several(request: AnyRequest, db: Db) -> Page:
    """The sheet for the clinics of a comparison: 200, or what to choose from as on that page."""
    wanted = _wanted(request)
    found = find_picked(db, wanted.slugs, strange=wanted.strange)
    if wanted.problem or found.too_few:
        return _choose(request, wanted, found)
    return _sheet(request, _verified(db, found), back=wanted.url(), back_text=_("The comparison"))


@reads("/clinics/{slug:str}/questions", guard=anyone)
def questions_of_one(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The sheet for one clinic: what its page does not say, and what everybody should ask."""
    kept = moved.find_kept_slug(db, slug)
    if kept is not None:
        return moved_to(f"/clinics/{kept}/questions")
    verified = verification.get_clinic(db, slug, at=clock.now())
    if not verified.clinic.terms.public:
        raise NotFound(_("There is no clinic at this address. It may have been removed."))
    return _sheet(request, [verified], back=f"/clinics/{slug}", back_text=verified.clinic.name)


def _wanted(request: AnyRequest) -> Wanted:
    return Wanted.read(request.query_params.getall("c", []), request.query_params.get("near", ""))


def _verified(db: Db, found: Picked) -> list[VerifiedClinic]:
    ids = [pick.location_id for pick in found.picks]
    by_id = {each.clinic.location_id: each for each in verification.find_verified(db, ids, at=clock.now())}
    return [by_id[location_id] for location_id in ids]


def _choose(request: AnyRequest, wanted: Wanted, found: Picked) -> Page:
    """The clinics chosen so far and those near the place; whatever was ticked stays ticked."""
    errors = {"c": wanted.problem} if wanted.problem else {}
    return page(
        request,
        "search/compare_choose.html",
        status=422 if errors else 200,
        headers=_HEADERS,
        lead="" if errors else found.too_few,
        said=found.said,
        action=request.url.path,
        choice=choice(request.app.state.search, wanted.near, found.picks, today=clock.today()),
        values=[pick.slug for pick in found.picks],
        near=wanted.near,
        errors=errors,
        section="find",
    )


def _sheet(request: AnyRequest, clinics: list[VerifiedClinic], *, back: str, back_text: str) -> Page:
    return page(
        request,
        "search/questions.html",
        public=True,
        headers=_HEADERS,
        sheet=questions.sheet(clinics),
        back=back,
        back_text=back_text,
        section="find",
    )


ROUTES = [side_by_side, questions_of_several, questions_of_one]
