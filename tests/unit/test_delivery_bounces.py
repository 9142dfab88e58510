"""What other servers report: believed with our own mark only, taken in once, and never enough to silence a clinic."""

import argparse
import io
import mailbox
import sys
from collections.abc import Callable
from email.message import EmailMessage, Message
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.cli import bounces as command
from directory.delivery import bounces, return_path, rules, sending
from directory.delivery.bounces import Became, Report
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.letters import Sender
from directory.delivery.models import DeliveryAttempt, OutboxState
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.queries import find_endpoint
from directory.moderation.kinds import Kind
from directory.moderation.models import QueueItem
from directory.referrals.models import ReferralTask
from directory.settings import Settings, SettingsError
from tests.support.journeys import Mail
from tests.support.mail import MailServer
from tests.support.outbox import Recorder, plain, promise, row_of
from tests.support.requests import CLINIC_MAILBOX, ready_clinic, sent_request
from tests.support.site import SECRET
from tests.support.time import Clock

KEY = "0123456789abcdef0123456789abcdef"
BOUNCES = "bounces@lanternway.example"
SENDER = Sender("Lanternway", "no-reply@lanternway.example", BOUNCES, SECRET)


def report(to: str, *, status: str = "5.1.1", action: str = "failed", quoted: str = "", kind: str = "report") -> bytes:
    """A report as a mail server writes it (RFC 3464)."""
    whole = EmailMessage()
    whole["From"], whole["To"], whole["Subject"] = "mailer-daemon@mx.example", to, "Undelivered"
    whole.set_type(f"multipart/{kind}")
    whole.set_param("report-type", "delivery-status")
    words = EmailMessage()
    words.set_content("Your mail could not be delivered.")
    told = Message()
    told.set_type("message/delivery-status")
    about, recipient = Message(), Message()
    about["Reporting-MTA"] = "dns; mx.example"
    recipient["Final-Recipient"], recipient["Action"], recipient["Status"] = "rfc822; a@b.example", action, status
    told.set_payload([about, recipient])
    parts: list[Message] = [words, told]
    if quoted:
        headers = EmailMessage()
        headers.set_content(quoted)
        headers.replace_header("Content-Type", "text/rfc822-headers")
        parts.append(headers)
    whole.set_payload(parts)
    return whole.as_bytes()


def marked(key: str = KEY, secret: str = SECRET) -> str:
    return return_path.address(BOUNCES, secret, key)


def test_the_return_path_fits_a_local_part_and_leads_back_to_its_message() -> None:
    address = marked()
    assert rules.one_mailbox(address) == address
    assert len(address.partition("@")[0]) <= 64
    assert return_path.find_key(SECRET, f"<{address.upper()}>") == KEY


@pytest.mark.parametrize("text", ["", KEY, f"{KEY}.{'0' * 20}", marked(secret="another secret"), marked()[:-25]])
def test_a_mark_that_we_did_not_make_is_none(text: str) -> None:
    assert return_path.find_key(SECRET, text) is None


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (report(marked()), Report(KEY, "5.1.1")),
        (report(marked(), status="4.4.7"), Report(KEY, "4.4.7")),
        (report(marked(), status="nonsense"), Report(KEY, "5.0.0")),
        (report(marked(), action="delayed", status="4.4.1"), Report(KEY, "")),
        (report(marked(), action="delivered", status="2.0.0"), Report(KEY, "")),
        (report("no-reply@lanternway.example", quoted=f"X-Bounce-Token: {return_path.token(SECRET, KEY)}\n"),
         Report(KEY, "5.1.1")),
        (report("no-reply@lanternway.example", quoted=f"Message-ID: <{KEY}@lanternway.example>\n"), None),
        (report(marked(secret="somebody else's")), None),
        (report(marked(), kind="mixed"), None),
        (b"", None),
        (b"\xff\xfe From: nobody\n\n\x00", None),
        (b"X" * (bounces.LARGEST + 1), None),
    ],
)  # fmt: skip
def test_only_a_report_with_our_mark_is_one(raw: bytes, found: Report | None) -> None:
    assert bounces.parse(raw, SECRET) == found


def sent(databases: Databases, smtp: MailServer) -> str:
    """A request that the mail server took; the return path of the mail to the clinic."""
    letters = Mail(databases).letters
    sending.deliver_due(databases, SmtpChannel(smtp.url, SENDER), letters, dispatch=wiring.dispatch)
    [to_clinic] = [each for each in smtp.messages if each.recipients == (CLINIC_MAILBOX,)]
    return to_clinic.sender


def state(databases: Databases) -> tuple[str, bool, list[str]]:
    """The request's status, whether its clinic's way is proved, and what waits for a person."""
    with reading(databases) as db:
        task = db.exec(select(ReferralTask)).one()
        endpoint = find_endpoint(db, task.location_id)
        assert endpoint is not None
        kinds = db.exec(select(QueueItem.kind).where(QueueItem.state == "OPEN")).all()
        return task.status, endpoint.proved_at is not None, sorted(kinds)


