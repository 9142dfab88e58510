"""What is kept and for how long, each line from the constant that the service forgets by."""

import datetime as dt
from dataclasses import dataclass

from directory.about.spans import span
from directory.accounts import codes, sessions
from directory.delivery import actions as delivery
from directory.listings import drafts
from directory.moderation import rules as moderation
from directory.referrals import attachments, forgetting, limits, rules
from directory.search import seen, waiting
from directory.wording.say import _

BACKUPS_EXPIRE = dt.timedelta(days=35)
"""What whoever runs the service deletes copies after; what was sealed cannot be opened in them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One line: what it is, and for how long it is kept, both in words."""

    what: str
    how_long: str


def kept() -> list[Kept]:
    """All of it, from what people leave first to what is left of it last."""
    nothing = _("Not kept")
    after_closing = _("{span} after the request is closed")
    return [
        Kept(what=_("A search, and the pages you look at"), how_long=nothing),
        *_counts(),
        Kept(what=_("Where your device says that you are, if you let it"), how_long=nothing),
        Kept(what=_("A form that you have not sent"), how_long=span(rules.DRAFT_LIFE)),
        Kept(
            what=_("What you wrote in a request that led to no treatment"),
            how_long=after_closing.format(span=span(rules.KEPT_AFTER_CLOSING)),
        ),
        Kept(
            what=_("What you wrote in a request that led to treatment"),
            how_long=after_closing.format(span=span(rules.KEPT_AFTER_COMPLETION)),
        ),
        Kept(
            what=_("Documents that a clinician sent along"),
            how_long=_("Until the request ends without treatment; otherwise {span} after it is closed").format(
                span=span(attachments.KEPT_AFTER_CLOSING)
            ),
        ),
        Kept(
            what=_("That there was a request: when, to which clinic, how it ended, who looked at it; no content"),
            how_long=after_closing.format(span=span(forgetting.SKELETON_KEPT)),
        ),
        Kept(
            what=_("The address of a mail that could not be delivered, so that a person can find another way"),
            how_long=span(delivery.MAILBOX_KEPT),
        ),
        Kept(what=_("That a mail was sent, without its address"), how_long=span(delivery.ROW_KEPT)),
        _network(),
        Kept(what=_("A code that we mailed: only a check value"), how_long=span(codes.LIFE)),
        Kept(
            what=_("What you wrote when you reported a mistake, and your mailbox if you gave it"),
            how_long=_("Until a person has answered"),
        ),
        Kept(
            what=_("An email address that waits for a place to open, with place and treatment, sealed"),
            how_long=_("{unconfirmed} if nobody confirms it; else until the one mail, {longest} at most").format(
                unconfirmed=span(waiting.UNCONFIRMED_KEPT), longest=span(waiting.KEPT)
            ),
        ),
        Kept(what=_("What that one mail leads to, without the address"), how_long=span(waiting.TOLD_KEPT)),
        Kept(what=_("A clinic’s half-typed change of its own page"), how_long=span(drafts.LIFE)),
        Kept(
            what=_("That somebody of a clinic or of ours is signed in"),
            how_long=_("{idle} without a click, {longest} at most").format(
                idle=span(sessions.IDLE), longest=span(sessions.LONGEST)
            ),
        ),
        Kept(
            what=_("Copies of all this against accidents; what was destroyed cannot be opened in them"),
            how_long=span(BACKUPS_EXPIRE),
        ),
    ]


def _counts() -> list[Kept]:
    searches = _("How many searches from a county found nobody in a month: a number, and nothing else")
    views = _("How often a clinic’s page was shown in a month: a number, without who saw it or when")
    return [Kept(what=searches, how_long=_("For good")), Kept(what=views, how_long=span(seen.KEPT))]


def _network() -> Kept:
    how_long = _(
        "{span} at most; with a report of a mistake, {reported}; with a request, as long as what you wrote in it"
    ).format(span=span(limits.DAY), reported=span(moderation.INDEPENDENT_WITHIN))
    return Kept(what=_("A scrambled form of the network address that something was sent from"), how_long=how_long)
