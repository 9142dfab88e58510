"""What was asked and answered, in words: the sections that sender and clinic both read, and what the clinic sees first.

Answers are a flat object by field (see `forms`); nothing here knows a database or a page.
"""

import datetime as dt

from directory.referrals import clinical
from directory.referrals.telling import Answers, Flag, Row, Section
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.treatments import TREATMENTS
from directory.wording import say
from directory.wording.say import _, joined

__all__ = ["Answers", "Flag", "Row", "Section", "age_on", "flags", "sections"]

NOT_SAID = "not_said"
NOT_SURE = "not_sure"

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
ROLES = (
    ("psychiatrist", _("Psychiatrist")),
    ("psychiatric_np", _("Psychiatric nurse practitioner")),
    ("primary_care", _("Primary care clinician")),
    ("other_prescriber", _("Another prescriber")),
    ("therapist", _("Psychologist or therapist")),
    ("other", _("Other")),
)
ANSWER_BY = (
    ("mail", _("The mail is enough")),
    ("phone", _("Phone")),
    ("fax", _("Fax")),
    ("direct", _("Direct message")),
)
PA_STATUS = (
    ("NOT_STARTED", _("Not started")),
    ("SUBMITTED", _("Submitted")),
    ("APPROVED", _("Approved")),
    ("DENIED", _("Denied")),
    ("NOT_NEEDED", _("Not needed")),
    ("UNKNOWN", _("Not known")),
)
REMS = (("YES", _("Yes")), ("NO", _("No")), ("NA", _("Does not apply")))
BASES = (
    ("agreed", _("The patient agreed that I send this to this clinic")),
    ("treatment", _("Disclosure for treatment (45 CFR 164.506(c)); the patient knows of it")),
)
PART2_NOTICE = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")


def sections(answers: Answers, *, by_clinician: bool) -> list[Section]:
    """All that was answered, in the order of the form; what was not asked is left out."""
    return _of_clinician(answers) if by_clinician else _of_patient(answers)


def flags(answers: Answers, *, by_clinician: bool, soon: bool, part2: bool, on: dt.date | None = None) -> list[Flag]:
    """What decides how the clinic goes on, most urgent first. It tells; it never judges whether someone is eligible.

    `on` is the day on which the age counts; without it, only an age that was typed does.
    """
    found = []
    if soon:
        found.append(Flag(text=_("Asked to be seen soon")))
    if answers.get("condition") == "MDSI":
        found.append(Flag(text=_("Names thoughts of suicide: ask about safety at the first contact"), tone="stop"))
    if by_clinician:
        found += clinical.flags(answers, age=_age(answers, on))
    if part2:
        found.append(Flag(text=PART2_NOTICE))
    if answers.get("voicemail") == "no":
        found.append(Flag(text=_("Leave no voicemail"), tone="stop"))
    if answers.get("through"):
        found.append(Flag(text=_("Contact through another person only"), tone="stop"))
    if answers.get("language", "en") != "en":
        found.append(Flag(text=_("Speaks {language}").format(language=LANGUAGES.label(answers["language"]))))
    if answers.get("interpreter"):
        found.append(Flag(text=_("Needs an interpreter")))
    if answers.get("accessibility"):
        found.append(Flag(text=_("Needs help with access: see below")))
    if answers.get("ride") == "no":
        found.append(Flag(text=_("Has no ride home yet")))
    if answers.get("pa_status") == "DENIED":
        found.append(Flag(text=_("Prior authorization was denied")))
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
        Section(title=_("Contact"), rows=_contact(a, by_clinician=False)),
        Section(title=_("What is asked"), rows=tuple(what)),
        Section(
            title=_("Practical things"),
            rows=(Row(label=_("Insurance"), value=payer_words(a), step="insurance"), *_practical(a)),
        ),
    ]


def _treatment_of_patient(a: Answers) -> str:
    code = str(a.get("treatment", NOT_SURE))
    return _("Not sure") if code == NOT_SURE else TREATMENTS.label(code)


def _age(answers: Answers, on: dt.date | None) -> int | None:
    if on is None:
        return int(answers["age"]) if answers.get("age") else None
    return age_on(answers, on)


def _of_clinician(a: Answers) -> list[Section]:
    return [
        Section(title=_("Referring clinician"), rows=_sender(a)),
        Section(title=_("Patient"), rows=(*_patient(a), *_contact(a, by_clinician=True))),
        Section(title=_("What is asked"), rows=_asked(a)),
        *clinical.sections(a),
        Section(title=_("Coverage"), rows=_coverage(a)),
        Section(title=_("Practical things"), rows=_practical(a)),
        Section(title=_("Consent"), rows=_consent(a)),
    ]


