"""What can be decided about each kind of item, what must come with it, and what takes two people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory.moderation.kinds import Kind
from directory.moderation.models import Verb
from directory.moderation.reasons import ANSWERS
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer. `needs_words`: it must be explained; `two`: a second person must say the same; `tells`: a mail goes
    to the clinic."""

    code: str
    label: str
    verb: Verb
    needs_words: bool = False
    two: bool = False
    tells: bool = False


_DONE = Choice(code="done", label=_("Done; nothing is left to do"), verb=Verb.CLOSE, needs_words=True)
_SENT_AGAIN = Choice(code="send_again", label=_("The way to the clinic was proved: send it again"), verb=Verb.APPROVE)
_GIVE_UP = Choice(
    code="give_up",
    label=_(
        "There is no way to this clinic: close it there; the sender is told, or the next clinic on the list is asked"
    ),
    verb=Verb.REFUSE,
    needs_words=True,
)

CHOICES: Mapping[Kind, tuple[Choice, ...]] = {
    Kind.CLAIM: (
        _DONE,
        Choice(code="refuse_claim", label=_("Refuse the claim, with words on why"), verb=Verb.REFUSE, needs_words=True),
    ),
    Kind.OBJECTION: (
        Choice(
            code="upheld",
            label=_("The objection is right: it stays stopped, and what is live of it is put back"),
            verb=Verb.REFUSE,
            needs_words=True,
        ),
        Choice(
            code="overruled",
            label=_("The objection is wrong: it may be tried again"),
            verb=Verb.CLOSE,
            needs_words=True,
        ),
    ),
    Kind.SENSITIVE_EDIT: (
        Choice(code="approve", label=_("Approve it"), verb=Verb.APPROVE, tells=True),
        Choice(
            code="return",
            label=_("Return it, with words on what to change"),
            verb=Verb.RETURN,
            needs_words=True,
            tells=True,
        ),
        Choice(code="refuse", label=_("Refuse it, with words on why"), verb=Verb.REFUSE, needs_words=True, tells=True),
    ),
    Kind.REPORT: tuple(
        Choice(code=row.code, label=row.label, verb=Verb.ANSWER, tells=row.challenges) for row in ANSWERS
    ),
    Kind.UNDELIVERABLE: (_SENT_AGAIN, _GIVE_UP, _DONE),
    Kind.NO_ROUTE: (_SENT_AGAIN, _GIVE_UP, _DONE),
    Kind.SILENT_REQUEST: (_DONE,),
    Kind.CLINIC_GONE: (_DONE,),
    Kind.LINE_DOUBT: (
        Choice(code="offered", label=_("Asked the clinic: it does offer this"), verb=Verb.CLOSE, needs_words=True),
        Choice(
            code="not_offered",
            label=_("Asked the clinic: it does not; the clinic is asked to correct its listing"),
            verb=Verb.ANSWER,
            needs_words=True,
            tells=True,
        ),
    ),
    Kind.UNVETTED_SENDER: (
        Choice(
            code="release",
            label=_("Checked: ask the clinic now; this sender is known for twelve months"),
            verb=Verb.APPROVE,
            needs_words=True,
        ),
        Choice(
            code="refuse",
            label=_("Refuse it: the clinic gets nothing, and the sender reads these words"),
            verb=Verb.REFUSE,
            needs_words=True,
        ),
    ),
    Kind.SENT_BY_MISTAKE: (
        Choice(code="mistake", label=_("It was sent by mistake: close it as one"), verb=Verb.APPROVE),
        Choice(
            code="withdrawn",
            label=_("It was no mistake: it counts as withdrawn, and the sender reads these words"),
            verb=Verb.REFUSE,
            needs_words=True,
        ),
    ),
    Kind.LICENCE_EXPIRY: (
        Choice(code="checked", label=_("Looked up at its issuer: keep what it says"), verb=Verb.CLOSE, tells=True),
        _DONE,
    ),
    Kind.POSSIBLE_EXCLUSION: (
        Choice(code="confirm", label=_("It is the same person or body"), verb=Verb.CLOSE, needs_words=True, tells=True),
        Choice(code="dismiss", label=_("It is somebody else"), verb=Verb.REFUSE, needs_words=True),
    ),
    Kind.SOURCE_DIFFERENCE: (
        Choice(
            code="taken",
            label=_("The registry is right; the clinic is asked to correct it"),
            verb=Verb.CLOSE,
            needs_words=True,
            tells=True,
        ),
        Choice(code="dismissed", label=_("The listing is right"), verb=Verb.KEEP_BOTH, needs_words=True),
    ),
    Kind.DUPLICATE: (
        Choice(code="keep_first", label=_("The same: keep the first"), verb=Verb.MERGE, two=True, tells=True),
        Choice(code="keep_second", label=_("The same: keep the second"), verb=Verb.MERGE, two=True, tells=True),
        Choice(code="keep_both", label=_("Two different places"), verb=Verb.KEEP_BOTH),
    ),
    Kind.RECHECK: (
        Choice(code="reached", label=_("Reached by phone: the number is right"), verb=Verb.CLOSE),
        Choice(code="not_reached", label=_("Not reached: say so on the page"), verb=Verb.ANSWER, tells=True),
    ),
    Kind.EVIDENCE: (
        Choice(code="proved", label=_("It shows what it should"), verb=Verb.CLOSE, tells=True),
        Choice(
            code="not_proved",
            label=_("It does not, with words on what is missing"),
            verb=Verb.CLOSE,
            needs_words=True,
            tells=True,
        ),
    ),
    Kind.REMS_CHECK: (_DONE,),
    Kind.SUPERVISION_CHECK: (_DONE,),
    Kind.REINSTATEMENT: (
        Choice(code="reinstate", label=_("Take it back into the list"), verb=Verb.REINSTATE, two=True, tells=True),
        Choice(code="stay", label=_("It stays paused"), verb=Verb.REFUSE, needs_words=True),
    ),
    Kind.PAGE_REVIEW: (_DONE,),
}


def find_choice(kind: str, code: str) -> Choice | None:
    """The choice of this code for a kind, or None."""
    return next((choice for choice in CHOICES[Kind(kind)] if choice.code == code), None)


SAID: Mapping[Verb, str] = {
    Verb.APPROVE: _("Your change was approved."),
    Verb.RETURN: _("Your change was returned to you. Nothing of it is live; change it and send it again."),
    Verb.REFUSE: _("Your change was refused. The listing stays as it was."),
    Verb.ANSWER: _("Something on this page was reported as wrong, and a person looked into it."),
    Verb.CLOSE: _("A person looked into this listing."),
    Verb.SUSPEND: _("The listing is paused. The public reads one neutral line, and no reason."),
    Verb.REINSTATE: _("The listing is back in the list."),
    Verb.MERGE: _("Two listings of the same place were joined. This can be undone within 30 days."),
    Verb.KEEP_BOTH: _("Two listings were compared; they are two places."),
    Verb.UNDO_MERGE: _("Two listings that had been joined stand apart again."),
}
"""Verb → what those concerned read of it first."""

_SAID_OF = {
    "refuse_claim": _("Your claim was refused. The listing stays with whoever keeps it now."),
    "upheld": _("The objection was right. What it is about does not stand, and the listing says what it said before."),
    "overruled": _("The objection was looked into and not followed. What it stopped may be tried again."),
}


def said_of(verb: str, choice: str) -> str:
    """What those concerned read first of a decision."""
    return _SAID_OF.get(choice) or SAID[Verb(verb)]
