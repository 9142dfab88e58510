"""What the log of steps says of one clinic: its figures, and whether it has stopped answering or has no room. Pure.

Nothing here looks at a task's row: the same steps give the same figures, whenever they are counted.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from directory.referrals.lifecycle import WAITING
from directory.referrals.models import StatusChange, Who
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.verification.figures import WINDOW, Figures

TOO_SHORT = dt.timedelta(days=7)
"""A request that was taken back sooner, unanswered, says nothing of the clinic."""
SILENT_AFTER = dt.timedelta(days=30)
ROOM_WINDOW = dt.timedelta(days=14)
UNANSWERED, NO_ROOM = 2, 2
"""So many in a row without an answer switch requests off; so many without room put "accepting" in doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of one request at the clinic. `unanswered_at`: when it was closed because nothing had come.

    `heard_at`: its newest step of the clinic's own (opening apart), or answer. `waits`: it is open and has none.
    """

    asked_at: dt.datetime
    opened_at: dt.datetime | None
    answered_at: dt.datetime | None
    decided_at: dt.datetime | None
    unanswered_at: dt.datetime | None
    heard_at: dt.datetime | None
    no_room_at: dt.datetime | None
    counts: bool
    waits: bool


def courses_of(steps: Iterable[StatusChange], *, at: dt.datetime) -> list[Course]:
    """The courses of all requests that were asked by `at`, from their steps in any order."""
    by_task: dict[UUID, list[StatusChange]] = defaultdict(list)
    for step in steps:
        if step.at <= at:
            by_task[step.task_id].append(step)
    found = [_course(sorted(taken, key=lambda step: step.number)) for taken in by_task.values()]
    return [course for course in found if course is not None]


def figures_of(steps: Iterable[StatusChange], *, at: dt.datetime) -> Figures:
    """The figures at `at`, of requests asked in the 90 days before."""
    courses = courses_of(steps, at=at)
    counted = [course for course in courses if course.counts and course.asked_at > at - WINDOW]
    waits = [course.answered_at - course.asked_at for course in counted if course.answered_at is not None]
    return Figures(
        asked=len(counted),
        acknowledged=sum(course.opened_at is not None or course.answered_at is not None for course in counted),
        decided=sum(course.decided_at is not None for course in counted),
        median_minutes=round(median(wait.total_seconds() for wait in waits) / 60) if waits else None,
        answered_at=max((c.answered_at for c in courses if c.answered_at is not None), default=None),
    )


def refusals_of(steps: Iterable[StatusChange], *, at: dt.datetime) -> list[tuple[str, int]]:
    """Why the clinic said no in the last 90 days, as (reason, how often), what came most often first."""
    said = (step for step in steps if step.to_status == "declined" and at - WINDOW < step.at <= at)
    counted = Counter(step.reason or "other" for step in said)
    return sorted(counted.items(), key=lambda found: (-found[1], found[0]))


def stopped_answering(courses: Iterable[Course]) -> bool:
    """Whether the newest request that stayed without an answer is the second in a row (or the fourth, and so on)."""
    known = list(courses)
    last = max((c.answered_at for c in known if c.answered_at is not None), default=None)
    silent = [c for c in known if c.unanswered_at is not None and (last is None or c.unanswered_at > last)]
    return len(silent) > 0 and len(silent) % UNANSWERED == 0


def is_silent(courses: Iterable[Course], *, at: dt.datetime) -> bool:
    """Whether nothing has been heard for 30 days, though something that was asked that long ago was never answered.

    A clinic that is asked seldom and answers each time is not silent, however long ago that was.
    """
    known = list(courses)
    last = max((c.heard_at for c in known if c.heard_at is not None), default=None)
    if last is not None and last > at - SILENT_AFTER:
        return False
    old = [c for c in known if c.asked_at <= at - SILENT_AFTER]
    return any(c.waits or (c.unanswered_at is not None and (last is None or c.unanswered_at > last)) for c in old)


def has_no_room(courses: Iterable[Course], *, at: dt.datetime) -> bool:
    """Whether it said twice within 14 days that it has no room."""
    lately = [c for c in courses if c.no_room_at is not None and at - ROOM_WINDOW < c.no_room_at <= at]
    return len(lately) >= NO_ROOM


def _course(steps: list[StatusChange]) -> Course | None:
    asked_at = next((step.at for step in steps if step.to_status == "sent"), None)
    if asked_at is None:
        return None
    opened_at = next((step.at for step in steps if step.verb == "open"), None)
    answered_at = next((step.at for step in steps if _answers(step)), None)
    last = steps[-1]
    back_at = next((step.at for step in steps if step.to_status in _TAKEN_BACK), None)
    lost = opened_at is None and answered_at is None and any(step.verb == "fail_delivery" for step in steps)
    taken_back = answered_at is None and back_at is not None and back_at - asked_at < TOO_SHORT
    silent = answered_at is None and last.verb == "expire" and last.from_status in WAITING
    return Course(
        asked_at=asked_at,
        opened_at=opened_at,
        answered_at=answered_at,
        decided_at=next((step.at for step in steps if REFERRAL_STATUSES[step.to_status].answered), None),
        unanswered_at=last.at if silent else None,
        heard_at=max((step.at for step in steps if _answers(step)), default=None),
        no_room_at=next((step.at for step in steps if _said_no_room(step)), None),
        counts=not (lost or taken_back),
        waits=answered_at is None and last.to_status in WAITING,
    )


_TAKEN_BACK = frozenset({"cancelled", "error_reported", "entered_in_error"})


def _answers(step: StatusChange) -> bool:
    """Opening is no answer; a question, the waiting list, a yes and a no are."""
    return (step.by_role == Who.CLINIC and step.verb != "open") or REFERRAL_STATUSES[step.to_status].answered


def _said_no_room(step: StatusChange) -> bool:
    """What the sender logged of a phone call says nothing against the listing."""
    return step.by_role == Who.CLINIC and step.reason == "no_capacity"
