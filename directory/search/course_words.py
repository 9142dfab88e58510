"""What a course asks, in words: how many visits, how long each, how many hours in all. Pure."""

from directory.geography.point import metres_to_miles
from directory.search.course import Course, Span, Stretch
from directory.wording import say
from directory.wording.say import _, ngettext

_HOUR = 60


def visits_in_words(course: Course) -> str:
    """ "21 to 30 visits in the first 26 weeks", "6 visits", or that nobody says how many."""
    if not course.stretches:
        return _("How many visits: not known. Ask the clinic.")
    visits = course.visits
    if course.last_week is None:
        return visits_of(visits)
    if visits.one:
        sentence = ngettext("{n} visit in {weeks} weeks", "{n} visits in {weeks} weeks", visits.most)
        return sentence.format(n=say.number(visits.most), weeks=course.last_week)
    sentence = _("{least} to {most} visits in the first {weeks} weeks")
    return sentence.format(least=say.number(visits.least), most=say.number(visits.most), weeks=course.last_week)


def visit_in_words(course: Course) -> str:
    """How long one visit takes, with the way where it is known: "about 3 hours 10 minutes, with the way …"."""
    time = say.duration(course.visit_minutes)
    if course.way_minutes is None:
        return (
            _("at least {time} at the clinic").format(time=time)
            if course.is_clinic_least
            else _("about {time} at the clinic").format(time=time)
        )
    if course.is_least:
        return _("at least {time}, with the way there and back").format(time=time)
    return _("about {time}, with the way there and back").format(time=time)


def in_all(course: Course) -> str:
    """Hours over the whole course: "67 to 95 hours", "at least 9 hours"; empty where the visits are not known."""
    return hours_of(course.minutes, least=course.is_least) if course.stretches else ""


def in_a_line(course: Course) -> str:
    """The course in one line, for a comparison: visits, and how long each."""
    return _("{visits}; each takes {time}").format(visits=visits_in_words(course), time=visit_in_words(course))


def visits_of(visits: Span) -> str:
    """ "8 visits", "9 to 18 visits"."""
    if visits.one:
        return ngettext("{n} visit", "{n} visits", visits.most).format(n=say.number(visits.most))
    return _("{least} to {most} visits").format(least=say.number(visits.least), most=say.number(visits.most))


def hours_of(minutes: Span, *, least: bool) -> str:
    """Minutes as whole hours, halves up: "25 hours", "28 to 57 hours", "at least 9 hours"."""
    low, high = (max(1, (each + _HOUR // 2) // _HOUR) for each in (minutes.least, minutes.most))
    if low == high:
        if least:
            return ngettext("at least {n} hour", "at least {n} hours", low).format(n=say.number(low))
        return ngettext("{n} hour", "{n} hours", low).format(n=say.number(low))
    if least:
        return _("at least {low} to {high} hours").format(low=say.number(low), high=say.number(high))
    return _("{low} to {high} hours").format(low=say.number(low), high=say.number(high))


def miles_of(distance_m: Span) -> str:
    """ "240 miles", "553 to 1,105 miles"."""
    least, most = (say.number(round(metres_to_miles(each))) for each in (distance_m.least, distance_m.most))
    if least == most:
        return say.miles(distance_m.most)
    return _("{least} to {most} miles").format(least=least, most=most)


def weeks_of(stretch: Stretch) -> str:
    """ "Weeks 1 to 4"; for a number that somebody was told, that it is theirs."""
    if stretch.first_week is None:
        return _("As you were told")
    return _("Weeks {first} to {last}").format(first=stretch.first_week, last=stretch.last_week)


def rhythm_of(stretch: Stretch) -> str:
    """How often: "twice a week", "every week", "every week or every two weeks"; empty where nobody says."""
    return {
        "induction": _("twice a week"),
        "weekly": _("once a week"),
        "upkeep": _("once a week or every two weeks, as seldom as it still helps"),
        "series": _("twice a week"),
    }.get(stretch.code, "")
