"""The mail server the other tests lean on does what it says."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.support.mail import Answer, Certificate, MailServer, Refuse


def send(server: MailServer, *, timeout: float = 5, trust: Certificate | None = None) -> None:
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message.set_content("One line.\n")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=timeout) as client:
        if trust is not None:
            client.starttls(context=ssl.create_default_context(cafile=str(trust.trust_file)))
        client.send_message(message)


def test_a_message_is_kept_as_it_came(smtp: MailServer) -> None:
    send(smtp)
    (received,) = smtp.wait_for(1)
    assert received.recipients == ("b@example.org",)
    assert received.message["subject"] == "Grüße"
    assert received.message.get_content().splitlines() == ["One line."]
    assert not received.over_tls


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Refuse("451 4.7.1 later"), smtplib.SMTPDataError),
        (Refuse("554 5.7.1 never"), smtplib.SMTPDataError),
        (Refuse("550 5.1.1 nobody here", at="rcpt"), smtplib.SMTPRecipientsRefused),
    ],
)
def test_a_refused_message_is_not_kept_and_the_next_one_is(
    smtp: MailServer, refusal: Refuse, error: type[Exception]
) -> None:
    smtp.answer(refusal)
    with pytest.raises(error):
        send(smtp)
    assert smtp.messages == []
    send(smtp)
    assert len(smtp.wait_for(1)) == 1


def test_a_hanging_server_runs_the_sender_into_its_timeout(smtp: MailServer) -> None:
    smtp.answer(Answer.HANG)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(smtp, timeout=0.3)
    assert smtp.messages == []


@pytest.mark.parametrize(("answer", "kept"), [(Answer.DROP, 0), (Answer.ACCEPT_THEN_DROP, 1)])
def test_a_dropped_connection_leaves_the_sender_without_an_answer(smtp: MailServer, answer: Answer, kept: int) -> None:
    smtp.answer(answer)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(smtp)
    assert len(smtp.messages) == kept


def test_mail_over_tls_is_told_from_mail_in_the_clear(
    make_smtp: Callable[..., MailServer], certificate: Certificate
) -> None:
    server = make_smtp(tls=certificate.server, require_tls=True)
    with pytest.raises(smtplib.SMTPException):
        send(server)
    send(server, trust=certificate)
    (received,) = server.wait_for(1)
    assert received.over_tls
