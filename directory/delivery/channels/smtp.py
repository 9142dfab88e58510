"""Mail over SMTP: TLS as the URL asks, one recipient, and an end to every attempt."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from directory.delivery.channels import NotTaken
from directory.delivery.deadline import Deadline
from directory.delivery.letters import Letter, Sender, as_email
from directory.delivery.models import Lane
from directory.delivery.rules import SEND_TIMEOUT_S, enhanced_code, is_permanent

MAILS_A_CONNECTION = 50
GOOD_BYE_S = 2.0
Answer = TypeVar("Answer")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Encryption(StrEnum):
    """When the connection is encrypted."""

    FROM_THE_START = "smtps"
    REQUIRED = "required"
    IF_OFFERED = "if-offered"


class SmtpChannel:
    """Sends through the server that `url` names.

    `smtps://host` is encrypted from the start. `smtp://host` is encrypted by STARTTLS: `?starttls=required` (the
    default) sends nothing without a certificate that fits; `?starttls=if-offered` (the default on loopback) encrypts
    where it can. `user:password@` signs in, and never in the clear. Raises ValueError for another URL.
    """

    name = "smtp"
    lane = Lane.MAIL

    def __init__(self, url: str, sender: Sender, *, timeout_s: float = SEND_TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("DIRECTORY_SMTP_URL must be like smtp://mail.example.org:587 or smtps://mail.example.org.")
        self._host = parts.hostname
        self._encryption = _encryption(parts.scheme, parts.query, self._host)
        self._port = parts.port or (465 if self._encryption is Encryption.FROM_THE_START else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._timeout_s = timeout_s
        self._ends_at = 0.0
        self._line: _Line | None = None

    def __repr__(self) -> str:
        return f"SmtpChannel({self._host}:{self._port}, {self._encryption})"

    def send(self, letter: Letter) -> int:
        """Sends one mail to its one recipient and returns the server's last code, 250.

        The connection stays open for the next one, MAILS_A_CONNECTION at most, until `close`.
        """
        mail = as_email(letter, self._sender).as_bytes()
        self._ends_at = time.monotonic() + self._timeout_s
        line = self._line_for(self._sender.return_path(letter))
        self._ask(line, lambda server: _expect(server.rcpt(letter.mailbox), about_recipient=True))
        code = self._ask(line, lambda server: _data(server, mail))
        line.mails += 1
        return code

    def knock(self) -> None:
        """Connects, encrypts and signs in as for a mail, and sends none. Raises NotTaken when that does not work."""
        self._ends_at = time.monotonic() + self._timeout_s
        self._dial()
        self.close()

    def close(self) -> None:
        """Says good-bye. What was taken is taken: a poor answer changes nothing."""
        if self._line is not None:
            with suppress(smtplib.SMTPException, OSError), self._line.deadline.within(GOOD_BYE_S):
                self._line.server.quit()
            self._hang_up()

    def _line_for(self, return_path: str) -> "_Line":
        """A connection on which the server takes a mail with this return path: the open one if it still does."""
        if self._line is not None and self._line.mails >= MAILS_A_CONNECTION:
            self.close()
        if self._line is not None:
            try:  # nothing of the mail has been said yet, so that asking anew repeats nothing
                with self._line.deadline.within(self._left_s()):
                    if self._line.server.mail(return_path)[0] == 250:
                        return self._line
            except (smtplib.SMTPException, OSError):
                pass
            self._hang_up()
        line = self._dial()
        self._ask(line, lambda server: _expect(server.mail(return_path), about_recipient=False))
        return line

    def _ask(self, line: "_Line", say: Callable[[smtplib.SMTP], Answer]) -> Answer:
        """One question of the conversation. Whatever goes wrong ends the connection: the next mail starts clean."""
        try:
            with line.deadline.within(self._left_s()):
                return say(line.server)
        except (NotTaken, smtplib.SMTPException, OSError) as error:
            overdue = line.deadline.overdue
            self._hang_up()
            # After we hung up, half an answer can look like any code.
            raise NotTaken("timeout") if overdue else _what_happened(error) from None

    def _dial(self) -> "_Line":
        try:
            connection = socket.create_connection((self._host, self._port), self._left_s())
        except (OSError, UnicodeError):
            raise NotTaken("connect") from None
        connection.settimeout(self._timeout_s + 1)  # the deadline ends a wait; this is for when it cannot
        self._line = line = _Line(smtplib.SMTP(timeout=self._timeout_s), connection, Deadline(connection))
        self._ask(line, lambda server: self._greet(server, connection))
        return line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.server.close()
            self._line.connection.close()
            self._line.deadline.close()
        self._line = None

    def _left_s(self) -> float:
        return max(0.01, self._ends_at - time.monotonic())

    def _greet(self, server: smtplib.SMTP, connection: socket.socket) -> None:
        server._host = self._host  # type: ignore[attr-defined]  # the name that starttls checks the certificate for
        encrypted = self._encryption is Encryption.FROM_THE_START
        server.sock = _wrap(connection, self._host) if encrypted else connection
        code, text = server.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        server.ehlo_or_helo_if_needed()
        if self._encryption is Encryption.REQUIRED or (
            self._encryption is Encryption.IF_OFFERED and server.has_extn("starttls")
        ):
            self._start_tls(server)
            encrypted = True
        if self._user:
            if not encrypted and self._host not in _LOOPBACK:
                raise NotTaken("clear-password")
            server.login(self._user, self._password)

    def _start_tls(self, server: smtplib.SMTP) -> None:
        context = ssl.create_default_context()
        if self._encryption is Encryption.IF_OFFERED:
            # Unproved encryption still beats none; who wants proof asks for `required`.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if not server.has_extn("starttls"):
            raise NotTaken("no-starttls")
        code, text = server.starttls(context=context)
        if code != 220:
            raise smtplib.SMTPResponseException(code, text)
        server.ehlo()


@dataclass(slots=True)
class _Line:
    """An open connection, and how many mails went over it."""

    server: smtplib.SMTP
    connection: socket.socket
    deadline: Deadline
    mails: int = 0


def _data(server: smtplib.SMTP, mail: bytes) -> int:
    try:
        code, text = server.data(mail)
    except smtplib.SMTPDataError as error:
        raise _refusal(error, about_recipient=True) from None
    _expect((code, text), about_recipient=True)
    return code


def _encryption(scheme: str, query: str, host: str) -> Encryption:
    asked = parse_qs(query, keep_blank_values=True)
    if unknown := set(asked) - {"starttls"}:
        raise ValueError(f"DIRECTORY_SMTP_URL asks for {sorted(unknown)[0]!r}; it can ask for starttls only.")
    if scheme == "smtps":
        return Encryption.FROM_THE_START
    default = Encryption.IF_OFFERED if host in _LOOPBACK else Encryption.REQUIRED
    value = asked.get("starttls", [default.value])[-1]
    if value not in {Encryption.REQUIRED.value, Encryption.IF_OFFERED.value}:
        raise ValueError(f"DIRECTORY_SMTP_URL has starttls={value!r}; it can be required or if-offered.")
    return Encryption(value)


def _wrap(connection: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(connection, server_hostname=host)


def _expect(reply: tuple[int, bytes], *, about_recipient: bool) -> None:
    code, text = reply
    if not 200 <= code <= 299:
        raise _refusal(smtplib.SMTPResponseException(code, text), about_recipient=about_recipient)


def _refusal(error: smtplib.SMTPResponseException, *, about_recipient: bool) -> NotTaken:
    code = int(error.smtp_code)
    if code == -1:  # smtplib's way of saying that no answer could be read
        return NotTaken("dropped")
    about_recipient = about_recipient and code not in {530, 534, 535, 538}  # sign in first: about us, RFC 4954
    text = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("ascii", "replace")
    permanent = is_permanent(code, enhanced_code(text), about_recipient=about_recipient)
    return NotTaken("refused", code=code, permanent=permanent)


def _what_happened(error: Exception) -> NotTaken:
    match error:
        case NotTaken():
            return error
        case smtplib.SMTPResponseException():
            return _refusal(error, about_recipient=False)
        case ssl.SSLError():
            return NotTaken("tls")
        case TimeoutError():
            return NotTaken("timeout")
        case smtplib.SMTPServerDisconnected() | ConnectionError():
            return NotTaken("dropped")
        case _:
            return NotTaken(type(error).__name__)
