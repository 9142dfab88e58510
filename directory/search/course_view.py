"""The page on what a course at a clinic asks of somebody: every sum in words, with what it rests on. Pure."""

import datetime as dt
from dataclasses import dataclass

from markupsafe import escape

from directory.geography.place import Place
from directory.listings.hours import OpeningPeriod
from directory.listings.records import ClinicRecord, LineRecord
from directory.search import course_words as words
from directory.search.asking import centre_of
from directory.search.cost import Cost, Sourced, cost_of
from directory.search.course import OWN_PLAN, Course, Driver, Unknown, course_of
from directory.search.course_query import CourseQuery
from directory.search.distance import metres_between
from directory.search.own_words import own_words
from directory.search.safety_view import going_home
from directory.terminology.course_plans import Figure, Plan, figure, given, plans_for, watched
from directory.terminology.proofs import FactGroup
from directory.terminology.treatments import NO_DRIVING
from directory.verification.proofs import VerifiedClinic
from directory.wording import say
from directory.wording.say import _, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """All that the page says of one course. Rows are tuples of cells; empty texts are left out."""

    line: LineRecord
    place: str
    visits: str
    visit: str
    in_all: str
    way: str
    far: Sourced | None
    phases: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, str], ...]
    home: tuple[str, ...]
    with_driver: tuple[str, ...]
    without_driver: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    hours_fit: str
    rhythm: str
    unknown: tuple[str, ...]
    cost: Cost
    sources: tuple[str, ...]
    nearer_href: str


def plan_choices(treatment: str) -> list[tuple[str, str, str]]:
    """(code, words, hint) of the plans that can be chosen for a treatment; the last is a number somebody was told."""
    found = [(plan.code, *_plan_in_words(plan)) for plan in plans_for(treatment)]
    return [*found, (OWN_PLAN, _("A number of visits that the clinic told me"), "")]


def _plan_in_words(plan: Plan) -> tuple[str, str]:
    return {
        "SPRAVATO_TRD": (
            _("Depression that other treatments have not helped enough"),
            _("As on the Spravato label; the first 26 weeks are counted here."),
        ),
        "SPRAVATO_MDSI": (
            _("Major depression with acute suicidal thoughts or actions"),
            _("As on the Spravato label. What comes after 4 weeks has not been studied well enough to say."),
        ),
        "KET_IV_TRIAL": (
            _("6 infusions in 3 weeks, as in a large trial"),
            _("No label or standard says how many infusions people get. What comes after is not known."),
        ),
        "KET_SC_TRIAL": (
            _("8 injections in 4 weeks, as in a trial"),
            _("No label or standard says how many injections people get. What comes after is not known."),
        ),
    }[plan.code]


def view_of(verified: VerifiedClinic, query: CourseQuery) -> CourseView:
    """The page for a question without problems."""
    clinic = verified.clinic
    line = next(line for line in clinic.lines if line.treatment == query.treatment)
    supervised = clinic.supervision if verified.proofs[FactGroup.SUPERVISION].shown else None
    course = course_of(
        line.treatment,
        distance_m=metres_between(query.place.point, clinic.point) if query.place else None,
        plan=query.plan,
        visits=query.visits,
        observation_minutes=line.observation_minutes or (supervised.observation_minutes if supervised else None),
        way_minutes=query.way_minutes,
    )
    hours = clinic.week if verified.opening_known else []
    return CourseView(
        line=line,
        place=query.place.label if query.place else "",
        visits=words.visits_in_words(course),
        visit=words.visit_in_words(course),
        in_all=words.in_all(course),
        way=_way(course, query.place),
        far=_far(course),
        phases=tuple(_phases(course)),
        parts=tuple(_parts(course)),
        home=(NO_DRIVING, *(escape(_("The clinic says: {text}")).format(text=rule) for rule in going_home(clinic))),
        with_driver=tuple(_with_driver(course)),
        without_driver=tuple(_without_driver(clinic)),
        hours=tuple((say.weekday(weekday), _open(periods)) for weekday, periods in hours if periods),
        hours_fit=_fit(course, hours),
        rhythm=_rhythm(line),
        unknown=tuple(_unknown(course)),
        cost=cost_of(
            line,
            price_shown=verified.proofs[FactGroup.PRICES].shown,
            visits=course.visits if course.stretches else None,
        ),
        sources=tuple(_sources(course)),
        nearer_href=query.url("/search", plan="", visits="", minutes="") if query.place else "",
    )


