"""Calls to partners: signed, short, to the address that was checked, and to none of ours or our neighbours'."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
import time
from typing import Any

import pytest

from directory.delivery import actions, addresses, sending
from directory.delivery.channels import NotTaken
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.channels.webhook import WebhookChannel, new_secret, signature
from directory.delivery.leases import Job
from directory.delivery.letters import Letter, Rendered
from directory.delivery.loop import Chore, Loop
from directory.delivery.models import OutboxState
from directory.delivery.ways import Hook
from directory.lib.db import Databases, unit_of_work
from tests.support.mail import Answer, MailServer
from tests.support.outbox import Heard, plain, promise, row_of
from tests.support.outbox_worker import SENDER
from tests.support.partner import Partner
from tests.support.time import Clock

SECRET = new_secret()
QUEUED_AT = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
TOLD = {"reference": "R-7F3K-92", "link": "https://lanternway.example/answer/token"}

HOSTILE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:1::1", "2001:db8::1", "100::1", "not an address",
]  # fmt: skip


def letter(url: str, secret: str = SECRET) -> Letter:
    return Letter("", Rendered("", "", "", TOLD), "0123456789abcdef", QUEUED_AT, "referral_arrived", Hook(url, secret))


def told_in_data(_db: object, _job: Job) -> Rendered:
    return Rendered("", "", "", TOLD)


def caught(channel: WebhookChannel, url: str) -> NotTaken:
    with pytest.raises(NotTaken) as error:
        channel.send(letter(url))
    return error.value


def resolving(*found: str) -> Any:
    """A resolver that gives these addresses whatever it is asked, once each time."""

    def resolve(_host: str, port: int, **_how: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET6 if ":" in text else socket.AF_INET, 1, 6, "", (text, port)) for text in found]

    return resolve


def test_a_call_is_signed_and_holds_a_reference_and_a_link_and_nothing_else(partner: Partner, clock: Clock) -> None:
    assert WebhookChannel(loopback=True).send(letter(partner.url)) == 204
    (call,) = partner.calls
    assert call.path == "/hooks?of=harbour"
    assert json.loads(call.body) == {"type": "referral.arrived", "timestamp": "2026-03-10T15:00:00+00:00", "data": TOLD}
    assert call.headers["host"] == f"127.0.0.1:{partner.port}"
    assert call.headers["webhook-id"] == "msg_0123456789abcdef"
    assert int(call.headers["webhook-timestamp"]) == int(clock.now().timestamp())
    signed = b".".join([b"msg_0123456789abcdef", call.headers["webhook-timestamp"].encode(), call.body])
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert call.headers["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_the_one_of_the_specification() -> None:
    # The example of the Standard Webhooks specification and of its libraries.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("code", "headers", "permanent", "wait_s"),
    [
        (301, {"Location": "http://127.0.0.1/"}, False, None),
        (307, {"Location": "http://169.254.169.254/"}, False, None),
        (400, {}, False, None),
        (410, {}, True, None),
        (429, {"Retry-After": "120"}, False, 120.0),
        (503, {"Retry-After": "nonsense"}, False, None),
    ],
)
def test_anything_but_a_2xx_is_a_no_and_nothing_is_followed(
    partner: Partner, code: int, headers: dict[str, str], permanent: bool, wait_s: float | None
) -> None:
    partner.answer(code, headers)
    error = caught(WebhookChannel(loopback=True), partner.url)
    assert (error.code, error.permanent, error.wait_s, error.is_unreachable) == (code, permanent, wait_s, False)
    assert len(partner.calls) == 1


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_not_in_the_open_network_is_never_called(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1"])
def test_an_address_in_the_open_network_is(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_not_called_under_any_of_its_names(partner: Partner, host: str) -> None:
    error = caught(WebhookChannel(), f"https://{host}:{partner.port}/hooks")
    assert (error.reason, error.permanent) == ("forbidden-address", True)
    assert partner.calls == []


def test_one_private_address_among_public_ones_is_enough_to_refuse_them_all() -> None:
    channel = WebhookChannel(resolve=resolving("93.184.216.34", "10.0.0.1"))
    assert caught(channel, "https://partner.example/hooks").reason == "forbidden-address"


def test_a_name_is_asked_for_once_so_that_its_answer_cannot_change_between_check_and_call(partner: Partner) -> None:
    asked = []

    def resolve(host: str, port: int, **how: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    channel = WebhookChannel(loopback=True, resolve=resolve)
    assert channel.send(letter(f"http://partner.example:{partner.port}/hooks")) == 204
    assert asked == ["partner.example"]
    assert partner.calls[0].headers["host"] == f"partner.example:{partner.port}"


@pytest.mark.parametrize("url", ["ftp://partner.example/", "https://", "https://user:pw@partner.example/", "/hooks"])
def test_what_is_no_plain_web_address_is_never_called(url: str) -> None:
    assert caught(WebhookChannel(), url).permanent


def test_nothing_is_sent_in_the_clear_and_to_no_other_port() -> None:
    channel = WebhookChannel(resolve=resolving("93.184.216.34"))
    assert caught(channel, "http://partner.example:443/hooks").reason == "no-tls"
    assert caught(channel, "https://partner.example:22/hooks").reason == "forbidden-address"


def test_a_server_that_never_answers_costs_one_wait_and_is_left_alone_for_a_while(partner: Partner) -> None:
    partner.answer(0)
    channel = WebhookChannel(loopback=True, timeout_s=0.3)
    begun = time.monotonic()
    assert caught(channel, partner.url).reason == "timeout"
    assert caught(channel, partner.url).reason == "resting"
    assert time.monotonic() - begun < 5
    assert len(partner.calls) == 1


def test_a_queued_call_goes_out_in_its_own_lane_and_its_secret_is_forgotten(
    databases: Databases, partner: Partner
) -> None:
    with unit_of_work(databases) as db:
        hook = Hook(partner.url, SECRET)
        row = actions.queue(db, message="referral_arrived", hook=hook, ids={"reference": "R-7F3K-92", "task": "t"})
    mail = promise(databases)
    assert SECRET.encode() not in (row.mailbox_sealed or b"")
    assert sending.deliver_due(databases, WebhookChannel(loopback=True), told_in_data, dispatch=Heard()) == 1
    found = row_of(databases, row.id)
    assert (found.state, found.last_code, found.mailbox_sealed) == (OutboxState.SENT, 204, None)
    assert row_of(databases, mail).state == OutboxState.QUEUED


def test_partners_do_not_wait_for_each_other_and_none_is_called_twice_at_once(databases: Databases) -> None:
    begun, may_end = threading.Event(), threading.Event()
    called: list[str] = []

    class OneIsSlow(WebhookChannel):
        def send(self, letter: Letter) -> int:
            assert letter.hook is not None
            slow = letter.hook.url.startswith("https://slow.")
            called.append("slow" if slow else "quick")
            if not slow:
                return 204
            begun.set()
            assert may_end.wait(10)
            return 204

    with unit_of_work(databases) as db:
        for url in ("https://slow.example/a", "https://slow.example/b", "https://quick.example/"):
            ids = {"reference": "R-7F3K-92", "task": "t"}
            actions.queue(db, message="referral_arrived", hook=Hook(url, SECRET), ids=ids)
    channel, busy = OneIsSlow(), sending.Busy()

    def deliver() -> int:
        return sending.deliver_due(databases, channel, told_in_data, busy=busy)

    first = threading.Thread(target=deliver)
    first.start()
    try:
        assert begun.wait(10)
        assert deliver() == 1
        assert called == ["slow", "quick"]
    finally:
        may_end.set()
        first.join(10)
    assert called == ["slow", "quick", "slow"]
    assert busy.servers == set()


def test_a_call_that_is_asked_to_wait_waits_at_least_so_long(
    databases: Databases, partner: Partner, clock: Clock
) -> None:
    partner.answer(503, {"Retry-After": "3600"})
    with unit_of_work(databases) as db:
        hook = Hook(partner.url, SECRET)
        row = actions.queue(db, message="referral_arrived", hook=hook, ids={"reference": "R-7F3K-92", "task": "t"})
    sending.deliver_due(databases, WebhookChannel(loopback=True), told_in_data)
    assert row_of(databases, row.id).due_at == clock.now() + dt.timedelta(hours=1)


def test_a_mail_server_that_hangs_holds_up_neither_calls_nor_the_timers(
    databases: Databases, smtp: MailServer, partner: Partner
) -> None:
    smtp.answer(Answer.HANG)
    promise(databases)
    with unit_of_work(databases) as db:
        hook = Hook(partner.url, SECRET)
        row = actions.queue(db, message="referral_arrived", hook=hook, ids={"reference": "R-7F3K-92", "task": "t"})
    mail, kept = SmtpChannel(smtp.url, SENDER, timeout_s=5), threading.Event()

    def by_mail(stopping: Any) -> int:
        return sending.deliver_due(databases, mail, plain, stopping=stopping)

    def by_call(stopping: Any) -> int:
        called.wait(10)  # not before the mail hangs
        return sending.deliver_due(databases, WebhookChannel(loopback=True), told_in_data, stopping=stopping)

    called = threading.Event()
    loop = Loop([by_mail, by_call], chores=[Chore("timers", 60, kept.set)])
    loop.start()
    try:
        smtp.wait_until_asked()
        called.set()
        partner.wait_for(1)
        assert kept.wait(10)
        assert smtp.messages == []
    finally:
        assert loop.stop()
    assert row_of(databases, row.id).state == OutboxState.SENT
