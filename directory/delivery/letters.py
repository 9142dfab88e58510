"""One mail: what it says, and the bytes of it. The same message gives the same Message-ID and date in every attempt."""

import datetime as dt
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr

from directory.delivery import return_path
from directory.delivery.rules import one_mailbox
from directory.delivery.ways import Hook

# The older policy writes a mail in a third of a millisecond, the newer one in three: it parses each header it is given.
_POLICY = email.policy.compat32.clone(linesep="\r\n")
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP  # not every server takes eight bits; none refuses seven
_LONGEST_LINE = 900


class NoLongerWanted(Exception):
    """Raised by a renderer: what the message would say is no longer true, so it is dropped."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a renderer makes of a queued message: one line of subject, plain text, and the same as HTML.

    `data` is what a machine is told instead: the reference and the link, never more.
    """

    subject: str
    text: str
    html: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel is given to send: to a mailbox, or to a `hook`."""

    mailbox: str = field(repr=False)
    words: Rendered = field(repr=False)
    message_key: str
    queued_at: dt.datetime
    message: str = ""
    hook: Hook | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom our mail comes from: a neutral name, so that an inbox does not tell what its owner looked for.

    With `bounces`, the mailbox that takes bounces, each mail has a return path of its own, signed with `secret`.
    """

    name: str
    mailbox: str
    bounces: str = ""
    secret: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The right half of every Message-ID."""
        return self.mailbox.rpartition("@")[2]

    def return_path(self, letter: Letter) -> str:
        """The sender of the envelope, to which servers report what became of a mail."""
        if not self.bounces:
            return self.mailbox
        return return_path.address(self.bounces, self.secret, letter.message_key)


def message_id(letter: Letter, sender: Sender) -> str:
    """The Message-ID, with its angle brackets."""
    return f"<{letter.message_key}@{sender.domain}>"


def as_email(letter: Letter, sender: Sender) -> Message:
    """The mail. Raises ValueError when the recipient is not exactly one mailbox or a header has more than one line."""
    if one_mailbox(letter.mailbox) != letter.mailbox:
        raise ValueError("not exactly one mailbox")
    if set(letter.words.subject + sender.name) & set("\r\n"):
        raise ValueError("Header values may not contain more than one line")
    mail = MIMEMultipart("alternative", policy=_POLICY)
    mail["From"] = formataddr((sender.name, sender.mailbox))
    mail["To"] = letter.mailbox
    mail["Subject"] = _header(letter.words.subject)
    mail["Date"] = format_datetime(letter.queued_at)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation replies to us
    mail["X-Auto-Response-Suppress"] = "All"
    if sender.bounces:
        mail[return_path.HEADER] = return_path.token(sender.secret, letter.message_key)
    mail.attach(_part(letter.words.text, "plain"))
    mail.attach(_part(letter.words.html, "html"))
    return mail


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _part(text: str, kind: str) -> MIMENonMultipart:
    short = all(len(line) <= _LONGEST_LINE for line in text.splitlines())
    part = MIMENonMultipart("text", kind, policy=_POLICY)
    part.set_payload(text, "us-ascii" if short and text.isascii() else _QUOTED)
    return part
