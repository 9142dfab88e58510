"""The `smtp` fixture: a real SMTP server on loopback that answers as it is told and keeps what it accepted."""

import asyncio
import datetime as dt
import email
import email.policy
import ipaddress
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Answer(Enum):
    """What the server does with one message, besides refusing it with a code."""

    ACCEPT = "takes it and says 250"
    HANG = "takes the bytes and never answers"
    DROP = "closes the connection and has not taken it"
    ACCEPT_THEN_DROP = "takes it, and closes the connection before it says so"


@dataclass(frozen=True)
class Refuse:
    """Refuse with this code: `Refuse("451 4.7.1 later")`, or at the recipient: `Refuse("550 5.1.1 no", at="rcpt")`."""

    reply: str
    at: str = "data"


@dataclass(frozen=True)
class Received:
    """One message that the server took."""

    sender: str
    recipients: tuple[str, ...]
    over_tls: bool
    raw: bytes = field(repr=False)

    @cached_property
    def message(self) -> EmailMessage:
        """The mail itself; parsed when somebody asks, because no mail server does."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


class MailServer:
    """Runs in its own thread. `answer(…)` scripts the next messages, one answer each; after them it accepts."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, require_tls: bool = False) -> None:
        self.messages: list[Received] = []
        self._answers: deque[Answer | Refuse] = deque()
        self._changed = threading.Condition()
        self._asked = 0
        self._closed: dict[str, str] = {}
        self._loop = asyncio.new_event_loop()
        self._tls = tls
        self._require_tls = require_tls
        self._connections: set[SMTP] = set()
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)
        started = threading.Event()
        self._loop.call_soon(started.set)
        self._thread.start()
        started.wait(5)
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """For DIRECTORY_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, *answers: Answer | Refuse) -> None:
        """Script the answers to the next messages."""
        with self._changed:
            self._answers.extend(answers)

    def close(self, mailbox: str, reply: str = "550 5.1.1 no such mailbox") -> None:
        """Refuse everything to one mailbox from now on."""
        self._closed[mailbox] = reply

    def open(self, mailbox: str) -> None:
        """Take what comes for a mailbox again."""
        del self._closed[mailbox]

    def wait_for(self, count: int, timeout: float = 20) -> list[Received]:
        """The messages, once there are `count`; fails when they do not come within `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, timeout):
                raise AssertionError(f"{count} messages were expected, {len(self.messages)} came: {self.subjects()}")
            return list(self.messages)

    def wait_until_asked(self, count: int = 1, timeout: float = 20) -> None:
        """Until `count` messages have been handed over, whatever became of them."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._asked >= count, timeout)

    def newest(self, mailbox: str, subject: str, *, count: int = 1) -> str:
        """The text of the `count`-th mail to a mailbox with this subject, once it is there."""
        for _mail in range(60):
            seen = len(self.messages)
            found = [mail for mail in self.to(mailbox) if subject in str(mail["subject"])]
            if len(found) >= count:
                body = found[count - 1].get_body(("plain",))
                assert body is not None
                return str(body.get_content())
            self.wait_for(seen + 1)
        raise AssertionError(f"no mail {subject!r} to {mailbox}: {self.subjects()}")

    def subjects(self) -> list[str]:
        """The subject of every message, in order of arrival."""
        return [str(received.message["subject"]) for received in self.messages]

    def to(self, mailbox: str) -> list[EmailMessage]:
        """The messages that one mailbox got."""
        return [received.message for received in self.messages if mailbox in received.recipients]

    @property
    def connections(self) -> int:
        """How many were opened so far."""
        return len(self._connections)

    def cut(self) -> None:
        """End every connection without a word."""
        for connection in self._connections:
            self._loop.call_soon_threadsafe(_cut, connection)

    def stop(self) -> None:
        """Close every connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    # what aiosmtpd calls

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer one recipient."""
        with self._changed:
            if address in self._closed:
                return self._closed[address]
            if self._answers and isinstance(self._answers[0], Refuse) and self._answers[0].at == "rcpt":
                return cast(Refuse, self._answers.popleft()).reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer one message."""
        with self._changed:
            answer = self._answers.popleft() if self._answers else Answer.ACCEPT
            self._asked += 1
            self._changed.notify_all()
        if isinstance(answer, Refuse):
            return answer.reply
        if answer is Answer.HANG:
            await asyncio.Event().wait()
        if answer in (Answer.ACCEPT, Answer.ACCEPT_THEN_DROP):
            self._take(session, envelope)
        if answer in (Answer.DROP, Answer.ACCEPT_THEN_DROP):
            _cut(server)
        return "250 OK"

    def _take(self, session: Session, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        taken = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            over_tls=session.ssl is not None,
            raw=raw,
        )
        with self._changed:
            self.messages.append(taken)
            self._changed.notify_all()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _connection(self) -> SMTP:
        connection = SMTP(
            self,
            hostname="mail.example.org",
            tls_context=self._tls,
            require_starttls=self._require_tls,
            loop=self._loop,
        )
        self._connections.add(connection)
        return connection

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._connection, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        for connection in self._connections:
            _cut(connection)
        everything = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


def _cut(connection: SMTP) -> None:
    if connection.transport is not None:
        cast(asyncio.Transport, connection.transport).abort()


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 and localhost, and the file that trusts it (for SSL_CERT_FILE)."""

    trust_file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Made for this run, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    names: list[Any] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return Certificate(certificate_file, context)


@pytest.fixture
def make_smtp() -> Iterator[Callable[..., MailServer]]:
    """`make_smtp(tls=certificate.server, require_tls=True)` for a server with STARTTLS; `make_smtp()` without."""
    made: list[MailServer] = []

    def make(*, tls: ssl.SSLContext | None = None, require_tls: bool = False) -> MailServer:
        made.append(MailServer(tls=tls, require_tls=require_tls))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def smtp(make_smtp: Callable[..., MailServer]) -> MailServer:
    """A mail server that takes everything until it is told otherwise."""
    return make_smtp()