def _way(course: Course, place: Place | None) -> str:
    if course.distance_m is None or place is None:
        return ""
    sentence = _("{miles} each way in a straight line from {centre}. Roads are longer.")
    return sentence.format(miles=say.miles(course.distance_m), centre=centre_of(place))


def _far(course: Course) -> Sourced | None:
    band = course.far
    if band is None:
        return None
    percent = say.number(round(band.fewer_percent))
    if band.miles_under is None:
        sentence = _(
            "In a study of people with depression that other treatments had not helped, {percent} percent fewer of "
            "those who lived {miles} miles or more from a center began Spravato than of those within 10 miles."
        ).format(percent=percent, miles=band.miles_from)
    else:
        sentence = _(
            "In a study of people with depression that other treatments had not helped, {percent} percent fewer of "
            "those who lived {nearest} to {farthest} miles from a center began Spravato than of those within 10 miles."
        ).format(percent=percent, nearest=band.miles_from, farthest=band.miles_under - 1)
    return Sourced(sentence=sentence, source=_source(band.source.name, band.source.year))


def _phases(course: Course) -> list[tuple[str, ...]]:
    return [
        (
            words.weeks_of(stretch),
            words.rhythm_of(stretch),
            words.visits_of(stretch.visits),
            words.hours_of(stretch.minutes, least=course.is_least),
            words.miles_of(stretch.distance_m) if stretch.distance_m else _("not known"),
        )
        for stretch in course.stretches
    ]


def _parts(course: Course) -> list[tuple[str, str]]:
    def minutes(value: int | None, words_: str = "") -> str:
        return _("not known") if value is None else words_ or say.duration(value)

    watching = course.watching_minutes
    at_least = _("at least {time}").format(time=say.duration(watching)) if watching else ""
    if course.watching_by_clinic:
        at_least = _("at least {time}, as this clinic says").format(time=say.duration(watching or 0))
    if course.way_was_told:
        way = _("{time}, as you typed").format(time=say.duration(course.way_minutes or 0))
    else:
        way = minutes(course.way_minutes, _("about {time}").format(time=say.duration(course.way_minutes or 0)))
    return [
        (_("The way there"), way),
        (_("Checking in, being measured, getting ready to go"), say.duration(course.margin_minutes)),
        (_("The treatment itself"), minutes(course.giving_minutes)),
        (_("Being watched over after it"), minutes(watching, at_least)),
        (_("The way back"), way),
        (_("In all"), words.visit_in_words(course)),
    ]


def _with_driver(course: Course) -> list[str]:
    waiting, returning = course.waiting_driver, course.returning_driver
    if waiting is None or returning is None:
        return [_("Whoever drives you waits for you, or drives the way four times at each visit.")]
    found = [
        _driver_in_words(
            waiting,
            course,
            _("If they wait for you: {time} a visit."),
            _("If they wait for you: {time} a visit, {hours} in all."),
        ),
        _driver_in_words(
            returning,
            course,
            _("If they drive home in between: {time} of driving a visit."),
            _("If they drive home in between: {time} of driving a visit, {hours} in all."),
        ),
    ]
    if waiting.visit_distance_m is not None and returning.visit_distance_m is not None:
        sentence = _("That is {waiting} a visit in a straight line if they wait, and {returning} if they do not.")
        found.append(
            sentence.format(
                waiting=say.miles(waiting.visit_distance_m), returning=say.miles(returning.visit_distance_m)
            )
        )
    return found


def _driver_in_words(driver: Driver, course: Course, one: str, all_: str) -> str:
    time = say.duration(driver.visit_minutes)
    if not course.stretches:
        return one.format(time=time)
    return all_.format(time=time, hours=words.hours_of(driver.minutes, least=False))


