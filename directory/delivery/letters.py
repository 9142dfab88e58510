"""One mail: what it says, and the bytes of it. The same message gives the same Message-ID and date in every attempt."""

import datetime as dt
import email.policy
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from directory.delivery.rules import one_mailbox

# Not every server takes eight bits; none refuses seven.
_SEVEN_BIT = email.policy.SMTP.clone(cte_type="7bit")


class NoLongerWanted(Exception):
    """Raised by a renderer: what the message would say is no longer true, so it is dropped."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a renderer makes of a queued message: one line of subject, plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel is given to send."""

    mailbox: str = field(repr=False)
    words: Rendered = field(repr=False)
    message_key: str
    queued_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom our mail comes from: a neutral name, so that an inbox does not tell what its owner looked for."""

    name: str
    mailbox: str

    @property
    def domain(self) -> str:
        """The right half of every Message-ID."""
        return self.mailbox.rpartition("@")[2]


def message_id(letter: Letter, sender: Sender) -> str:
    """The Message-ID, with its angle brackets."""
    return f"<{letter.message_key}@{sender.domain}>"


def as_email(letter: Letter, sender: Sender) -> EmailMessage:
    """The mail. Raises ValueError when the recipient is not exactly one mailbox or a header has more than one line."""
    if one_mailbox(letter.mailbox) != letter.mailbox:
        raise ValueError("not exactly one mailbox")
    mail = EmailMessage(policy=_SEVEN_BIT)
    mail["From"] = Address(display_name=sender.name, addr_spec=sender.mailbox)
    mail["To"] = Address(addr_spec=letter.mailbox)
    mail["Subject"] = letter.words.subject
    mail["Date"] = format_datetime(letter.queued_at)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation replies to us
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.words.text)
    mail.add_alternative(letter.words.html, subtype="html")
    return mail
