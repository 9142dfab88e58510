"""How facts are checked and what becomes of a request, in sentences with the figures that the service runs by."""

from directory.about.spans import days, span
from directory.moderation.kinds import KINDS, Kind
from directory.referrals import figures as counting
from directory.referrals.lifecycle import TIMERS, Does, Timer
from directory.terminology.proofs import (
    FACT_GROUPS,
    METHODS,
    REMIND_AT_DAYS,
    STALE_AT_DAYS,
    UNLIST_AT_DAYS,
    VERIFY_INTERVAL_DAYS,
)
from directory.verification import figures
from directory.wording import say
from directory.wording.say import _, ngettext


def checking() -> list[str]:
    """How a listing is kept true, one sentence or two a line."""
    reminded = say.listing([say.number(day) for day in REMIND_AT_DAYS])
    return [
        _("A clinic confirms its whole page at least every {days}. We remind it on days {reminded}.").format(
            days=days(VERIFY_INTERVAL_DAYS), reminded=reminded
        ),
        _(
            "From day {stale} its page says that it was not confirmed lately. After {unlisted} it leaves the list,"
            " until somebody confirms it again."
        ).format(stale=say.number(STALE_AT_DAYS), unlisted=days(UNLIST_AT_DAYS)),
        _(
            "A real request that a clinic answers counts as proof too: that its mailbox works and that it is open. From"
            " {least} requests on, its page says how many of the last {window} were answered, and how fast."
        ).format(least=say.number(figures.SHOWN_FROM), window=span(figures.WINDOW)),
        ngettext(
            "A clinic that leaves {n} request without an answer loses the mark that it takes requests.",
            "A clinic that leaves {n} requests without an answer loses the mark that it takes requests.",
            counting.UNANSWERED,
        ).format(n=counting.UNANSWERED),
        ngettext(
            "Anybody can report a mistake on a clinic’s page. A person of ours looks at it within {n} working day.",
            "Anybody can report a mistake on a clinic’s page. A person of ours looks at it within {n} working days.",
            KINDS[Kind.REPORT].workdays,
        ).format(n=KINDS[Kind.REPORT].workdays),
    ]


def proofs() -> list[list[str]]:
    """A row for each group of facts: what it is, how long a confirmation stands, and whether one press renews it."""
    yes, no = _("Yes"), _("No: it is checked by itself")
    return [[str(row.label), days(row.half_life_days), yes if row.clinic_can_attest else no] for row in FACT_GROUPS]


def ways() -> list[str]:
    """The ways in which we check, each as the end of "Confirmed …"."""
    return [str(row.plain) for row in METHODS if row.independent]


def course() -> list[str]:
    """What becomes of a request, from its sending to its end, by the timers that it runs by."""
    reminders = [timer.after for timer in _timers("sent", Does.REMIND_CLINIC)]
    (told,) = _timers("sent", Does.TELL_SENDER)
    (ends,) = _timers("sent", Does.STEP)
    (person,) = _timers("undeliverable", Does.TO_A_PERSON)
    (asked_again, *_more) = _timers("waitlisted", Does.ASK_CLINIC)
    (gives_up,) = _timers("info_needed", Does.STEP)
    return [
        _("You choose one clinic. It gets a mail with a reference and a link, and not a word about you."),
        _("Its staff open the request with a code that we mail to the clinic’s proved mailbox. Each look is recorded."),
        ngettext(
            "If the mail does not get through, you read just that, and a person of ours sees it in {n} working day.",
            "If the mail does not get through, you read just that, and a person of ours sees it in {n} working days.",
            person.after,
        ).format(n=person.after),
        _("A clinic that does not answer is reminded after {days} working days.").format(
            days=say.listing([say.number(day) for day in reminders])
        ),
        ngettext(
            "Without an answer after {n} working day we tell you so, and name other clinics nearby.",
            "Without an answer after {n} working days we tell you so, and name other clinics nearby.",
            told.after,
        ).format(n=told.after),
        _(
            "After {days} without an answer the request is closed; after {soon} if a clinician marked it as soon. If"
            " you named further clinics, the next one is asked then, and also when a clinic says no."
        ).format(days=days(ends.after), soon=days(ends.soon or ends.after)),
        _("A clinic may ask you something first. Without your reply the request is closed after {days}.").format(
            days=days(gives_up.after)
        ),
        _("Whoever is on a waiting list is not forgotten: the clinic is asked again every {days}.").format(
            days=days(asked_again.after)
        ),
        _("You can take the request back at any time. The clinic’s access here ends at once."),
    ]


def _timers(status: str, does: Does) -> list[Timer]:
    return [timer for timer in TIMERS if status in timer.states and timer.does is does]
