"""What can wait for a person of ours: each kind with its priority, its time, and what happens if nobody acts. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from directory.accounts.permissions import Permission
from directory.terminology.code_list import CodeList
from directory.wording.say import _


class Kind(StrEnum):
    """Codes of `QueueItem.kind`."""

    CLAIM = "CLAIM"
    OBJECTION = "OBJECTION"
    SENSITIVE_EDIT = "SENSITIVE_EDIT"
    REPORT = "REPORT"
    UNDELIVERABLE = "UNDELIVERABLE"
    NO_ROUTE = "NO_ROUTE"
    SILENT_REQUEST = "SILENT_REQUEST"
    CLINIC_GONE = "CLINIC_GONE"
    LINE_DOUBT = "LINE_DOUBT"
    UNVETTED_SENDER = "UNVETTED_SENDER"
    SENT_BY_MISTAKE = "SENT_BY_MISTAKE"
    LICENCE_EXPIRY = "LICENCE_EXPIRY"
    POSSIBLE_EXCLUSION = "POSSIBLE_EXCLUSION"
    SOURCE_DIFFERENCE = "SOURCE_DIFFERENCE"
    DUPLICATE = "DUPLICATE"
    RECHECK = "RECHECK"
    REINSTATEMENT = "REINSTATEMENT"
    EVIDENCE = "EVIDENCE"
    REMS_CHECK = "REMS_CHECK"
    SUPERVISION_CHECK = "SUPERVISION_CHECK"
    PAGE_REVIEW = "PAGE_REVIEW"


ABOUT_A_REQUEST = frozenset(
    {
        Kind.UNDELIVERABLE,
        Kind.NO_ROUTE,
        Kind.SILENT_REQUEST,
        Kind.CLINIC_GONE,
        Kind.UNVETTED_SENDER,
        Kind.SENT_BY_MISTAKE,
    }
)
"""Kinds about a request's task: words on them may name a patient, and are sealed with the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """`priority` 1 is the most urgent; `workdays` until it is due; `needs`: who may see and work it."""

    code: str
    label: str
    priority: int
    workdays: int
    if_nobody: str
    needs: Permission = Permission.MODERATE


KINDS: CodeList[KindRow] = CodeList(
    "kinds of queue items",
    (
        KindRow(
            code=Kind.UNDELIVERABLE,
            label=_("Undeliverable request"),
            priority=1,
            workdays=1,
            if_nobody=_("The sender reads that it was not delivered. After 30 days the request is closed."),
        ),
        KindRow(
            code=Kind.NO_ROUTE,
            label=_("Request without a route"),
            priority=1,
            workdays=1,
            if_nobody=_("The clinic never hears of the request. After 30 days it is closed and the sender told."),
        ),
        KindRow(
            code=Kind.UNVETTED_SENDER,
            label=_("Unvetted sender"),
            priority=1,
            workdays=1,
            if_nobody=_("The clinic sees nothing. After 14 days the request is refused, and the sender told why."),
        ),
        KindRow(
            code=Kind.SENT_BY_MISTAKE,
            label=_("Sent by mistake"),
            priority=1,
            workdays=1,
            if_nobody=_("The clinic reads nothing of the request. After 14 days it counts as withdrawn."),
        ),
        KindRow(
            code=Kind.POSSIBLE_EXCLUSION,
            label=_("Possible exclusion"),
            priority=1,
            workdays=1,
            if_nobody=_("Found by number: the person stays off the page. Found by name: nothing changes."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.OBJECTION,
            label=_("Objection"),
            priority=1,
            workdays=1,
            if_nobody=_("What was stopped stays stopped, and how the clinic is reached is frozen for 30 days."),
        ),
        KindRow(
            code=Kind.CLAIM,
            label=_("Claim"),
            priority=2,
            workdays=2,
            if_nobody=_("The listing stays with whoever keeps it now."),
        ),
        KindRow(
            code=Kind.SENSITIVE_EDIT,
            label=_("Sensitive edit"),
            priority=2,
            workdays=2,
            if_nobody=_("The public page goes on saying what it said before."),
        ),
        KindRow(
            code=Kind.REINSTATEMENT,
            label=_("Reinstatement"),
            priority=2,
            workdays=2,
            if_nobody=_("The listing stays paused."),
        ),
        KindRow(
            code=Kind.LICENCE_EXPIRY,
            label=_("License expiry"),
            priority=2,
            workdays=10,
            if_nobody=_("On the day it ends the prescriber leaves the page; without another, the listing is paused."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.EVIDENCE,
            label=_("Document from a clinic"),
            priority=2,
            workdays=3,
            if_nobody=_("Nothing changes. A listing that is paused for want of this proof stays paused."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.REMS_CHECK,
            label=_("REMS certificate to confirm"),
            priority=2,
            workdays=10,
            if_nobody=_("After 90 days the page says when it was last confirmed. After 182 the listing is paused."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.SUPERVISION_CHECK,
            label=_("Supervision to check again"),
            priority=3,
            workdays=10,
            if_nobody=_(
                "After 180 days the page says when it was last checked. After twice that, the listing is paused."
            ),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.SILENT_REQUEST,
            label=_("Request without news"),
            priority=3,
            workdays=2,
            if_nobody=_("The request stays open, and nobody tells its sender how it stands."),
        ),
        KindRow(
            code=Kind.CLINIC_GONE,
            label=_("Open request at a clinic that is gone"),
            priority=2,
            workdays=1,
            if_nobody=_(
                "The sender was told and can ask another clinic at a press; until then the request stays open."
            ),
        ),
        KindRow(
            code=Kind.LINE_DOUBT,
            label=_("Refused, though listed"),
            priority=3,
            workdays=5,
            if_nobody=_("The page goes on saying that this line is not confirmed."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.RECHECK,
            label=_("Re-check by phone"),
            priority=3,
            workdays=3,
            if_nobody=_("A doubt about the phone stays on the clinic's page until somebody has called."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.REPORT,
            label=_("Reported mistake"),
            priority=3,
            workdays=5,
            if_nobody=_("After five working days it goes to the top of the queue. The page stays as it is."),
        ),
        KindRow(
            code=Kind.SOURCE_DIFFERENCE,
            label=_("Difference from a registry"),
            priority=4,
            workdays=10,
            if_nobody=_("The listing stays as it is."),
            needs=Permission.VERIFY,
        ),
        KindRow(
            code=Kind.DUPLICATE,
            label=_("Suspected duplicate"),
            priority=4,
            workdays=10,
            if_nobody=_("Both listings stay, and people find the same place twice."),
        ),
        KindRow(
            code=Kind.PAGE_REVIEW,
            label=_("Page past its review date"),
            priority=4,
            workdays=10,
            if_nobody=_("The page goes on saying that it is past its review date."),
        ),
    ),
)

ESCALATED = 0
"""The priority of what nobody has done in time: above everything else."""

PRIORITIES = {0: _("Overdue"), 1: _("Urgent"), 2: _("High"), 3: _("Normal"), 4: _("Low")}
"""What the numbers are called."""