def _without_driver(clinic: ClinicRecord) -> list[str]:
    found = [
        _(
            "You may drive yourself there only if somebody else drives the car home, or it stays there until the next "
            "day. Plan each way home before you begin."
        )
    ]
    if clinic.ride_home_required:
        found.append(_("This clinic does not let you go home alone: ask whether a taxi or a bus is enough."))
    else:
        found.append(_("Ask the clinic whether you may go home alone by taxi or bus."))
    if clinic.transport:
        said = escape(_("The clinic says about getting there: {text}"))
        found.append(said.format(text=own_words(clinic, "transport")))
    found.append(
        _("We do not know what a taxi or a bus costs or takes here. Ask your health plan whether it pays for rides.")
    )
    return found


def _open(periods: list[OpeningPeriod]) -> str:
    return say.listing(
        [
            _("Open all day")
            if period.opens is None or period.closes is None
            else say.hours(period.opens, period.closes)
            for period in periods
        ]
    )


def _fit(course: Course, week: list[tuple[int, list[OpeningPeriod]]]) -> str:
    """On how many days a visit fits between opening and closing."""
    if not week:
        return _("This clinic has not told its hours, so we cannot say on which days a visit fits.")
    days = sum(1 for _weekday, periods in week if any(_minutes(each) >= course.clinic_minutes for each in periods))
    time = say.duration(course.clinic_minutes)
    if not days:
        return _("A visit of {time} is longer than this clinic is open at a stretch. Ask how they do it.").format(
            time=time
        )
    sentence = ngettext(
        "A visit of {time} at the clinic fits its hours on {n} day a week. Which hours it keeps for treatment, only "
        "the clinic knows.",
        "A visit of {time} at the clinic fits its hours on {n} days a week. Which hours it keeps for treatment, only "
        "the clinic knows.",
        days,
    )
    return sentence.format(time=time, n=days)


def _rhythm(line: LineRecord) -> str:
    if line.sessions_per_week is None:
        return ""
    sentence = ngettext(
        "This clinic says that it gives {n} session a week at first.",
        "This clinic says that it gives {n} sessions a week at first.",
        line.sessions_per_week,
    )
    return sentence.format(n=line.sessions_per_week)


def _minutes(period: OpeningPeriod) -> int:
    if period.opens is None or period.closes is None:
        return 24 * 60
    day = dt.date.min
    length = dt.datetime.combine(day, period.closes) - dt.datetime.combine(day, period.opens)
    return int(length.total_seconds() // 60)


def _unknown(course: Course) -> list[str]:
    found = [
        said
        for what, said in (
            (
                Unknown.PLAN,
                _("How many visits there are: no label, standard or trial that we read says. Ask the clinic."),
            ),
            (Unknown.GIVING, _("How long giving the treatment takes. It is left out of the hours.")),
            (Unknown.WATCHING, _("How long you are watched over after it: no federal rule says. It is left out.")),
            (Unknown.WAY, _("How far you would come. It is left out of the hours until you type a place.")),
        )
        if what in course.unknown
    ]
    found.append(_("The first visit, at which you are examined and asked about your health, is not counted."))
    if course.treatment == "SPRAVATO":
        found.append(_("How long treatment goes on after these weeks: you and the clinic decide that as you go."))
    else:
        found.append(_("What comes after these visits: nothing that we read says how often people come back."))
        found.append(_("How distance matters for this treatment: we found no study of it."))
    return found


def _sources(course: Course) -> list[str]:
    numbers: list[Figure | None] = [given(course.treatment), figure("margin")]
    if not course.watching_by_clinic:
        numbers.insert(0, watched(course.treatment))
    if course.way_minutes is not None and not course.way_was_told:
        numbers.append(figure("pace"))
    found = (
        [_("Visits: {source}").format(source=_source(course.plan.source.name, course.plan.source.year))]
        if course.plan
        else []
    )
    for number in numbers:
        if number is None:
            continue
        named = _source(number.source.name, number.source.year)
        if number.key == "pace":
            sentence = _(
                "The drive, counted at {n} miles of straight line an hour: {source}. Highways are faster, cities "
                "slower."
            )
            found.append(sentence.format(n=number.value, source=named))
        else:
            found.append(_("{n} minutes: {source}").format(n=number.value, source=named))
    return found


def _source(name: str, year: int) -> str:
    return _("{source} ({year})").format(source=_(name), year=year)
