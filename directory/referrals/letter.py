"""The referral letter: what a clinician answered, set as a colleague would send it, black on white for any printer.

The clinic reads it under its own access, the sender under theirs; a fax would carry the same.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from directory.lib import sealed, typesetting
from directory.lib.errors import NotFound, Unavailable
from directory.listings.queries import get_record
from directory.listings.records import ClinicRecord
from directory.referrals import answers as words
from directory.referrals import attachments, clinical, content, own_number, queries
from directory.referrals.models import Referral, ReferralTask, Source
from directory.referrals.telling import Answers, Flag, Row
from directory.terminology import antidepressants
from directory.terminology.scales import SCALES
from directory.web.templates import FOLDER
from directory.wording import say
from directory.wording.say import _, joined

TEMPLATE = FOLDER / "letters" / "referral.typ"
FONTS = FOLDER / "letters" / "fonts"
_SHORT = frozenset({"body", "coverage", "needs", "consent"})
_SCREENED = frozenset({"interactions", "before", "screen", "precautions"})
_TOLD_ABOVE = frozenset({"sender", "reply", "question"})
"""Steps whose answers stand in the letterhead and the first sentences."""


def as_pdf(db: Session, task: ReferralTask, *, site_name: str) -> bytes:
    """The letter to the clinic of `task`. The caller has judged who may, and has recorded the look.

    Raises NotFound for a request that no clinician sent or that has been forgotten, Unavailable when it cannot be set.
    """
    referral = queries.get_referral(db, task.referral_id)
    if referral.source != Source.CLINICIAN or referral.purged_at is not None:
        raise NotFound(_("There is no letter for this request, or not any more."))
    answers = content.answers_of(sealed.ring_of(db), referral)
    enclosed = [f"{each.name} ({each.ending.upper()})" for each in attachments.find(db, referral.id)]
    clinic, number = get_record(db, task.location_id), own_number.find(db, task)
    letter = told(referral, answers, clinic, enclosed=enclosed, site_name=site_name, number=number)
    try:
        return typesetting.as_pdf(TEMPLATE, FONTS, letter, made_at=int(referral.created_at.timestamp()))
    except typesetting.NotSet:
        raise Unavailable(_("The letter cannot be set just now. Please try again in a minute.")) from None


def told(
    referral: Referral, a: Answers, clinic: ClinicRecord, *, enclosed: list[str], site_name: str, number: str = ""
) -> dict[str, Any]:
    """All that the template says, in words. `number` is the clinic's own one, once it has given one."""
    on = referral.created_at.astimezone(ZoneInfo(clinic.time_zone)).date()
    patient = _patient(a, on)
    soon, part2 = referral.urgency == "soon", referral.part2_source
    flags = words.flags(a, by_clinician=True, soon=False, part2=False, on=on)
    signed = _(
        "Sent through {site} on {day}, reference {reference}; not signed by hand. The sender’s mailbox was proved by a"
        " mailed code. Name and NPI are as the sender gave them."
    )
    return {
        "language": "en",
        "title": _("Referral letter {reference}").format(reference=referral.reference),
        "words": {
            "page": _("Page {page} of {pages}"),
            "re": _("Re:"),
            "dear": _("Dear colleague,"),
            "glance": _("At a glance"),
            "enclosures": _("Documents sent along"),
            "regards": _("With kind regards,"),
        },
        "sender": _sender(a),
        "to": _to(clinic),
        "date": say.day(on),
        "reference": _reference(referral.reference, number),
        "soon": _("To be seen soon") if soon else "",
        "re": patient,
        "continued": f"{referral.reference}: {patient}",
        "foot": _("{reference}, sent through {site}").format(reference=referral.reference, site=site_name),
        "notice": words.PART2_NOTICE if part2 else "",
        "opening": _opening(a),
        "question": [part for part in str(a.get("question", "")).split("\n") if part.strip()],
        "stays": _stays(a),
        "flags": [{"text": flag.text, "strong": flag.tone == "stop"} for flag in flags if _matters(flag)],
        "sections": _sections(a),
        "enclosures": enclosed,
        "signature": signed.format(site=site_name, day=say.day(on), reference=referral.reference),
    }


def _reference(reference: str, number: str) -> str:
    if number:
        return _("Reference {reference}, the clinic’s number {number}").format(reference=reference, number=number)
    return _("Reference {reference}").format(reference=reference)


def _matters(flag: Flag) -> bool:
    return flag.tone != "quiet"


def _patient(a: Answers, on: dt.date) -> str:
    name, age = str(a.get("patient_name", "")), words.age_on(a, on)
    if a.get("born"):
        born = say.day(dt.date.fromisoformat(str(a["born"])))
        return _("{name}, born {born} ({age} years)").format(name=name, born=born, age=age)
    return _("{name}, {age} years").format(name=name, age=age) if age is not None else name


