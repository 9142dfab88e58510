"""Pages that need no database: help in a crisis, the collection of components, and our error pages to look at."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from litestar.exceptions import NotFoundException

from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.web.routes import AnyRequest, FromPath, Page, anyone, quick
from directory.web.shell import page
from directory.wording.say import _

ERROR_PAGES = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class Step:
    """A sample of a step in a request's history; `state` is done, now or ahead."""

    title: str
    at: datetime | None
    detail: str
    state: str


def samples() -> dict[str, Any]:
    """What the collection shows where a component wants dates or rows."""
    sent = datetime(2026, 5, 12, 18, 4, tzinfo=UTC)
    return {
        "steps": [
            Step("You sent the request", sent, "", "done"),
            Step("The clinic opened it", sent.replace(day=13, hour=13), "", "now"),
            Step("The clinic answers", None, "We remind the clinic after 2, 5 and 10 working days.", "ahead"),
        ],
        "confirmed_on": date(2026, 5, 12),
        "tones": sorted({status.colour for status in REFERRAL_STATUSES} | {"approved", "off-label", "compounded"}),
        "all_wrong": {
            name: _("Enter the %s as in the example") % name
            for name in ("text", "area", "choice", "several", "agree", "one", "born", "near")
        },
    }


@quick("/crisis", guard=anyone)
def crisis(request: AnyRequest) -> Page:
    """Where to turn in a crisis."""
    return page(request, "crisis/show.html", public=True)


@quick("/patterns", guard=anyone)
def patterns(request: AnyRequest) -> Page:
    """Every component with its states."""
    return page(request, "patterns/show.html", public=True, errors={}, **samples())


@quick("/patterns/step", guard=anyone)
def pattern_step(request: AnyRequest) -> Page:
    """One question on a page, as it comes back with every answer wrong."""
    return page(request, "patterns/step.html", public=True, errors=samples()["all_wrong"], back_href="/patterns")


@quick("/patterns/errors/{status:int}", guard=anyone)
def pattern_error(request: AnyRequest, status: FromPath[int]) -> Page:
    """The page of an error status, to look at."""
    if status not in ERROR_PAGES:
        raise NotFoundException
    return page(request, f"errors/{status}.html", public=True, message="")


ROUTES = [crisis, patterns, pattern_step, pattern_error]