def _sender(a: Answers) -> tuple[Row, ...]:
    rows = [
        Row(label=_("Name"), value=str(a.get("sender_name", "")), step="sender"),
        Row(label=_("NPI"), value=str(a.get("npi", "")), step="sender"),
        Row(label=_("Organization"), value=str(a.get("organization", "")), step="sender"),
        Row(label=_("Phone"), value=say.phone(str(a.get("sender_phone", ""))), step="sender"),
        Row(label=_("Email"), value=str(a.get("sender_mailbox", "")), step="sender"),
    ]
    if "role" in a:
        rows.append(Row(label=_("Role"), value=dict(ROLES).get(str(a["role"]), ""), step="reply"))
        rows.append(Row(label=_("Stays the treating clinician"), value=_yes_no(a.get("stays")), step="reply"))
        answer_by = dict(ANSWER_BY).get(str(a.get("answer_by")), "")
        rows.append(Row(label=_("Best way to answer"), value=answer_by, step="reply"))
    if a.get("sender_fax"):
        rows.append(Row(label=_("Fax"), value=say.phone(str(a["sender_fax"])), step="reply"))
    if a.get("sender_direct"):
        rows.append(Row(label=_("Direct address"), value=str(a["sender_direct"]), step="reply"))
    return tuple(rows)


def _patient(a: Answers) -> tuple[Row, ...]:
    name = Row(label=_("Name"), value=str(a.get("patient_name", "")), step="patient")
    if a.get("born"):
        born = say.day(dt.date.fromisoformat(str(a["born"])))
        return (name, Row(label=_("Date of birth"), value=born, step="patient"))
    return (name, Row(label=_("Age"), value=str(a.get("age", "")), step="patient"))


def _asked(a: Answers) -> tuple[Row, ...]:
    return (
        Row(label=_("Treatment"), value=treatment_words(a), step="question"),
        Row(label=_("How soon"), value=_("Soon") if a.get("urgency") == "soon" else _("Routine"), step="question"),
        Row(label=_("Question"), value=str(a.get("question", "")), step="question"),
    )


def _contact(a: Answers, *, by_clinician: bool) -> tuple[Row, ...]:
    reach = "contact" if by_clinician else "reach"
    rows = [
        Row(label=_("Phone"), value=say.phone(str(a.get("phone", ""))), step="contact"),
        Row(label=_("Email"), value=str(a.get("email", "")), step="contact"),
        Row(label=_("Best way"), value=dict(PREFERENCES).get(str(a.get("prefers")), ""), step="contact"),
        Row(label=_("Voicemail is OK"), value=_yes_no(a.get("voicemail")), step=reach),
        Row(label=_("Contact through"), value=str(a.get("through", "")), step=reach),
        Row(label=_("When and how is best"), value=str(a.get("reach_note", "")), step=reach),
        Row(label=_("ZIP code"), value=str(a.get("zip5", "")), step="patient" if by_clinician else "place"),
    ]
    if a.get("patient_mail") == "yes" and by_clinician:
        rows.insert(2, Row(label=_("Agreed to our mails"), value=_("Yes"), step="contact"))
    if not by_clinician:
        rows.append(Row(label=_("18 or older"), value=_("Yes"), step="adult"))
    return tuple(rows)


def _coverage(a: Answers) -> tuple[Row, ...]:
    rows = [Row(label=_("Insurance"), value=payer_words(a), step="coverage")]
    if "pa_status" in a:
        status = dict(PA_STATUS).get(str(a["pa_status"]), "")
        rows.append(Row(label=_("Member number"), value=str(a.get("member_id", "")), step="coverage"))
        rows.append(Row(label=_("Prior authorization"), value=status, step="coverage"))
        rows.append(Row(label=_("Clinic may ask the insurer"), value=_yes_no(a.get("investigate")), step="coverage"))
    if "rems" in a:
        for name, label in (("pdmp_on", _("Prescription monitoring checked")), ("uds_on", _("Urine drug screen"))):
            rows.append(Row(label=label, value=say.partial_day(str(a.get(name, ""))), step="checks"))
        rows.append(Row(label=_("Enrolled in the Spravato REMS"), value=dict(REMS).get(a["rems"], ""), step="checks"))
    return tuple(rows)


def _practical(a: Answers) -> tuple[Row, ...]:
    access = [row.label for row in ACCESSIBILITY if row.code in a.get("accessibility", ())]
    rows = [
        Row(label=_("Language"), value=LANGUAGES.label(str(a.get("language", "en"))), step="needs"),
        Row(label=_("Needs at the clinic"), value=joined(", ", access), step="needs"),
        Row(label=_("A ride home"), value=dict(RIDES).get(str(a.get("ride")), ""), step="needs"),
    ]
    if "interpreter" in a:
        needed = _("Needed") if a["interpreter"] else _("Not needed")
        rows.insert(1, Row(label=_("Interpreter"), value=needed, step="needs"))
    return tuple(rows)


def _consent(a: Answers) -> tuple[Row, ...]:
    part2 = a.get("part2") == "yes"
    rows = [
        Row(label=_("Ground"), value=dict(BASES).get(str(a.get("basis")), ""), step="consent"),
        Row(label=_("Records under 42 CFR Part 2"), value=_yes_no(a.get("part2")), step="consent"),
    ]
    if part2:
        rows.append(Row(label=_("Written consent of the patient"), value=_("Held by the sender"), step="consent"))
    return tuple(rows)


def _yes_no(value: object) -> str:
    return {"yes": _("Yes"), "no": _("No")}.get(str(value), "")
