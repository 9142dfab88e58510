"""One-time codes as RFC 6238 says, and each time step once."""

import datetime as dt

import pytest

from directory.accounts import totp

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The ASCII secret 12345678901234567890 of the RFC's test vectors, in base32."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_test_vectors_of_the_rfc(seconds: int, code: str) -> None:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert totp.code_at(RFC_SECRET, totp.step_at(moment)) == code
    assert totp.matching_step(RFC_SECRET, code, moment, after=0) == totp.step_at(moment)


NOW = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
STEP = totp.step_at(NOW)


@pytest.mark.parametrize(("away", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_before_and_after_is_accepted(away: int, accepted: bool) -> None:
    typed = totp.code_at(RFC_SECRET, STEP + away)
    assert (totp.matching_step(RFC_SECRET, typed, NOW, after=0) is not None) == accepted


def test_a_step_that_was_used_and_older_ones_open_nothing() -> None:
    typed = totp.code_at(RFC_SECRET, STEP)
    assert totp.matching_step(RFC_SECRET, typed, NOW, after=STEP - 1) == STEP
    assert totp.matching_step(RFC_SECRET, typed, NOW, after=STEP) is None
    assert totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, STEP - 1), NOW, after=STEP) is None


@pytest.mark.parametrize("typed", ["", "0", "２８７０８２", "abcdef", "1" * 40])
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    assert totp.matching_step(RFC_SECRET, typed, NOW, after=0) is None


def test_a_secret_is_long_and_new_each_time() -> None:
    first, second = totp.new_secret(), totp.new_secret()
    assert first != second
    assert len(first) == 32
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"


def test_the_address_for_the_app_names_issuer_and_account() -> None:
    address = totp.address("ABCD", account="noor@harbour.example", issuer="Lantern way")
    assert address == (
        "otpauth://totp/Lantern%20way:noor%40harbour.example"
        "?secret=ABCD&issuer=Lantern%20way&algorithm=SHA1&digits=6&period=30"
    )
