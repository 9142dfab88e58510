"""Every message there is: who gets it, what its row must name, and which link it carries.

A mail holds a reference and a link, never a name, a treatment or what a clinic does (DOMAIN 6.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who reads a message."""

    CLINIC = "the clinic asked"
    SENDER = "whoever sent the request"
    PATIENT = "the patient of a clinician's referral, who agreed to be written to"
    ASKER = "whoever asked for a code"
    OPERATOR = "the operator"
    PERSON = "somebody with an account"
    INVITED = "somebody who is offered a role"
    CLAIMANT = "whoever says that a listing is theirs, and whoever objects"
    REPORTER = "whoever told us of a mistake"
    WAITING = "whoever waits for a place to open"
    HOUSE = "operators and moderators"


class Link(StrEnum):
    """Where a message leads; the address is made when it is sent."""

    ANSWER = "answer"
    """/answer/TOKEN, signed anew in every mail; shows that something waits."""
    CONFIRM = "confirm"
    """/confirm/TOKEN, signed anew in every mail; a code behind it opens "all still correct" for one listing."""
    FOLLOW = "follow"
    """/requests with the reference filled in; a code opens the request from there."""
    OBJECT = "object"
    """/objections/TOKEN, signed: shows what somebody wants to change; a button there says no to it."""
    SIGN_IN = "sign in"
    """/sign-in/open/TOKEN; shows a button, in the browser that asked."""
    INVITATION = "invitation"
    """/invitation/TOKEN; shows what is offered."""
    MAILBOX_CHANGE = "mailbox change"
    """/mailbox-change/TOKEN; undoes a change of mailbox by a button."""
    ACCOUNT = "account"
    """/account: what lets its reader sign in, after signing in."""
    EMERGENCY = "emergency"
    """/house/emergency, for people of the house."""
    DECISION = "decision"
    """/decisions/TOKEN, signed: what we decided, in full words."""
    INVITED = "invited"
    """/invited/TOKEN, signed: what we list of its reader, how to claim it, and one button against further mail."""
    QUEUE = "queue"
    """/queue, after signing in."""
    CHANNEL_TEST = "channel test"
    """/channel-test/TOKEN, signed: answering there proves that what goes this way arrives."""
    TELL_ME = "tell me"
    """/tell-me/TOKEN, signed: buttons to confirm, to delete, and to see what has opened."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Message:
    """One folder of templates/messages. `ids` names what the queued row must hold."""

    audience: Audience
    link: Link
    ids: tuple[str, ...]


_TO_CLINIC = Message(Audience.CLINIC, Link.ANSWER, ("reference", "task"))
_TO_CLINIC_FOR_ITS_RECORDS = Message(Audience.CLINIC, Link.NONE, ("reference",))
_TO_SENDER = Message(Audience.SENDER, Link.FOLLOW, ("reference",))
_TO_PATIENT = Message(Audience.PATIENT, Link.FOLLOW, ("reference",))

MESSAGES: Mapping[str, Message] = {
    "referral_arrived": _TO_CLINIC,
    "referral_reminder": _TO_CLINIC,
    "referral_replied": _TO_CLINIC,
    "referral_link": _TO_CLINIC,
    "referral_changed": _TO_CLINIC,
    "referral_withdrawn": _TO_CLINIC_FOR_ITS_RECORDS,
    "referral_expired": _TO_CLINIC_FOR_ITS_RECORDS,
    "referral_lapsed": _TO_CLINIC_FOR_ITS_RECORDS,
    "referral_refused": _TO_CLINIC_FOR_ITS_RECORDS,
    "request_received": _TO_SENDER,
    "request_held": _TO_SENDER,
    "request_opened": _TO_SENDER,
    "request_accepted": _TO_SENDER,
    "request_declined": _TO_SENDER,
    "request_unanswered": _TO_SENDER,
    "request_question": _TO_SENDER,
    "request_delayed": _TO_SENDER,
    "request_undeliverable": _TO_SENDER,
    "request_withdrawn": _TO_SENDER,
    "request_expired": _TO_SENDER,
    "request_lapsed": _TO_SENDER,
    "request_news": _TO_SENDER,
    "request_completed": _TO_SENDER,
    "request_moved_on": _TO_SENDER,
    "request_list_ended": _TO_SENDER,
    "request_look_elsewhere": _TO_SENDER,
    "request_for_you": _TO_PATIENT,
    "request_deleted": Message(Audience.SENDER, Link.NONE, ("reference",)),
    "channel_test": Message(Audience.CLINIC, Link.CHANNEL_TEST, ("endpoint",)),
    "contact_changes": Message(Audience.CLINIC, Link.OBJECT, ("objection",)),
    "listing_claimed": Message(Audience.CLINIC, Link.OBJECT, ("objection",)),
    "requests_switched_off": Message(Audience.CLINIC, Link.CONFIRM, ("location",)),
    "listing_in_doubt": Message(Audience.CLINIC, Link.CONFIRM, ("location",)),
    "listing_confirm": Message(Audience.CLINIC, Link.CONFIRM, ("location",)),
    "code": Message(Audience.ASKER, Link.NONE, ("code",)),
    "sign_in_link": Message(Audience.ASKER, Link.SIGN_IN, ("sign_in",)),
    "invitation": Message(Audience.INVITED, Link.INVITATION, ("invitation",)),
    "factor_changed": Message(Audience.PERSON, Link.ACCOUNT, ("what",)),
    "role_changed": Message(Audience.PERSON, Link.ACCOUNT, ()),
    "mailbox_changed": Message(Audience.PERSON, Link.MAILBOX_CHANGE, ("change",)),
    "emergency_access": Message(Audience.HOUSE, Link.EMERGENCY, ("reference",)),
    "listing_decided": Message(Audience.CLINIC, Link.DECISION, ("what", "decision")),
    "claim_invitation": Message(Audience.CLINIC, Link.INVITED, ("invited",)),
    "claim_decided": Message(Audience.CLAIMANT, Link.NONE, ("what",)),
    "claim_refused": Message(Audience.CLAIMANT, Link.DECISION, ("decision",)),
    "objection_decided": Message(Audience.CLAIMANT, Link.DECISION, ("what", "decision")),
    "report_answered": Message(Audience.REPORTER, Link.DECISION, ("decision",)),
    "place_confirm": Message(Audience.WAITING, Link.TELL_ME, ("wait",)),
    "place_opened": Message(Audience.WAITING, Link.TELL_ME, ("wait",)),
    "queue_digest": Message(Audience.HOUSE, Link.QUEUE, ("waiting", "overdue")),
    "operator_alert": Message(Audience.OPERATOR, Link.NONE, ()),
}
