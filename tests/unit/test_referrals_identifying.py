"""What is kept for other patients points to none: dates, numbers and mailboxes are noticed, doses and years are not."""

import time

import pytest

from directory.referrals import identifying

SENDER = {"sender_mailbox": "rivera@example.com", "sender_phone": "+12075550177", "npi": "1234567893"}


@pytest.mark.parametrize(
    "text",
    [
        "born 5/6/1980",
        "DOB 05-06-80",
        "seen on 1980-05-06",
        "born May 6, 1980",
        "born 6 May 1980",
        "nacida el 6 de mayo de 1980",
        "MRN 4471",
        "member id: 77",
        "her number is 4471882",
        "call (207) 555-0123",
        "call 207.555.0123.",
        "+1 207 555 0123",
        "write to pat@example.net, please",
        "social 123-45-6789",
    ],
)
def test_what_points_to_one_person_is_noticed(text: str) -> None:
    assert identifying.points_to_one(text, sender=SENDER)


@pytest.mark.parametrize(
    "text",
    [
        "Please evaluate for esketamine.",
        "Two trials of 6-8 weeks, 150-225 mg; PHQ-9 of 19 or more, BP under 140/90.",
        "56 mg twice weekly for 4 weeks, then 84 mg; maintenance since 2024.",
        "F33.2, failed 2 of 3 since 6/2024",
        "Call me at 207-555-0177 or rivera@example.com. NPI 1234567893.",
        "Response of 50% after 3.5 weeks (2-4 sessions)",
    ],
)
def test_what_clinicians_ask_about_anybody_is_not(text: str) -> None:
    assert not identifying.points_to_one(text, sender=SENDER)


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "1" * 100_000, "a@" * 50_000, "1-" * 50_000, "(1 " * 30_000, "MRN " * 25_000]
)
def test_a_long_text_is_judged_at_once(text: str) -> None:
    began = time.perf_counter()
    identifying.points_to_one(text, sender=SENDER)
    assert time.perf_counter() - began < 5
