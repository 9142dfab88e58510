"""Tell me when one opens: a form with one mailbox, and the page behind the link in each of the two mails.

The link alone shows neither place nor treatment, and looking changes nothing: mail programs follow links.
"""

import datetime as dt
from uuid import UUID

from directory.accounts import links
from directory.accounts.network import network_of
from directory.accounts.renderer import TELL_ME
from directory.geography import places
from directory.geography.place import Ambiguous, Place, Unknown
from directory.lib import clock, languages, throttle
from directory.lib.errors import TooMany
from directory.search import waiting
from directory.search.asking import loaded
from directory.search.forms import REACHES, TellMe
from directory.search.nothing import TELL_ME_RADII, WHOLE_STATE
from directory.search.query import SearchQuery
from directory.search.waiting import Wish
from directory.terminology.treatments import LISTABLE
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, quick, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _, ngettext

TRAP = "website"
PER_NETWORK = 10
"""Questions from one network in an hour."""
PER_MAILBOX = 3
"""Mails of the first kind to one mailbox in a day: whoever types it need not be its reader."""
_LINK = "/tell-me/{token:str}"


@quick("/tell-me", guard=anyone)
def ask(request: AnyRequest) -> Page:
    """The form, with the place, distance and treatment of the search one comes from."""
    asked = request.query_params
    radius, treatment = asked.get("radius", ""), asked.get("treatment", "")
    given = {
        "near": asked.get("near", "")[:100],
        "radius": radius if radius in REACHES else str(TELL_ME_RADII[1]),
        "treatment": treatment if any(row.code == treatment for row in LISTABLE) else "",
    }
    return _form(request, empty(TellMe, **given))


@writes("/tell-me", guard=anyone)
def send(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A mail with a link goes out; the answer is the same whatever the mailbox."""
    filled = fill(TellMe, form)
    try:
        _count(request)
    except TooMany as problem:
        return _form(request, with_errors(filled, form=problem.message), flood=problem)
    if form.get(TRAP, ""):
        words = _("A field that people cannot see was filled in. Press the button once more.")
        filled = with_errors(filled, form=words)
    if filled.form is None or filled.errors:
        return _form(request, filled)
    said = filled.form
    place = _place(said.near)
    if isinstance(place, str):
        return _form(request, with_errors(filled, near=place))
    radius = None if said.radius == WHOLE_STATE or place.kind == "state" else int(said.radius)
    wish = Wish(near=place.near, radius=radius, treatment=said.treatment, language=languages.current())
    index = loaded(request.app.state.search)
    if total := index.count(waiting.question_of(wish)):
        return _form(request, with_errors(filled, near=_fits_already(total)), already=_search(wish).url())
    day = dt.timedelta(days=1)
    if throttle.allow(databases_of(request), "tell-me-mailbox", said.mailbox, limit=PER_MAILBOX, window=day).allowed:
        waiting.ask(db, wish, said.mailbox, seen_version=index.version, at=clock.now())
    return see_other("/tell-me/sent")


@quick("/tell-me/sent", guard=anyone)
def sent(request: AnyRequest) -> Page:
    """What comes next."""
    return page(request, "search/tell_me_sent.html", public=True, section="find", per_day=PER_MAILBOX)


@reads(_LINK, guard=anyone)
def opened(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """How it stands, with a button for each thing that can be done. Raises Gone when nothing is kept any more."""
    row = waiting.get(db, _named(request, token), at=clock.now())
    state = "told" if row.told_at else "waits" if row.confirmed_at else "asked"
    return _link_page(request, token, state)


@writes(_LINK, guard=anyone)
def confirm(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """Yes, tell me."""
    waiting.confirm(db, _named(request, token), at=clock.now())
    return see_other(f"/tell-me/{token}")


@writes(f"{_LINK}/delete", guard=anyone)
def delete(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """Gone, also when it was gone before."""
    waiting.forget(db, _named(request, token))
    return _link_page(request, token, "deleted")


@writes(f"{_LINK}/places", guard=anyone)
def show(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """To the list that was waited for."""
    row = waiting.get(db, _named(request, token), at=clock.now())
    return see_other(_search(waiting.wish_of(db, row)).url())


def _place(near: str) -> Place | str:
    """The one place that is meant, or why none is, in words."""
    found = places.find(near)
    if isinstance(found, Ambiguous):
        words = _("There are several places of this name. Add the state, as in “{example}”, or type a ZIP code.")
        return words.format(example=found.candidates[0].label)
    return found.reason_sentence if isinstance(found, Unknown) else found.place


def _fits_already(total: int) -> str:
    words = ngettext(
        "{n} clinic that takes new patients fits this today. You need not wait.",
        "{n} clinics that take new patients fit this today. You need not wait.",
        total,
    )
    return words.format(n=total)


def _search(wish: Wish) -> SearchQuery:
    treatment = {"treatment": (wish.treatment,)} if wish.treatment else {}
    return SearchQuery(near=wish.near, filters={"accepting": ("newpt",)} | treatment).within(wish.radius)


def _count(request: AnyRequest) -> None:
    hour, network = dt.timedelta(hours=1), network_of(request)
    verdict = throttle.allow(databases_of(request), "tell-me-network", network, limit=PER_NETWORK, window=hour)
    verdict.or_refuse(_("Many such questions came from your network in the last hour. Please try again later."))


def _named(request: AnyRequest, token: str) -> UUID:
    secret = request.app.state.settings.secret
    return links.read(secret, TELL_ME, token, clock.today(), life=waiting.LINK_LIFE)


def _link_page(request: AnyRequest, token: str, state: str) -> Page:
    return page(request, "search/tell_me_link.html", section="find", here=f"/tell-me/{token}", state=state)


def _form(request: AnyRequest, filled: Filled[TellMe], *, already: str = "", flood: TooMany | None = None) -> Page:
    reaches = [(str(n), _("{n} miles").format(n=n)) for n in TELL_ME_RADII]
    return page(
        request,
        "search/tell_me.html",
        status=flood.status if flood else 422 if filled.errors else 200,
        headers={"Retry-After": str(flood.retry_after)} if flood else {},
        section="find",
        reaches=[*reaches, (WHOLE_STATE, _("Anywhere in the state"))],
        treatments=[("", _("Any of them")), *((row.code, row.label) for row in LISTABLE)],
        trap=TRAP,
        values=filled.values,
        errors=filled.errors,
        already=already,
    )


ROUTES = [ask, send, sent, opened, confirm, delete, show]
