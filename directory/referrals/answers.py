"""What was asked and answered, in words: the sections that sender and clinic both read, and what the clinic sees first.

Answers are a flat object by field (see `forms`); nothing here knows a database or a page.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from directory.terminology import icd10
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.terminology.treatments import TREATMENTS
from directory.wording import say
from directory.wording.say import _

NOT_SAID = "not_said"
NOT_SURE = "not_sure"

Answers = Mapping[str, Any]

RELATIONSHIPS = (
    ("partner", _("Husband, wife or partner")),
    ("parent", _("Parent")),
    ("child", _("Grown-up son or daughter")),
    ("relative", _("Another relative")),
    ("friend", _("Friend")),
    ("carer", _("Caregiver or helper")),
    ("other", _("Someone else")),
)
PREFERENCES = (("call", _("Phone call")), ("text", _("Text message")), ("email", _("Email")))
RIDES = (("yes", _("Yes")), ("no", _("No")), ("not_sure", _("Not sure yet")))
TRIALS = (("0", _("None")), ("1", _("One")), ("2", _("Two")), ("3", _("Three or more")))
BASES = (
    ("agreed", _("The patient agreed that I send this to this clinic")),
    ("treatment", _("Disclosure for treatment (45 CFR 164.506(c)); the patient knows of it")),
)
CONTRAINDICATIONS = (
    (
        "aneurysm",
        _("Aneurysmal vascular disease"),
        _("Thoracic or abdominal aorta, intracranial, or peripheral arteries"),
    ),
    ("avm", _("Arteriovenous malformation"), ""),
    ("ich", _("History of intracerebral hemorrhage"), ""),
    ("hypersens", _("Hypersensitivity to esketamine, ketamine or an excipient"), ""),
)
PART2_NOTICE = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer: `step` is the page on which it can be changed."""

    label: str
    value: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Answers that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something the clinic should see before it reads on; `tone` is a colour role."""

    text: str
    tone: str = "act"


def sections(answers: Answers, *, by_clinician: bool) -> list[Section]:
    """All that was answered, in the order of the form; what was not asked is left out."""
    return _of_clinician(answers) if by_clinician else _of_patient(answers)


def flags(answers: Answers, *, by_clinician: bool, soon: bool, part2: bool) -> list[Flag]:
    """What decides how the clinic goes on, most urgent first. It tells; it never judges whether someone is eligible."""
    found = []
    if soon:
        found.append(Flag(text=_("Asked to be seen soon")))
    if answers.get("condition") == "MDSI":
        found.append(Flag(text=_("Names thoughts of suicide: ask about safety at the first contact"), tone="stop"))
    if by_clinician:
        found += _clinical_flags(answers)
    if part2:
        found.append(Flag(text=PART2_NOTICE))
    if answers.get("voicemail") == "no":
        found.append(Flag(text=_("Leave no voicemail"), tone="stop"))
    if answers.get("through"):
        found.append(Flag(text=_("Contact through another person only"), tone="stop"))
    if answers.get("language", "en") != "en":
        found.append(Flag(text=_("Speaks {language}").format(language=LANGUAGES.label(answers["language"]))))
    if answers.get("accessibility"):
        found.append(Flag(text=_("Needs help with access: see below")))
    if answers.get("ride") == "no":
        found.append(Flag(text=_("Has no ride home yet")))
    return found


def treatment_words(answers: Answers) -> str:
    """The treatment asked for, with its label."""
    code = str(answers.get("treatment", NOT_SURE))
    return _("Clinic to advise") if code == NOT_SURE else TREATMENTS.label(code)


def payer_words(answers: Answers) -> str:
    """The insurance, with the plan's name if given."""
    code = str(answers.get("payer", NOT_SAID))
    kind = {NOT_SAID: _("Not said"), NOT_SURE: _("Not sure")}.get(code) or PAYERS[code].plain
    return f"{kind}, {answers['plan']}" if answers.get("plan") else kind


