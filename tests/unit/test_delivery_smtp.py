"""Mail to a real server: encrypted as asked, refused, hanging, dropped, and never to anyone else."""

import datetime as dt
import email
import email.policy
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from directory.delivery.channels import Channel, NotTaken
from directory.delivery.channels.folder import FolderChannel
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.letters import Letter, Rendered, Sender, as_email
from tests.support.mail import Answer, Certificate, MailServer, Refuse

SENDER = Sender("Lanternway", "no-reply@lanternway.example")
SENT_AT = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)


def letter(mailbox: str = "pat@example.org", subject: str = "Grüße", text: str = "Référence R-7F3K-92\n") -> Letter:
    return Letter(mailbox, Rendered(subject, text, f"<p>{text}</p>"), "0123456789abcdef", SENT_AT)


def hand_over(url: str, *letters: Letter) -> int | None:
    """Sends over one channel and says good-bye; the last answer's code."""
    with closing(SmtpChannel(url, SENDER)) as channel:
        return [channel.send(each) for each in letters or [letter()]][-1]


def caught(channel: Channel, sent: Letter | None = None) -> NotTaken:
    with pytest.raises(NotTaken) as error, closing(channel):
        channel.send(sent or letter())
    return error.value


def test_a_letter_arrives_as_text_and_html_with_its_own_message_id(smtp: MailServer) -> None:
    assert hand_over(smtp.url) == 250
    (received,) = smtp.wait_for(1)
    assert received.sender == SENDER.mailbox
    assert received.recipients == ("pat@example.org",)
    mail = received.message
    assert mail["subject"] == "Grüße"
    assert mail["to"] == "pat@example.org"
    assert mail["from"] == "Lanternway <no-reply@lanternway.example>"
    assert mail["message-id"] == "<0123456789abcdef@lanternway.example>"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["date"].datetime == SENT_AT
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Référence R-7F3K-92"
    assert "<p>Référence" in html.get_content()
    assert received.raw.isascii()


def test_the_same_message_is_the_same_bytes_of_header_in_every_attempt(smtp: MailServer) -> None:
    channel = SmtpChannel(smtp.url, SENDER)
    smtp.answer(Answer.ACCEPT_THEN_DROP)
    assert caught(channel).reason == "dropped"
    hand_over(smtp.url)
    first, second = smtp.wait_for(2)
    for header in ("message-id", "date", "subject", "to", "from"):
        assert first.message[header] == second.message[header]


@pytest.mark.parametrize(
    ("refusal", "code", "permanent"),
    [
        (Refuse("451 4.7.1 later"), 451, False),
        (Refuse("554 5.6.0 not with these headers"), 554, True),
        (Refuse("554 no word on why"), 554, True),
        (Refuse("554 5.7.1 we do not like you"), 554, False),
        (Refuse("550 5.1.8 your sender does not exist", at="rcpt"), 550, False),
        (Refuse("550 5.1.1 nobody here", at="rcpt"), 550, True),
        (Refuse("450 4.2.1 busy", at="rcpt"), 450, False),
        (Refuse("530 5.7.0 sign in first", at="rcpt"), 530, False),
    ],
)
def test_a_refusal_tells_its_code_and_whether_it_lasts(
    smtp: MailServer, refusal: Refuse, code: int, permanent: bool
) -> None:
    smtp.answer(refusal)
    error = caught(SmtpChannel(smtp.url, SENDER))
    assert (error.code, error.permanent, error.is_unreachable) == (code, permanent, False)
    assert "example" not in str(error)
    assert smtp.messages == []


def test_fifty_mails_share_a_connection_and_the_next_one_gets_a_new_one(smtp: MailServer) -> None:
    hand_over(smtp.url, *(letter() for _ in range(51)))
    assert len(smtp.wait_for(51)) == 51
    assert smtp.connections == 2


def test_a_connection_that_ended_between_two_mails_costs_neither_of_them(smtp: MailServer) -> None:
    with closing(SmtpChannel(smtp.url, SENDER)) as channel:
        channel.send(letter())
        smtp.cut()
        channel.send(letter())
    assert len(smtp.wait_for(2)) == 2
    assert smtp.connections == 2


def test_after_a_refusal_the_next_mail_starts_clean(smtp: MailServer) -> None:
    smtp.answer(Refuse("550 5.1.1 nobody here", at="rcpt"))
    with closing(SmtpChannel(smtp.url, SENDER)) as channel:
        with pytest.raises(NotTaken):
            channel.send(letter("gone@example.org"))
        channel.send(letter())
    assert [each.recipients for each in smtp.wait_for(1)] == [("pat@example.org",)]


def test_a_server_that_hangs_ends_the_attempt_in_time(smtp: MailServer) -> None:
    smtp.answer(Answer.HANG)
    error = caught(SmtpChannel(smtp.url, SENDER, timeout_s=0.4))
    assert (error.reason, error.permanent) == ("timeout", False)


