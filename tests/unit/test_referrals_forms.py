"""What the forms take, what they refuse, and in which words."""

import datetime as dt
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict

from directory.referrals import rules
from directory.referrals.forms import clinic_steps, clinical, clinician, patient, replies
from directory.referrals.forms.steps import ASK, REFER
from directory.terminology.decline_reasons import DECLINE_REASONS, FIRST_DAY
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
CONTRAINDICATIONS = {"aneurysm": "NO", "avm": "NO", "ich": "NO", "hypersens": "NO", "bp_hazard": "NO"}
PAT = {"patient_name": "Pat", "zip5": "04101"}
REPLY = {"role": "primary_care", "stays": "yes"}
BODY = {"pregnant": "NA", "lactation": "NA", "hepatic": "NONE"}


def row(field: str, number: int = 1, **typed: str) -> dict[str, str]:
    """A row of a list of forms, as a page posts it."""
    return {f"{field}-{number}-{name}": value for name, value in typed.items()}


SERTRALINE = {"drug": "sertraline", "outcome": "NO_RESPONSE"}


def shown_again(values: dict[str, Any]) -> list[str]:
    """Every text that a page shows again, those of rows among them."""
    rows = [
        text for value in values.values() if isinstance(value, list) for row in value for text in dict(row).values()
    ]
    return [*rows, *(value for value in values.values() if isinstance(value, str))]


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
        (clinician.Reply, REPLY | {"answer_by": "fax"}, "sender_fax", "enter a fax number"),
        (clinician.Reply, REPLY | {"answer_by": "direct"}, "sender_direct", "enter a Direct address"),
        (clinician.PatientBorn, PAT, "birth", "the date of birth, or the age"),
        (clinician.PatientBorn, PAT | {"birth": "13/6/1980"}, "birth", "Enter a date"),
        (clinician.PatientBorn, PAT | {"birth": "5/6/80"}, "birth", "Enter a date"),
        (clinician.PatientBorn, PAT | {"birth": "5/6/2027"}, "birth", "in the past"),
        (clinician.PatientBorn, PAT | {"birth": "old"}, "birth", "Enter a date"),
        (clinician.PatientBorn, PAT | {"birth": "121"}, "birth", "an age in years"),
        (clinical.Diagnosis, {"diagnosis": "F42"}, "diagnosis", "F42 is a heading"),
        (clinical.Diagnosis, {"diagnosis": "F33"}, "diagnosis", "such as F33."),
        (clinical.Diagnosis, {"diagnosis": "TRD"}, "diagnosis", "TRD is not in the list"),
        (clinical.Diagnosis, {"diagnosis": "social phobia"}, "diagnosis", "that you mean by “social phobia”"),
        (clinical.Diagnosis, {"diagnosis": "F33.2", "diagnosis_2": "F43.1"}, "diagnosis_2", "F43.1 is a heading"),
        (clinical.Diagnosis, {"diagnosis": "F33.2", "episode_start": "4/2026"}, "episode_start", "in the past"),
        (clinician.Question, {"treatment": "SPRAVATO", "urgency": "emergent", "question": "?"}, "urgency", "how soon"),
        (clinical.Trials, {}, "no_trials", "at least one medicine"),
        (clinical.Trials, row("trials", dose="20"), "trials-1-drug", "Enter the medicine"),
        (clinical.Trials, row("trials", drug="lithium"), "trials-1-outcome", "Choose the outcome"),
        (clinical.Trials, row("trials", **SERTRALINE, dose="a lot"), "trials-1-dose", "in mg"),
        (clinical.Trials, row("trials", **SERTRALINE, percent="101"), "trials-1-percent", "from 0 to 100"),
        (clinical.Trials, row("trials", **SERTRALINE, percent="-5"), "trials-1-percent", "from 0 to 100"),
        (clinical.Trials, row("trials", **SERTRALINE, dose="0"), "trials-1-dose", "in mg"),
        (clinical.Trials, row("trials", **SERTRALINE, start="4/2026"), "trials-1-start", "in the past"),
        (
            clinical.Trials,
            row("trials", **SERTRALINE, start="3/2025", end="2/2025"),
            "trials-1-end",
            "before the start",
        ),
        (clinical.Trials, row("trials", **SERTRALINE, end="soon"), "trials-1-end", "Enter a date"),
        (clinical.Trials, row("trials", **SERTRALINE) | {"no_trials": "yes"}, "no_trials", "untick this"),
        (clinical.Scales, {}, "no_scales", "Enter a scale"),
        (
            clinical.Scales,
            row("scales", 3, scale="PHQ9", total="28", on="today"),
            "scales-1-total",
            "from 0 to 27 for PHQ-9",
        ),
        (clinical.Scales, row("scales", scale="MADRS", total="-1", on="today"), "scales-1-total", "from 0 to 60"),
        (clinical.Scales, row("scales", scale="PHQ9", total="19"), "scales-1-on", "the day it was scored"),
        (clinical.Scales, row("scales", scale="PHQ9", total="19", on="3/1/2023"), "scales-1-on", "last two years"),
        (clinical.Risk, {"risk": "SOME"}, "risk", "Choose a level"),
        (clinical.Risk, {"risk": "LOW", "safety_plan": "YES"}, "risk_on", "the day of the screen"),
        (clinical.Risk, {"risk": "MODERATE", "risk_on": "today"}, "safety_plan", "a safety plan"),
        (clinical.Screen, CONTRAINDICATIONS | {"avm": ""}, "avm", "Arteriovenous malformation"),
        (clinical.Screen, CONTRAINDICATIONS | {"ich": "MAYBE"}, "ich", "intracerebral hemorrhage"),
        (clinical.Medicines, {"medicines": "none"}, "allergies", "write “none”"),
        (clinical.Body, BODY | {"bp": "82/128", "bp_on": "today"}, "bp", "two numbers"),
        (clinical.Body, BODY | {"bp": "128/82"}, "bp_on", "the day it was measured"),
        (clinician.Coverage, {"payer": "medib", "pa_status": "DENIED"}, "investigate", "may ask the insurer"),
        (clinician.Checks, {"pdmp_on": "4/1/2026"}, "pdmp_on", "last two years"),
        (clinician.Consent, {"basis": "agreed", "part2": "yes"}, "part2_consent", "written consent"),
        (clinic_steps.Decline, {"version": "2", "reason": "other"}, "comment", "few words"),
        (clinic_steps.Decline, {"version": "2", "reason": "because"}, "reason", "Choose a reason"),
        (replies.Lookup, {"reference": "R-7F3K-92"}, "mailbox", "the email address you gave"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    form: type[Form], typed: dict[str, Any], field: str, words: str
) -> None:
    answer = filled(form, **typed)
    assert answer.form is None
    assert words in answer.errors[field]
    kept = shown_again(answer.values)
    lost = {value for value in typed.values() if isinstance(value, str) and value not in kept}
    assert lost == set()


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
        (clinician.PatientBorn, PAT | {"birth": "May 6, 1980"}, {"born": "1980-05-06", "age": ""}),
        (clinician.PatientBorn, PAT | {"birth": "46", "born": "1980-05-06"}, {"born": "", "age": "46"}),
        (
            clinical.Diagnosis,
            {"diagnosis": "f33.2", "diagnosis_2": "F4312", "episode_start": "June 2024"},
            {"diagnosis": "F332", "diagnosis_2": "F4312", "episode_start": "2024-06"},
        ),
        (clinical.Diagnosis, {"diagnosis": "F33.2 Major depressive disorder"}, {"diagnosis": "F332"}),
        (clinical.Diagnosis, {"diagnosis": ["severe", "F33.2"]}, {"diagnosis": "F332"}),
        (
            clinical.Trials,
            row(
                "trials",
                2,
                drug="LEXAPRO (escitalopram)",
                dose="20mg/day",
                start="1/2024",
                end="8 wks",
                outcome="PARTIAL",
                percent="40 %",
            )
            | row("trials", 4, drug="Pramipexole", start="12/1/2025", end="now", weeks="99", outcome="TOO_EARLY"),
            {
                "trials": [
                    {
                        "drug": "escitalopram",
                        "dose": "20",
                        "start": "2024-01",
                        "end": "8 weeks",
                        "outcome": "PARTIAL",
                        "adherence": "",
                        "adequate": "",
                        "in_episode": "",
                        "percent": "40",
                        "stopped": "",
                        "weeks": 8,
                    },
                    {
                        "drug": "Pramipexole",
                        "dose": "",
                        "start": "2025-12-01",
                        "end": "now",
                        "outcome": "TOO_EARLY",
                        "adherence": "",
                        "adequate": "",
                        "in_episode": "",
                        "percent": "",
                        "stopped": "",
                        "weeks": 14,
                    },
                ]
            },
        ),
        (clinical.Trials, {"no_trials": "yes"} | row("trials", drug="  "), {"trials": [], "no_trials": "yes"}),
        (
            clinical.Scales,
            row("scales", scale="PHQ9", total="027", on="3/1/26", by="PATIENT"),
            {"scales": [{"scale": "PHQ9", "total": "27", "on": "2026-03-01", "by": "PATIENT"}]},
        ),
        (clinical.Risk, {"risk": "HIGH", "risk_on": "junk", "risk_note": "x" * 900}, {"risk_on": "", "risk_note": ""}),
        (clinical.Risk, {"risk": "NOT_DONE", "risk_on": "junk"}, {"risk_on": "", "safety_plan": ""}),
        (clinical.Body, BODY | {"bp": "142 / 91 mmHg", "bp_on": "3-9-26"}, {"bp": "142/91", "bp_on": "2026-03-09"}),
        (clinical.Body, BODY | {"bp_on": "junk"}, {"bp": "", "bp_on": ""}),
        (clinician.Consent, {"basis": "agreed", "part2": "no", "part2_consent": "yes"}, {"part2_consent": ""}),
        (clinic_steps.Decline, {"version": "2", "reason": "no_capacity"}, {"version": 2, "comment": "", "words": ""}),
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
        assert filled(clinic_steps.Decline, version="1", reason=row.code, comment="Because.").errors == {}


@pytest.mark.parametrize(("form", "reasons"), [(clinic_steps.Decline, "reasons"), (clinic_steps.NoShow, "no_show")])
def test_a_reason_that_is_not_in_force_today_is_refused_in_words(form: type[Form], reasons: str, clock: Clock) -> None:
    code = {"reasons": "no_capacity", "no_show": "ill"}[reasons]
    clock.travel(to=dt.datetime.combine(FIRST_DAY, dt.time(12), tzinfo=dt.UTC))
    assert filled(form, version="1", reason=code).errors == {}
    clock.travel(to=dt.datetime.combine(FIRST_DAY - dt.timedelta(days=1), dt.time(12), tzinfo=dt.UTC))
    assert filled(form, version="1", reason=code).errors == {
        "reason": "This reason is not in use today. Choose another one."
    }


def test_no_two_steps_of_a_form_ask_for_the_same_field() -> None:
    for flow in (ASK, REFER):
        fields = [name for step in flow.steps for name in step.form.model_fields]
        assert len(fields) == len(set(fields))
