"""Mail over SMTP: TLS as the URL asks, one recipient, and an end to every attempt."""

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from directory.delivery.channels import NotTaken
from directory.delivery.letters import Letter, Sender, as_email
from directory.delivery.rules import SEND_TIMEOUT_S, is_permanent

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

    def __repr__(self) -> str:
        return f"SmtpChannel({self._host}:{self._port}, {self._encryption})"

    def send(self, letter: Letter) -> int:
        """Sends one mail to its one recipient and returns the server's last code, 250."""
        mail = as_email(letter, self._sender).as_bytes()
        with self._session() as server:
            _expect(server.mail(self._sender.mailbox), about_recipient=False)
            _expect(server.rcpt(letter.mailbox), about_recipient=True)
            try:
                code, text = server.data(mail)
            except smtplib.SMTPDataError as error:
                raise _refusal(error, about_recipient=True) from None
            _expect((code, text), about_recipient=True)
            with suppress(smtplib.SMTPException, OSError):  # it has been taken: a poor good-bye changes nothing
                server.quit()
            return code

    def knock(self) -> None:
        """Connects, encrypts and signs in as for a mail, and sends none. Raises NotTaken when that does not work."""
        with self._session() as server, suppress(smtplib.SMTPException, OSError):
            server.quit()

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        with self._connection() as connection, _hanging_up_after(self._timeout_s, connection) as overdue:
            server = smtplib.SMTP(timeout=self._timeout_s)
            try:
                self._greet(server, connection)
                yield server
            except (NotTaken, smtplib.SMTPException, OSError) as error:
                # After we hung up, half an answer can look like any code.
                raise NotTaken("timeout") if overdue.is_set() else _what_happened(error) from None
            finally:
                server.close()

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        try:
            connection = socket.create_connection((self._host, self._port), self._timeout_s)
        except (OSError, UnicodeError):
            raise NotTaken("connect") from None
        with connection:
            connection.settimeout(self._timeout_s + 1)  # the alarm ends a wait; this is for when it cannot
            yield connection

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
    return NotTaken("refused", code=code, permanent=is_permanent(code, about_recipient=about_recipient))


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


@contextmanager
def _hanging_up_after(seconds: float, connection: socket.socket) -> Iterator[threading.Event]:
    """Ends the connection after `seconds`: a server that sends a byte now and then outlasts every timeout of a read.

    Works on a second handle of the same connection, because TLS takes the first one over.
    """
    handle = socket.socket(fileno=os.dup(connection.fileno()))
    overdue = threading.Event()

    def hang_up() -> None:
        overdue.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(seconds, hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        yield overdue
    finally:
        alarm.cancel()
        alarm.join()
        handle.close()