@pytest.fixture
def take(databases: Databases, make_settings: Callable[..., Settings]) -> Callable[[bytes], Became]:
    """Takes one mail in, as the command does."""
    settings = make_settings(bounce_mailbox=BOUNCES)
    return lambda raw: command.take(databases, settings, raw)


def test_a_bounce_makes_the_request_undeliverable_and_takes_the_proof_back_once(
    databases: Databases, smtp: MailServer, clock: Clock, take: Callable[[bytes], Became]
) -> None:
    sent_request(databases, ready_clinic(databases))
    back_to = sent(databases, smtp)
    assert state(databases) == ("sent", True, [])
    assert take(report(marked(secret="made up"))) is Became.NOT_OURS
    assert take(report(back_to, action="delayed", status="4.4.1")) is Became.NO_FAILURE
    assert state(databases) == ("sent", True, [])
    assert take(report(back_to)) is Became.BOUNCED
    after = state(databases)
    assert after[:2] == ("undeliverable", False)
    assert set(after[2]) <= {Kind.UNDELIVERABLE, Kind.NO_ROUTE}
    assert len(after[2]) == 1
    assert take(report(back_to)) is Became.KNOWN
    assert state(databases) == after
    with reading(databases) as db:
        told = db.exec(select(AuditEvent).where(AuditEvent.action == "mail_bounced")).all()
        assert [(row.subject_type, row.detail) for row in told] == [("outbox_message", {"status": "5.1.1"})]
    assert [name for name, _mailbox, _words in Mail(databases).read()] == ["request_undeliverable"]


def test_a_bounce_that_speaks_of_us_reaches_a_person_and_leaves_the_clinic_its_way(
    databases: Databases, smtp: MailServer, clock: Clock, take: Callable[[bytes], Became]
) -> None:
    sent_request(databases, ready_clinic(databases))
    assert take(report(sent(databases, smtp), status="5.7.26")) is Became.BOUNCED
    assert state(databases) == ("undeliverable", True, [Kind.UNDELIVERABLE])


def test_a_bounce_is_written_down_with_its_status_and_no_recipient(databases: Databases) -> None:
    outbox_id = promise(databases)
    with unit_of_work(databases) as db:
        key = row_of(databases, outbox_id).message_key
        assert bounces.take(db, Report(key, "5.1.1")) == (Became.BOUNCED, outbox_id)
        assert bounces.take(db, Report(KEY, "5.1.1")) == (Became.NOT_OURS, None)
    row = row_of(databases, outbox_id)
    assert (row.state, row.mailbox_sealed) == (OutboxState.BOUNCED, None)
    with reading(databases) as db:
        assert "@" not in repr(db.exec(select(DeliveryAttempt)).all())


@pytest.fixture
def read(
    database_url: str, make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Runs the command on a source; what it prints."""
    settings = make_settings(database_url=database_url, bounce_mailbox=BOUNCES)

    def run(source: str) -> str:
        assert command.read(settings, argparse.Namespace(source=source)) == 0
        return capsys.readouterr().out

    return run


def sent_keys(databases: Databases, count: int) -> list[str]:
    """The keys of so many mails that went out."""
    found = [row_of(databases, promise(databases)).message_key for _ in range(count)]
    sending.deliver_due(databases, Recorder(), plain)
    return found


def test_the_command_reads_a_maildir_and_an_mbox_file(
    databases: Databases, read: Callable[[str], str], tmp_path: Path
) -> None:
    first, second = sent_keys(databases, 2)
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "mail" / folder).mkdir(parents=True)
    (tmp_path / "mail" / "new" / "1.host").write_bytes(report(marked(first)))
    (tmp_path / "mail" / "new" / "2.host").write_bytes(b"Subject: lunch\n\nToday?\n")
    assert read(str(tmp_path / "mail")).startswith("2 mails: 1 bounced, 0 known already")
    assert len(list((tmp_path / "mail" / "cur").iterdir())) == 2
    assert read(str(tmp_path / "mail")).startswith("0 mails")
    box = mailbox.mbox(tmp_path / "box")
    box.add(report(marked(first)))
    box.add(report(marked(second)))
    box.close()
    assert read(str(tmp_path / "box")).startswith("2 mails: 1 bounced, 1 known already")
    with pytest.raises(SettingsError, match="neither a maildir"):
        read(str(tmp_path / "nowhere"))


def test_the_command_reads_one_mail_from_a_pipe(
    databases: Databases, read: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [key] = sent_keys(databases, 1)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(report(marked(key)))))
    assert read("-").startswith("1 mails: 1 bounced")
