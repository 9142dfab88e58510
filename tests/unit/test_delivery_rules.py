"""Waits, refusals and mailboxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.delivery import rules


def test_twelve_attempts_span_three_days() -> None:
    assert len(rules.SCHEDULE_S) == 12
    assert 70 <= sum(rules.SCHEDULE_S) / 3600 <= 74
    assert rules.wait_after(12, 0.5) is None
    assert rules.wait_after(11, 0.5) is not None


@given(st.integers(1, 11), st.floats(0, 1))
def test_a_wait_is_the_scheduled_one_give_or_take_a_quarter(failures: int, chance: float) -> None:
    wait = rules.wait_after(failures, chance)
    assert wait is not None
    scheduled = rules.SCHEDULE_S[failures]
    assert scheduled * 0.75 <= wait.total_seconds() <= scheduled * 1.25


def test_a_send_ends_well_before_its_lease_does() -> None:
    assert rules.LEASE.total_seconds() / 2 > rules.GROUP_S + rules.SEND_TIMEOUT_S


@pytest.mark.parametrize(
    ("code", "about_recipient", "permanent"),
    [(550, True, True), (554, True, True), (451, True, False), (None, True, False), (550, False, False)],
)
def test_only_a_lasting_refusal_of_this_mail_is_permanent(
    code: int | None, about_recipient: bool, permanent: bool
) -> None:
    assert rules.is_permanent(code, about_recipient=about_recipient) is permanent


@pytest.mark.parametrize(
    ("enhanced", "permanent"),
    [
        *((code, True) for code in ("5.1.1", "5.2.1", "5.4.4", "5.6.0", "")),
        *((code, False) for code in ("5.7.1", "5.7.26", "5.1.8", "5.1.7", "5.3.2", "5.5.0")),
    ],
)
def test_a_refusal_that_speaks_of_us_waits_for_an_operator(enhanced: str, permanent: bool) -> None:
    assert rules.enhanced_code(f"{enhanced} and more words 5.9.9") == enhanced
    assert rules.is_permanent(550, enhanced, about_recipient=True) is permanent


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("pat@example.org", "pat@example.org"),
        ("  Pat.O'Neil+x@EXAMPLE.Org\n", "Pat.O'Neil+x@example.org"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
    ],
)
def test_one_plain_mailbox_is_taken(text: str, mailbox: str) -> None:
    assert rules.one_mailbox(text) == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "pat",
        "pat@",
        "@example.org",
        "pat@localhost",
        "a@b.org, evil@x.org",
        "a@b.org;evil@x.org",
        "a@b.org evil@x.org",
        "Pat <pat@example.org>",
        "a@b.org\r\nBcc: evil@x.org",
        "a\n@example.org",
        '"a b"@example.org',
        "a@[127.0.0.1]",
        "a@1.2.3.4",
        "a..b@example.org",
        ".a@example.org",
        "a@example..org",
        "a@-example.org",
        "a@b@example.org",
        "ä@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org",
        "a@" + "b" * 64 + ".org",
        "a%0d%0a@ex ample.org",
        "a@example.org\x00",
    ],
)
def test_anything_else_is_not_a_mailbox(text: str) -> None:
    assert rules.one_mailbox(text) is None


@given(st.text(max_size=80) | st.from_regex(r"[^@]{1,20}@[^@]{1,20}\.[a-z]{2,5}", fullmatch=True))
def test_a_mailbox_is_settled_after_one_look_and_fits_one_header(text: str) -> None:
    mailbox = rules.one_mailbox(text)
    if mailbox is not None:
        assert rules.one_mailbox(mailbox) == mailbox
        assert mailbox.isascii()
        assert mailbox.isprintable()
        assert mailbox.count("@") == 1
        assert not set(mailbox) & set(' ,;<>"()[]\\:')