def reach_words(answers: Answers) -> str:
    """How to reach the patient, in one line."""
    way = dict(PREFERENCES).get(str(answers.get("prefers")), "")
    where = answers.get("email") if answers.get("prefers") == "email" else say.phone(str(answers.get("phone", "")))
    words = f"{way}: {where}" if where else way
    if answers.get("through"):
        words += _(", through {person}").format(person=answers["through"])
    return words


def age_on(answers: Answers, day: dt.date) -> int | None:
    """The age in whole years on `day`, from the date of birth or as it was given; None when neither was."""
    if answers.get("born"):
        born = dt.date.fromisoformat(str(answers["born"]))
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return int(answers["age"]) if answers.get("age") else None


def _of_patient(a: Answers) -> list[Section]:
    who = [Row(label=_("Name"), value=str(a.get("patient_name", "")), step="name")]
    if a.get("for_whom") == "other":
        relation = dict(RELATIONSHIPS).get(str(a.get("relationship")), "")
        who.append(Row(label=_("Asked by"), value=f"{a.get('helper_name', '')} ({relation})", step="helper"))
        who.append(Row(label=_("Knows of it and agrees"), value=_("Yes"), step="helper"))
    condition = str(a.get("condition", NOT_SAID))
    what = [
        Row(
            label=_("What it is about"),
            value=_("Not said") if condition == NOT_SAID else CONDITIONS[condition].plain,
            step="about",
        ),
        Row(label=_("Treatment asked about"), value=_treatment_of_patient(a), step="treatment"),
    ]
    if a.get("for_whom") == "self":
        what.append(Row(label=_("Note"), value=str(a.get("note", "")), step="note"))
    return [
        Section(title=_("Who it is for"), rows=tuple(who)),
        Section(title=_("Contact"), rows=_contact(a, adult_step=True)),
        Section(title=_("What is asked"), rows=tuple(what)),
        Section(title=_("Practical things"), rows=_practical(a)),
    ]


def _treatment_of_patient(a: Answers) -> str:
    code = str(a.get("treatment", NOT_SURE))
    return _("Not sure") if code == NOT_SURE else TREATMENTS.label(code)


def _of_clinician(a: Answers) -> list[Section]:
    sender = (
        Row(label=_("Name"), value=str(a.get("sender_name", "")), step="sender"),
        Row(label=_("NPI"), value=str(a.get("npi", "")), step="sender"),
        Row(label=_("Organization"), value=str(a.get("organization", "")), step="sender"),
        Row(label=_("Phone"), value=say.phone(str(a.get("sender_phone", ""))), step="sender"),
        Row(label=_("Email"), value=str(a.get("sender_mailbox", "")), step="sender"),
    )
    born = say.day(dt.date.fromisoformat(str(a["born"]))) if a.get("born") else ""
    patient = [Row(label=_("Name"), value=str(a.get("patient_name", "")), step="patient")]
    if born:
        patient.append(Row(label=_("Date of birth"), value=born, step="patient"))
    else:
        patient.append(Row(label=_("Age"), value=str(a.get("age", "")), step="patient"))
    return [
        Section(title=_("Referring clinician"), rows=sender),
        Section(title=_("Patient"), rows=(*patient, *_contact(a, adult_step=False))),
        Section(title=_("Clinical"), rows=_clinical(a)),
        Section(title=_("Practical things"), rows=_practical(a)),
        Section(title=_("Consent"), rows=_consent(a)),
    ]


def _contact(a: Answers, *, adult_step: bool) -> tuple[Row, ...]:
    rows = [
        Row(label=_("Phone"), value=say.phone(str(a.get("phone", ""))), step="contact"),
        Row(label=_("Email"), value=str(a.get("email", "")), step="contact"),
        Row(label=_("Best way"), value=dict(PREFERENCES).get(str(a.get("prefers")), ""), step="contact"),
        Row(label=_("Voicemail is OK"), value=_yes_no(a.get("voicemail")), step="reach"),
        Row(label=_("Contact through"), value=str(a.get("through", "")), step="reach"),
        Row(label=_("When and how is best"), value=str(a.get("reach_note", "")), step="reach"),
        Row(label=_("ZIP code"), value=str(a.get("zip5", "")), step="place"),
    ]
    if adult_step:
        rows.append(Row(label=_("18 or older"), value=_("Yes"), step="adult"))
    return tuple(rows)


