"""What the forms take, what they refuse, and in which words."""

import datetime as dt
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict

from directory.referrals import rules
from directory.referrals.forms import clinician, patient, replies
from directory.referrals.forms.steps import ASK, REFER
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.web.forms import Filled, Form, fill
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _at_the_start(clock: Clock) -> None:
    """Today is March 10, 2026."""


def filled(form: type[Form], **typed: Any) -> Filled[Any]:
    pairs = [(name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])]
    return fill(form, FormMultiDict(pairs))


SENDER = {
    "sender_name": "Dr Rivera",
    "npi": "1234567893",
    "organization": "Rivera Psychiatry",
    "sender_phone": "207-555-0177",
    "sender_mailbox": "Rivera@Example.COM",
}
CONTRAINDICATIONS = {"aneurysm": "NO", "avm": "NO", "ich": "NO", "hypersens": "NO"}
SCORED = {"scored_month": "3", "scored_day": "1", "scored_year": "2026"}
BORN = {"born_month": "5", "born_day": "6", "born_year": "1980"}


@pytest.mark.parametrize(
    ("form", "typed", "field", "words"),
    [
        (patient.Begin, {"agree_collect": "yes"}, "agree_share", "share it with this clinic"),
        (patient.Danger, {"danger": "maybe"}, "danger", "Choose yes or no"),
        (patient.Name, {"patient_name": "  "}, "patient_name", "Enter a name"),
        (patient.Contact, {"prefers": "call"}, "email", "Enter a phone number or an email address"),
        (patient.Contact, {"phone": "555", "prefers": "call"}, "phone", "with its area code"),
        (patient.Contact, {"phone": "1115550123", "prefers": "call"}, "phone", "with its area code"),
        (patient.Contact, {"phone": "2075550123", "prefers": "email"}, "prefers", "enter an email address"),
        (patient.Contact, {"email": "pat@example.net", "prefers": "text"}, "prefers", "enter a phone number"),
        (patient.Contact, {"email": "a@b.org, c@d.org", "prefers": "email"}, "email", "one email address"),
        (patient.Contact, {"email": "a@b.org\nBcc: c@d.org", "prefers": "email"}, "email", "one email address"),
        (patient.Where, {"zip5": "041O1"}, "zip5", "five digits"),
        (patient.About, {"condition": "F33.2"}, "condition", "Choose one"),
        (patient.Treatment, {"treatment": "KET_HOME"}, "treatment", "Choose one"),
        (patient.Insurance, {"payer": "gold"}, "payer", "kind of insurance"),
        (patient.Needs, {"language": "xx", "ride": "yes"}, "language", "Choose a language"),
        (patient.Note, {"note": "x" * 501}, "note", "Use 500 characters or fewer"),
        (clinician.Sender, SENDER | {"npi": "1234567890"}, "npi", "does not pass the check digit"),
        (clinician.Sender, SENDER | {"npi": "123456789"}, "npi", "ten digits"),
        (clinician.Sender, SENDER | {"sender_mailbox": "rivera"}, "sender_mailbox", "one email address"),
        (clinician.PatientBorn, {"patient_name": "Pat"}, "age", "the date of birth, or the age"),
        (clinician.PatientBorn, {"patient_name": "Pat"} | BORN | {"born_month": "13"}, "born", "Enter a day"),
        (clinician.PatientBorn, {"patient_name": "Pat"} | BORN | {"born_year": "2027"}, "born", "in the past"),
        (clinician.PatientBorn, {"patient_name": "Pat", "age": "old"}, "age", "an age in years"),
        (clinician.Diagnosis, {"diagnosis": "F42", "failed_trials": "0"}, "diagnosis", "F42 is a heading"),
        (clinician.Diagnosis, {"diagnosis": "F33", "failed_trials": "0"}, "diagnosis", "such as F33."),
        (clinician.Diagnosis, {"diagnosis": "TRD", "failed_trials": "0"}, "diagnosis", "TRD is not in the list"),
        (
            clinician.Diagnosis,
            {"diagnosis": "F33.2", "diagnosis_2": "F43.1", "failed_trials": "0"},
            "diagnosis_2",
            "F43.1 is a heading",
        ),
        (clinician.Question, {"treatment": "SPRAVATO", "urgency": "emergent", "question": "?"}, "urgency", "how soon"),
        (clinician.Scale, {"scale": "PHQ9", "total": "28"} | SCORED, "total", "from 0 to 27 for PHQ-9"),
        (clinician.Scale, {"scale": "MADRS", "total": "-1"} | SCORED, "total", "from 0 to 60"),
        (clinician.Scale, {"scale": "PHQ9", "total": "19"}, "scored", "Enter the day it was scored"),
        (
            clinician.Scale,
            {"scale": "PHQ9", "total": "19"} | SCORED | {"scored_year": "2023"},
            "scored",
            "last two years",
        ),
        (clinician.Risk, {"risk": "SOME"}, "risk", "Choose a level"),
        (clinician.Screen, CONTRAINDICATIONS | {"avm": ""}, "avm", "arteriovenous malformation"),
        (clinician.Screen, CONTRAINDICATIONS | {"ich": "MAYBE"}, "ich", "intracerebral hemorrhage"),
        (clinician.Consent, {"basis": "agreed", "part2": "yes"}, "part2_consent", "written consent"),
        (replies.Decline, {"version": "2", "reason": "other"}, "comment", "few words"),
        (replies.Decline, {"version": "2", "reason": "because"}, "reason", "Choose a reason"),
        (replies.Lookup, {"reference": "R-7F3K-92"}, "mailbox", "the email address you gave"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    form: type[Form], typed: dict[str, Any], field: str, words: str
) -> None:
    answer = filled(form, **typed)
    assert answer.form is None
    assert words in answer.errors[field]
    assert answer.values == answer.values | {name: value for name, value in typed.items() if isinstance(value, str)}


@pytest.mark.parametrize(
    ("form", "typed", "kept"),
    [
        (patient.Contact, {"phone": "+1 (207) 555-0123", "prefers": "text"}, {"phone": "+12075550123", "email": ""}),
        (patient.Contact, {"email": "Pat@Example.NET", "prefers": "email"}, {"email": "Pat@example.net"}),
        (patient.Where, {"zip5": "00501-0001"}, {"zip5": "00501"}),
        (patient.About, {"condition": "not_said"}, {"condition": "not_said"}),
        (
            patient.Needs,
            {"language": "ase", "accessibility": ["mobility", "junk", "handiaccess"], "ride": "no"},
            {"accessibility": ["handiaccess", "mobility"]},
        ),
        (clinician.Sender, SENDER, {"npi": "1234567893", "sender_mailbox": "Rivera@example.com"}),
        (clinician.PatientBorn, {"patient_name": "Pat"} | BORN, {"born": dt.date(1980, 5, 6), "age": ""}),
        (clinician.PatientBorn, {"patient_name": "Pat", "age": "46"}, {"born": None, "age": "46"}),
        (
            clinician.Diagnosis,
            {"diagnosis": "f33.2", "diagnosis_2": "F4312", "failed_trials": "2"},
            {"diagnosis": "F332", "diagnosis_2": "F4312"},
        ),
        (
            clinician.Diagnosis,
            {"diagnosis": "F33.2 Major depressive disorder", "failed_trials": "2"},
            {"diagnosis": "F332"},
        ),
        (clinician.Scale, {"scale": "none", "total": "99"} | SCORED, {"total": "", "scored": None}),
        (clinician.Scale, {"scale": "PHQ9", "total": "27"} | SCORED, {"scored": dt.date(2026, 3, 1)}),
        (clinician.Consent, {"basis": "agreed", "part2": "no", "part2_consent": "yes"}, {"part2_consent": ""}),
        (replies.Decline, {"version": "2", "reason": "no_capacity"}, {"version": 2, "comment": "", "words": ""}),
    ],
)
def test_what_can_be_used_is_kept_in_one_shape(form: type[Form], typed: dict[str, Any], kept: dict[str, Any]) -> None:
    answer = filled(form, **typed)
    assert answer.errors == {}
    assert answer.form is not None
    assert answer.form.model_dump() == answer.form.model_dump() | kept


@pytest.mark.parametrize(
    ("born", "age", "stops"),
    [("2008-03-10", "", False), ("2008-03-11", "", True), (None, "17", True), (None, "18", False)],
)
def test_a_patient_is_an_adult_from_the_eighteenth_birthday_on(born: str | None, age: str, stops: bool) -> None:
    assert rules.is_minor({"born": born, "age": age}, dt.date(2026, 3, 10)) is stops


@pytest.mark.parametrize("level", ["NONE", "LOW", "MODERATE", "NOT_DONE"])
def test_only_a_high_level_stops_a_referral(level: str) -> None:
    assert not rules.needs_emergency_care({"risk": level})
    assert rules.needs_emergency_care({"risk": "HIGH"})


def test_every_decline_code_can_be_chosen_with_words() -> None:
    for row in DECLINE_REASONS:
        assert filled(replies.Decline, version="1", reason=row.code, comment="Because.").errors == {}


def test_no_two_steps_of_a_form_ask_for_the_same_field() -> None:
    for flow in (ASK, REFER):
        fields = [name for step in flow.steps for name in step.form.model_fields]
        assert len(fields) == len(set(fields))