def test_a_dropped_connection_is_a_passing_failure(smtp: MailServer) -> None:
    smtp.answer(Answer.DROP)
    error = caught(SmtpChannel(smtp.url, SENDER))
    assert (error.reason, error.code, error.permanent) == ("dropped", None, False)


def test_a_server_that_is_not_there_is_unreachable(free_port: int) -> None:
    assert caught(SmtpChannel(f"smtp://127.0.0.1:{free_port}", SENDER)).is_unreachable


@contextmanager
def talking(lines: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server on loopback that talks as `lines` does, to one client."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                lines(connection, done)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def test_a_server_that_drips_cannot_hold_an_attempt_open() -> None:
    def drip(connection: socket.socket, done: threading.Event) -> None:
        while not done.wait(0.02):
            connection.sendall(b"2")

    with talking(drip) as url:
        started = time.monotonic()
        assert caught(SmtpChannel(url, SENDER, timeout_s=0.5)).reason == "timeout"
        assert time.monotonic() - started < 5


def test_a_server_that_turns_us_away_at_the_door_is_a_passing_failure() -> None:
    def closed(connection: socket.socket, _done: threading.Event) -> None:
        connection.sendall(b"554 5.3.2 closed today\r\n")

    with talking(closed) as url:
        error = caught(SmtpChannel(url, SENDER))
    assert (error.code, error.permanent) == (554, False)


def test_required_encryption_is_used(
    make_smtp: Callable[..., MailServer], certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_smtp(tls=certificate.server, require_tls=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.trust_file))
    hand_over(f"{server.url}?starttls=required")
    assert server.wait_for(1)[0].over_tls


def test_a_server_without_encryption_gets_nothing_where_it_is_required(smtp: MailServer) -> None:
    assert caught(SmtpChannel(f"{smtp.url}?starttls=required", SENDER)).reason == "no-starttls"
    assert smtp.messages == []


def test_a_certificate_nobody_vouches_for_gets_nothing_where_encryption_is_required(
    make_smtp: Callable[..., MailServer], certificate: Certificate
) -> None:
    server = make_smtp(tls=certificate.server)
    assert caught(SmtpChannel(f"{server.url}?starttls=required", SENDER)).reason == "tls"
    assert server.messages == []


def test_offered_encryption_is_taken_and_missing_encryption_forgiven_where_so_asked(
    make_smtp: Callable[..., MailServer], certificate: Certificate
) -> None:
    with_tls, without = make_smtp(tls=certificate.server), make_smtp()
    for server in (with_tls, without):
        hand_over(f"{server.url}?starttls=if-offered")
    assert with_tls.wait_for(1)[0].over_tls
    assert not without.wait_for(1)[0].over_tls


def test_encryption_is_required_unless_the_server_is_on_this_machine() -> None:
    assert "required" in repr(SmtpChannel("smtp://mail.example.org", SENDER))
    assert "if-offered" in repr(SmtpChannel("smtp://127.0.0.1:25", SENDER))
    assert "465, smtps" in repr(SmtpChannel("smtps://mail.example.org", SENDER))


def test_the_password_shows_nowhere() -> None:
    assert "hush" not in repr(SmtpChannel("smtp://user:hush@mail.example.org", SENDER))


@pytest.mark.parametrize(
    "url", ["http://mail", "smtp://", "smtp://mail?starttls=never", "smtp://mail?starttls=", "smtp://mail?tls=1"]
)
def test_an_address_that_makes_no_sense_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="DIRECTORY_SMTP_URL"):
        SmtpChannel(url, SENDER)


@pytest.mark.parametrize("mailbox", ["a@b.org, evil@x.org", "a@b.org\r\nRCPT TO:<evil@x.org>", "Pat <a@b.org>", ""])
def test_one_letter_never_reaches_two_people(smtp: MailServer, mailbox: str) -> None:
    with pytest.raises(ValueError, match="mailbox"):
        hand_over(smtp.url, letter(mailbox))
    assert smtp.messages == []


@pytest.mark.parametrize("subject", ["One\r\nBcc: evil@x.org", "One\nTwo", "One\rTwo"])
def test_a_subject_cannot_smuggle_a_header_in(smtp: MailServer, subject: str) -> None:
    with pytest.raises(ValueError, match="Header"):
        hand_over(smtp.url, letter(subject=subject))
    assert smtp.messages == []


def test_a_line_with_a_single_dot_does_not_end_the_mail(smtp: MailServer) -> None:
    hand_over(smtp.url, letter(text="one\n.\ntwo\n" + "long " * 400 + "\n"))
    body = smtp.wait_for(1)[0].message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[:3] == ["one", ".", "two"]


def test_without_a_server_mail_becomes_files_whole_and_once(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path / "mail", SENDER)
    channel.send(letter())
    channel.send(letter())
    channel.close()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    kept = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert kept["subject"] == "Grüße"
    assert kept["message-id"] == as_email(letter(), SENDER)["message-id"]


def test_a_folder_that_cannot_be_written_is_a_passing_failure(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    error = caught(FolderChannel(tmp_path / "mail", SENDER))
    assert (error.reason, error.permanent) == ("folder", False)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
