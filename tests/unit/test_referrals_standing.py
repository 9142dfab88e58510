"""How a request stands in its sender's words; and the texts that are agreed to, by their versions."""

import datetime as dt
import hashlib

import pytest

from directory.lib.ids import new_id
from directory.referrals import consent
from directory.referrals.lifecycle import step
from directory.referrals.models import DraftKind, ReferralTask, StatusChange, Who
from directory.referrals.standing import Standing, standing
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.web.templates import FOLDER

AT = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)


def task_after(*verbs: str, **brings: object) -> tuple[ReferralTask, list[StatusChange]]:
    task = ReferralTask(
        id=new_id(),
        referral_id=new_id(),
        location_id=new_id(),
        urgency="routine",
        time_zone="America/New_York",
        status="draft",
        status_at=AT,
    )
    who = {"send": Who.SENDER, "withdraw": Who.SENDER, "expire": Who.SYSTEM, "fail_delivery": Who.SYSTEM}
    history = []
    for verb in verbs:
        given = brings if verb in {"decline", "ask"} else {}
        history.append(step(task, verb, by=who.get(verb, Who.CLINIC), actor="x", at=AT, **given))  # type: ignore[arg-type]
    return task, history


def stands(*verbs: str, days: float = 0, source: str = "PATIENT", **given: object) -> Standing:
    on_its_way = bool(given.pop("on_its_way", False))
    task, history = task_after(*verbs, **given)
    return standing(task, history, source=source, now=AT + dt.timedelta(days=days), on_its_way=on_its_way)


def test_what_comes_next_is_said_with_its_day() -> None:
    assert stands("send").following == (
        "If the clinic has not answered by Thursday, March 12, 2026, we remind it.",
        "If there is still no answer on Tuesday, March 17, 2026, we tell you so and name other clinics.",
        "Without an answer the request ends on Thursday, April 9, 2026.",
    )


def test_after_five_silent_working_days_other_clinics_are_named() -> None:
    before, after = stands("send", days=6), stands("send", days=7.5)
    assert (before.others, before.phone_now) == (False, False)
    assert (after.others, after.phone_now) == (True, True)
    assert "The clinic has been silent for a while." in " ".join(after.following)


def test_a_question_without_an_answer_is_not_called_the_clinics_silence() -> None:
    asked = stands("send", "ask", days=8, note=True)
    assert (asked.others, asked.phone_now) == (False, False)
    closed = stands("send", "ask", "expire", days=28, note=True)
    assert closed.sentence == "The clinic had a question, and no answer came to it. The request is closed."
    assert "The clinic asked a question" in [line.title for line in closed.happened]
    assert "did not answer in time" in stands("send", "expire", days=30).sentence


@pytest.mark.parametrize("row", list(DECLINE_REASONS), ids=lambda row: row.code)
def test_a_patient_reads_a_plain_group_and_never_the_coded_reason(row: object) -> None:
    code, label = row.code, row.label  # type: ignore[attr-defined]
    told = stands("send", "decline", reason=code, note=True)
    words = " ".join([told.label, told.sentence, *told.following, *(line.title for line in told.happened)])
    assert DECLINE_REASONS[code].plain.label in words
    assert DECLINE_REASONS[code].plain.next_step in words
    assert label not in words
    assert "ligible" not in words
    assert label in " ".join(stands("send", "decline", reason=code, note=True, source="CLINICIAN").following)


def test_nothing_is_called_sent_that_has_not_gone() -> None:
    told = stands("send", on_its_way=True)
    assert told.label == "On its way"
    assert "It has not reached its mailbox yet." in told.sentence
    assert stands("send", "fail_delivery").sentence.startswith("We could not deliver your request.")


def test_what_happened_is_told_in_order_with_what_is_still_to_come() -> None:
    told = stands("send", "open").happened
    assert [(line.title, line.state) for line in told] == [
        ("You sent the request", "done"),
        ("The clinic opened it", "now"),
        ("The clinic answers", "ahead"),
    ]


@pytest.mark.parametrize(
    ("verbs", "may_withdraw"),
    [(("send",), True), (("send", "open", "accept"), True), (("send", "withdraw"), False), (("send", "expire"), False)],
)
def test_what_is_closed_cannot_be_withdrawn(verbs: tuple[str, ...], may_withdraw: bool) -> None:
    assert stands(*verbs).may_withdraw is may_withdraw


TEXTS = {
    (consent.NOTICE, "notice_text.html"): "e68b9d4756597c98",
    (consent.DISCLOSURES, "disclosures_text.html"): "32a6d440c0339c3f",
    (consent.CONSENTS[DraftKind.PATIENT], "consent_patient.html"): "c11bf5344ec0cc6f",
    (consent.CONSENTS[DraftKind.CLINICIAN], "consent_clinician.html"): "18cb443896c1a817",
    (consent.MAIL, "consent_mail.html"): "c5c2cb064c88affe",
}
"""(version, file) → digest of the text of that version. A changed text needs a new version, and a new line here."""


@pytest.mark.parametrize(("version", "file"), TEXTS, ids=lambda part: part)
def test_a_text_that_is_agreed_to_keeps_its_words_under_its_version(version: str, file: str) -> None:
    words = (FOLDER / "referrals" / file).read_text()
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == TEXTS[version, file]