def _clinical(a: Answers) -> tuple[Row, ...]:
    codes = [str(a.get(name, "")) for name in ("diagnosis", "diagnosis_2", "diagnosis_3")]
    found = [row for code in codes if code and (row := icd10.find(code))]
    rows = [
        Row(
            label=_("Diagnosis (ICD-10-CM)"),
            value="; ".join(f"{row.display} {row.label}" for row in found),
            step="diagnosis",
        ),
        Row(
            label=_("Antidepressant trials that failed"),
            value=dict(TRIALS).get(str(a.get("failed_trials")), ""),
            step="diagnosis",
        ),
        Row(label=_("Treatment"), value=treatment_words(a), step="question"),
        Row(label=_("How soon"), value=_("Soon") if a.get("urgency") == "soon" else _("Routine"), step="question"),
        Row(label=_("Question"), value=str(a.get("question", "")), step="question"),
        Row(label=_("Scale"), value=_scale(a), step="scale"),
        Row(label=_("Suicide risk (C-SSRS)"), value=_risk(a), step="risk"),
    ]
    answers = {"YES": _("Yes"), "NO": _("No"), "UNKNOWN": _("Not known")}
    rows += [
        Row(label=label, value=answers.get(str(a.get(key)), ""), step="screen")
        for key, label, _more in CONTRAINDICATIONS
    ]
    return tuple(rows)


def _scale(a: Answers) -> str:
    row = SCALES.find(str(a.get("scale", "none")))
    if row is None:
        return _("None given")
    total = int(a["total"])
    band = row.band(total)
    words = f"{row.label}: {total}" + (f" ({band[1]})" if band else "")
    return _("{score}, on {day}").format(score=words, day=say.day(dt.date.fromisoformat(str(a["scored"]))))


def _risk(a: Answers) -> str:
    row = SUICIDE_RISK_LEVELS.find(str(a.get("risk", "")))
    return row.label if row else ""


def _practical(a: Answers) -> tuple[Row, ...]:
    access = [row.label for row in ACCESSIBILITY if row.code in a.get("accessibility", ())]
    return (
        Row(label=_("Insurance"), value=payer_words(a), step="insurance"),
        Row(label=_("Language"), value=LANGUAGES.label(str(a.get("language", "en"))), step="needs"),
        Row(label=_("Needs at the clinic"), value=", ".join(access), step="needs"),
        Row(label=_("A ride home"), value=dict(RIDES).get(str(a.get("ride")), ""), step="needs"),
    )


def _consent(a: Answers) -> tuple[Row, ...]:
    part2 = a.get("part2") == "yes"
    rows = [
        Row(label=_("Ground"), value=dict(BASES).get(str(a.get("basis")), ""), step="consent"),
        Row(label=_("Records under 42 CFR Part 2"), value=_yes_no(a.get("part2")), step="consent"),
    ]
    if part2:
        rows.append(Row(label=_("Written consent of the patient"), value=_("Held by the sender"), step="consent"))
    return tuple(rows)


def _clinical_flags(a: Answers) -> list[Flag]:
    found = []
    for key, label, _more in CONTRAINDICATIONS:
        if a.get(key) == "YES":
            found.append(Flag(text=_("{what}: yes").format(what=label), tone="stop"))
    for key, label, _more in CONTRAINDICATIONS:
        if a.get(key) == "UNKNOWN":
            found.append(Flag(text=_("{what}: not known").format(what=label)))
    if all(a.get(key) == "NO" for key, _label, _more in CONTRAINDICATIONS):
        found.append(Flag(text=_("None of the four contraindications, each answered no"), tone="good"))
    risk = str(a.get("risk", ""))
    tones = {"MODERATE": "stop", "NOT_DONE": "act"}
    found.append(Flag(text=_("C-SSRS: {level}").format(level=_risk(a)), tone=tones.get(risk, "quiet")))
    return found


def _yes_no(value: object) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(str(value), "")
