"""Pages about the directory itself: how it works, what follows nobody, how accessible it is, and whom to write to."""

import datetime as dt

from directory.about import cookies, kept, works
from directory.about.spans import days
from directory.terminology.proofs import VERIFY_INTERVAL_DAYS
from directory.web.headers import security_headers
from directory.web.routes import AnyRequest, Db, Page, anyone, quick, reads
from directory.web.shell import page

LOOKED_AT_ON = dt.date(2026, 11, 23)
"""When the accessibility statement was last held against what was tested."""
_SHOWN = ("content-security-policy", "referrer-policy", "permissions-policy")


@reads("/about/how-it-works", guard=anyone)
def how_it_works(request: AnyRequest, db: Db) -> Page:
    """Who is listed, how facts are checked, what becomes of a request, what is kept; and the figures of today."""
    return page(
        request,
        "about/how_it_works.html",
        public=True,
        checking=works.checking(),
        proofs=works.proofs(),
        ways=works.ways(),
        course=works.course(),
        kept=kept.kept(),
        figures=request.app.state.accuracy.now(),
        window=days(VERIFY_INTERVAL_DAYS),
    )


@quick("/privacy/nothing-follows-you", guard=anyone)
def nothing_follows_you(request: AnyRequest) -> Page:
    """What is and is not recorded of a reader, by browser and by server, and how that is tested."""
    named = {name.decode(): value.decode() for name, value in security_headers(https=False)}
    return page(
        request,
        "about/nothing_follows_you.html",
        public=True,
        kept_by_browsers=cookies.cookies(),
        sent_along=[(name, named[name]) for name in _SHOWN],
    )


@quick("/accessibility", guard=anyone)
def accessibility(request: AnyRequest) -> Page:
    """What the pages hold to, how that was tested, what was not, and whom to tell of a barrier."""
    return page(request, "about/accessibility.html", public=True, looked_at_on=LOOKED_AT_ON)


@quick("/contact", guard=anyone)
def contact(request: AnyRequest) -> Page:
    """Whom to write to, and what goes faster another way."""
    return page(request, "about/contact.html", public=True)


ROUTES = [how_it_works, nothing_follows_you, accessibility, contact]
