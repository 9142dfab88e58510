"""Files that machines ask every site for: robots.txt, security.txt, and sitemaps with each page in both languages."""

import datetime as dt
from xml.sax.saxutils import escape

from litestar.response import Response

from directory.interop import queries
from directory.learn.articles import FrontMatter
from directory.learn.library import library
from directory.lib import clock
from directory.lib.errors import NotFound
from directory.lib.languages import ENGLISH, LANGUAGES
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, quick, reads
from directory.wording.say import _

PAGES = (
    "/",
    "/learn",
    "/crisis",
    "/about/how-it-works",
    "/about/disclosures",
    "/accuracy",
    "/unmet-need",
    "/privacy/nothing-follows-you",
    "/privacy/consumer-health",
    "/accessibility",
    "/contact",
)
"""Public pages that are neither of a clinic nor under Learn and that somebody may look for."""
NOT_FOR_ROBOTS = (
    "/search",
    "/tell-me",
    "/api/",
    "/ask",
    "/refer",
    "/requests",
    "/answer",
    "/sign-in",
    "/claim/",
    "/clinics/*/ask",
    "/clinics/*/refer",
    "/clinics/*/report",
    "/clinics/*/letter",
    "/clinics/*/course",
    "/clinics/*/questions",
    "/compare",
)
"""Where a machine that follows every link would begin forms or walk through all searches there are."""
AT_ONCE = 10_000
"""Clinics a file; two languages of them stay below the 50,000 addresses that a sitemap may hold."""
SECURITY_DAYS = 180
"""How long what security.txt says may be relied on, from the day it is read (RFC 9116 2.5.5: less than a year)."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"

Lines = list[tuple[str, dt.date | None]]
"""Paths with the day on which what stands there last changed; None where nobody keeps that."""


@quick("/robots.txt", guard=anyone)
def robots(request: AnyRequest) -> Page:
    """What crawlers may read (RFC 9309): public pages; of a demonstration nothing, since its clinics are invented."""
    settings = request.app.state.settings
    # English answers under its own code as well: pages in Spanish lead back there.
    before = ("", *(f"/{each}" for each in LANGUAGES))
    refused = ["/"] if settings.demo else [f"{each}{path}" for path in NOT_FOR_ROBOTS for each in before]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in refused), "", f"Sitemap: {_base(request)}/sitemap.xml"]
    return _file("\n".join(lines) + "\n", "text/plain")


@quick("/.well-known/security.txt", guard=anyone)
def security(request: AnyRequest) -> Page:
    """Whom to tell of a fault of security (RFC 9116); never out of date, because it is written when it is asked for."""
    until = clock.now().date() + dt.timedelta(days=SECURITY_DAYS)
    lines = [
        f"Contact: mailto:{request.app.state.settings.security_mailbox}",
        f"Expires: {until.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {_base(request)}/.well-known/security.txt",
        f"Policy: {_base(request)}/contact#security",
    ]
    return _file("\n".join(lines) + "\n", "text/plain")


@reads("/sitemap.xml", guard=anyone)
def sitemap_index(request: AnyRequest, db: Db) -> Page:
    """The sitemaps there are: pages, learn, and as many of clinics as there are ten thousands."""
    files = -(-queries.count_public(db) // AT_ONCE)
    names = ["pages", "learn", *(f"clinics-{number}" for number in range(1, files + 1))]
    inside = "".join(f"<sitemap><loc>{escape(_base(request))}/sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
    return _file(f'{_XML}<sitemapindex xmlns="{_SITEMAPS}">\n{inside}</sitemapindex>\n', "application/xml")


@reads("/sitemaps/{name:str}", guard=anyone)
def sitemap(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """One sitemap; each page stands there in every language, and names itself in the others."""
    lines = _lines(db, name)
    if not lines:
        raise NotFound(_("There is no page at this address."))
    inside = "".join(_entries(_base(request), path, changed_on) for path, changed_on in lines)
    head = f'{_XML}<urlset xmlns="{_SITEMAPS}" xmlns:xhtml="{_XHTML}">\n'
    return _file(f"{head}{inside}</urlset>\n", "application/xml")


def in_language(path: str, language: str) -> str:
    """Where a page stands in a language: English at its own path, the others below their code."""
    return path if language == ENGLISH else f"/{language}{path}"


def _lines(db: Db, name: str) -> Lines:
    kind, _dash, number = name.removesuffix(".xml").partition("-")
    if name == "pages.xml":
        return [(path, None) for path in PAGES]
    if name == "learn.xml":
        return [(page.href, max(filter(None, _days(page.about)))) for page in library().by_slug.values()]
    if kind == "clinics" and number.isascii() and number.isdigit() and len(number) < 6 and name.endswith(".xml"):
        found = queries.find_public(db, offset=(int(number) - 1) * AT_ONCE, at_most=AT_ONCE) if int(number) else []
        return [(f"/clinics/{slug}", changed_at.date()) for slug, changed_at in found]
    return []


def _days(about: FrontMatter) -> tuple[dt.date | None, ...]:
    return about.written_on, about.reviewed_on


def _entries(base: str, path: str, changed_on: dt.date | None) -> str:
    where = {language: escape(base + in_language(path, language), {'"': "&quot;"}) for language in LANGUAGES}
    others = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{href}"/>' for code, href in where.items())
    others += f'<xhtml:link rel="alternate" hreflang="x-default" href="{where[ENGLISH]}"/>'
    changed = f"<lastmod>{changed_on.isoformat()}</lastmod>" if changed_on else ""
    return "".join(f"<url><loc>{href}</loc>{changed}{others}</url>\n" for href in where.values())


def _base(request: AnyRequest) -> str:
    base: str = request.app.state.settings.base_url
    return base.rstrip("/")


def _file(body: str, media_type: str) -> Page:
    return Response(body.encode(), media_type=media_type, headers={"Cache-Control": "no-cache"})


ROUTES = [robots, security, sitemap_index, sitemap]
