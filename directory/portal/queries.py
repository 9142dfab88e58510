"""What the clinic is asked to confirm, in the words in which its page says it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.listings.records import ClinicRecord
from directory.search.clinic_view import ClinicView, LineView, view_of
from directory.terminology.accepting import ACCEPTING
from directory.terminology.proofs import FACT_GROUPS, FactGroup
from directory.verification.queries import get_verified
from directory.wording import say
from directory.wording.say import _, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """One group of facts that "all still correct" renews, and what the page says now."""

    label: str
    value: str


def what_is_attested(db: Session, location_id: UUID, *, at: dt.datetime) -> list[Attested]:
    """Every group that a clinic's own word can renew, with what the page says of it."""
    view = view_of(get_verified(db, location_id, at=at))
    values = {
        FactGroup.ADDRESS: ", ".join(view.address),
        FactGroup.PHONE: say.phone(view.clinic.phone or ""),
        FactGroup.HOURS: "; ".join(f"{day}: {hours}" for day, hours, _today in view.hours),
        FactGroup.TREATMENTS: joined("; ", (line.title for line in _lines(view))),
        FactGroup.TEAM: "; ".join(f"{person.name} ({person.roles})" for person in view.team),
        FactGroup.PRICES: "; ".join(f"{line.title}: {line.price}" for line in _lines(view) if line.price),
        FactGroup.PAYERS: "; ".join(f"{line.title}: {joined(', ', line.payers)}" for line in _lines(view)),
        FactGroup.ACCEPTING: ACCEPTING.label(view.clinic.accepting_patients),
        FactGroup.LANGUAGES: view.languages,
    }
    return [
        Attested(label=row.label, value=values.get(FactGroup(row.code), ""))
        for row in FACT_GROUPS
        if row.clinic_can_attest
    ]


def next_intake_on(clinic: ClinicRecord) -> dt.date | None:
    """The week that the clinic named last; its lines all hold the same."""
    return next((line.next_intake_on for line in clinic.lines if line.next_intake_on), None)


def quick_facts(clinic: ClinicRecord) -> dict[str, str]:
    """What the quick update changes, as it stands now, by the form's fields."""
    intake = next_intake_on(clinic)
    return {
        "accepting_patients": clinic.accepting_patients,
        "wait_days": "" if clinic.wait_days is None else str(clinic.wait_days),
        "next_intake_on": intake.isoformat() if intake else "",
        "requests": "on" if clinic.referrals_on else "off",
    }


def in_words(facts: dict[str, str]) -> list[tuple[str, str]]:
    """The same for people: what it is, and its value."""
    accepting = ACCEPTING.find(facts["accepting_patients"])
    return [
        (_("New patients"), accepting.label if accepting else ""),
        (_("Days until a first visit"), facts["wait_days"] or _("not said")),
        (_("Next intake"), facts["next_intake_on"] or _("not said")),
        (_("Requests"), _("on") if facts["requests"] == "on" else _("off")),
    ]


def _lines(view: ClinicView) -> list[LineView]:
    return [*([view.spravato] if view.spravato else []), *view.off_label]
