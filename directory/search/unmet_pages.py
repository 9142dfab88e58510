"""Unmet need for planners: where searches found nobody within reach, by county and month, as a page and as CSV."""

import csv
import datetime as dt
import io

from directory.geography import places
from directory.geography.place import County
from directory.lib import clock, digests
from directory.lib.errors import NotFound
from directory.search import queries
from directory.search.unmet import (
    LABELS,
    MOST_TAKEN_OFF,
    REACH_MILES,
    SMALLEST_SHOWN,
    CountyNeed,
    Size,
    months_over,
    needs,
    taken_off,
)
from directory.search.unmet_map import drawn
from directory.terminology.states import STATES
from directory.web.routes import AnyRequest, Db, Page, anyone, reads
from directory.web.shell import attachment, page
from directory.wording import say
from directory.wording.say import _

COLUMNS = ("month", "state", "county_fips", "county", "searches_not_people")


@reads("/unmet-need", guard=anyone)
def show(request: AnyRequest, db: Db) -> Page:
    """One month: the states with counties of ten and more, or every county of one state."""
    months = months_over(queries.find_first_unmet_month(db), clock.today())
    month = _month(request, months) if months else None
    state = request.query_params.get("state", "")
    if state and state not in {each.state for each in places.counties()}:
        raise NotFound(_("We know no such state."))
    found = _needs(db, month) if month else []
    shown = [need for need in found if need.size is not Size.FEW]
    return page(
        request,
        "search/unmet_need.html",
        public=True,
        months=[(each.isoformat()[:7], say.month(each)) for each in months],
        month=month,
        state=state,
        states=[("", _("All states")), *((code, STATES.label(code)) for code in _states(places.counties()))],
        by_state=[(STATES.label(code), code, *_numbers(shown, code)) for code in _states([n.county for n in shown])],
        counties=[(need.county.name, LABELS[need.size]) for need in found if need.county.state == state],
        drawing=drawn(shown) if shown else None,
        reach=REACH_MILES,
        most_taken_off=MOST_TAKEN_OFF,
    )


@reads("/unmet-need.csv", guard=anyone)
def table(request: AnyRequest, db: Db) -> Page:
    """Every county of one month. 404 while no month is over."""
    months = months_over(queries.find_first_unmet_month(db), clock.today())
    month = _month(request, months)
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for need in _needs(db, month):
        county = need.county
        writer.writerow((month.isoformat()[:7], county.state, county.fips, county.name, need.size.value))
    name = f"unmet-need-{month.isoformat()[:7]}.csv"
    return attachment(lines.getvalue().encode(), media_type="text/csv", filename=name)


def _needs(db: Db, month: dt.date) -> list[CountyNeed]:
    def left(fips: str, searches: int) -> int:
        return searches - taken_off(digests.keyed(db, "unmet-need", month.isoformat(), fips))

    found = queries.find_unmet(db, month).items()
    return needs(places.counties(), {fips: left(fips, n) for fips, n in found if n >= SMALLEST_SHOWN})


def _month(request: AnyRequest, months: list[dt.date]) -> dt.date:
    """The month that was asked for, or the newest. Raises NotFound."""
    asked = request.query_params.get("month", "")
    for month in months:
        if asked in {"", month.isoformat()[:7]}:
            return month
    raise NotFound(_("No counts are published for this month."))


def _states(counties: list[County]) -> list[str]:
    return sorted({county.state for county in counties}, key=STATES.label)


def _numbers(shown: list[CountyNeed], state: str) -> tuple[int, int]:
    """How many counties of a state are in each of the two larger classes."""
    sizes = [need.size for need in shown if need.county.state == state]
    return sizes.count(Size.SOME), sizes.count(Size.MANY)


ROUTES = [show, table]
