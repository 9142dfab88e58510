"""Every cookie there is, when a browser gets it and for how long. Whoever only reads gets none."""

from dataclasses import dataclass

from directory.about.spans import span
from directory.accounts import codes, grants, moving, passkeys, sessions, signing_in
from directory.portal.guards import CLAIM
from directory.referrals import doors, rules
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """`names` without the `__Host-` that https puts before them."""

    names: tuple[str, ...]
    when: str
    how_long: str


def cookies() -> list[Cookie]:
    """All of them, those of patients first."""
    asked = (doors.FOLLOW, doors.ANSWER, doors.SENDER, doors.CONFIRM, doors.CHANNEL_TEST, CLAIM)
    return [
        Cookie(
            names=(doors.FORM_ASK, doors.FORM_REFER),
            when=_("You begin a request: finds your answers again, which are with us and not in the browser"),
            how_long=span(rules.DRAFT_LIFE),
        ),
        Cookie(
            names=tuple(doors.code_cookie(purpose) for purpose in asked),
            when=_("You ask for a mailed code: makes the code work in this browser alone"),
            how_long=span(codes.LIFE),
        ),
        Cookie(
            names=(doors.FOLLOW, doors.ANSWER, doors.LISTING, CLAIM),
            when=_("You typed the right code: opens the one request or listing that it is for"),
            how_long=span(grants.LIFE),
        ),
        Cookie(
            names=(sessions.COOKIE, signing_in.COOKIE, passkeys.COOKIE, moving.NEW_MAILBOX),
            when=_("You sign in for a clinic, as a referring clinician or for us"),
            how_long=span(sessions.LONGEST),
        ),
    ]