def _sender(a: Answers) -> dict[str, Any]:
    name, role = str(a.get("sender_name", "")), dict(words.ROLES).get(str(a.get("role")), "")
    phone, fax = (say.phone(str(a.get(key) or "")) for key in ("sender_phone", "sender_fax"))
    contact = [
        _("Phone {number}").format(number=phone) if phone else "",
        _("Fax {number}").format(number=fax) if fax else "",
        str(a.get("sender_mailbox", "")),
        str(a.get("sender_direct") or ""),
        _("NPI {number}").format(number=a.get("npi", "")),
    ]
    organization = str(a.get("organization", ""))
    return {
        "name": name,
        "organization": organization or name,
        "line": joined(", ", (part for part in (name, role) if part)),
        "line-below": joined(", ", (part for part in (role, organization) if part)),
        "contact": [line for line in contact if line],
    }


def _to(clinic: ClinicRecord) -> list[str]:
    town = f"{clinic.city}, {clinic.state} {clinic.zip5}"
    return [line for line in (clinic.name, clinic.address1, clinic.address2, town) if line]


def _opening(a: Answers) -> str:
    if a.get("treatment") == words.NOT_SURE:
        return _("I refer this patient to you and ask for your advice on treatment.")
    return _("I refer this patient to you for {treatment}.").format(treatment=words.treatment_words(a))


def _stays(a: Answers) -> str:
    sentences = {
        "yes": _("I stay the treating clinician."),
        "no": _("I do not stay the treating clinician."),
    }
    answer_by = {
        "phone": _("Please answer by phone."),
        "fax": _("Please answer by fax."),
        "direct": _("Please answer by Direct message."),
    }
    found = (sentences.get(str(a.get("stays")), ""), answer_by.get(str(a.get("answer_by")), ""))
    return joined(" ", (part for part in found if part))


def _sections(a: Answers) -> list[list[dict[str, Any]]]:
    """What follows: parts with a title, then a table or rows; the short ones last, two beside each other."""
    found: list[dict[str, Any]] = []
    short: list[dict[str, Any]] = []
    reaching = _part("", [])
    for part in words.sections(a, by_clinician=True):
        steps = {row.step for row in part.rows}
        if steps & _TOLD_ABOVE:
            continue
        if "contact" in steps:
            reach = [row for row in part.rows if row.step != "patient"]
            reaching = _part(_("Reaching the patient"), reach)
        elif "trials" in steps and a.get("trials"):
            found.append(_part(part.title, [], _trials(a)))
        elif "scales" in steps and clinical.scales_of(a):
            found.append(_part(part.title, [], _scales(a)))
        elif steps & _SHORT:
            short.append(_part(part.title, list(part.rows)))
        else:
            found.append(_part(part.title, list(part.rows), labels=14 if steps & _SCREENED else 27))
    parts = [[part] for part in found if part["rows"] or part["table"]]
    beside = [part for part in (*short[:-1], reaching, *short[-1:]) if part["rows"]]
    return parts + [beside[at : at + 2] for at in range(0, len(beside), 2)]


def _part(title: str, rows: list[Row], table: dict[str, Any] | None = None, *, labels: int = 27) -> dict[str, Any]:
    """`labels` is the share of the line that its labels take, in percent."""
    shown = [{"label": row.label, "value": row.value.replace("\n", "; ")} for row in rows if row.value]
    return {"title": title, "table": table, "rows": shown, "labels": labels}


def _trials(a: Answers) -> dict[str, Any]:
    head = [_("Medicine"), _("Highest dose"), _("When"), _("Weeks"), _("Outcome")]
    return {"widths": [27, 16, 33, 8, 30], "head": head, "rows": [_trial(row) for row in a["trials"]]}


def _trial(row: Answers) -> list[str]:
    known = antidepressants.find(str(row.get("drug", "")))
    start, end = (str(row.get(key) or "") for key in ("start", "end"))
    days = [say.partial_day(start)] if start else []
    if end and not end.endswith(" weeks"):
        days.append(_("now") if end == "now" else say.partial_day(end))
    outcome = dict(clinical.OUTCOMES).get(str(row.get("outcome")), "")
    outcome += _("; better by {percent} %").format(percent=row["percent"]) if row.get("percent") else ""
    regular = row.get("adherence") in {"GOOD", "UNKNOWN"}
    taken = "" if regular else dict(clinical.ADHERENCE).get(str(row.get("adherence")), "")
    return [
        f"{row.get('drug', '')} ({known.drug_class.label})" if known else str(row.get("drug", "")),
        _("{dose} mg daily").format(dose=row["dose"]) if row.get("dose") else "",
        _(" to ").join(days),
        str(row["weeks"]) if isinstance(row.get("weeks"), int) else "",
        _("{outcome}; taken {how}").format(outcome=outcome, how=taken.lower()) if taken else outcome,
    ]


def _scales(a: Answers) -> dict[str, Any]:
    rows = []
    for given in clinical.scales_of(a):
        scale, total = SCALES.find(str(given.get("scale"))), str(given.get("total"))
        if scale is None or not total.isdigit():
            continue
        band = scale.band(int(total))
        on, who = str(given.get("on") or ""), clinical.rater_words(str(given.get("by")))
        label = _("{scale}, rated by: {who}").format(scale=scale.label, who=who) if who else scale.label
        rows.append([label, total, band[1] if band else "", say.partial_day(on) if on else ""])
    return {"widths": [40, 12, 34, 28], "head": [_("Scale"), _("Total"), _("Band"), _("Scored")], "rows": rows}
