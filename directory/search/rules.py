"""What of a clinic the search shows, and whether it shows the clinic at all. Pure."""

from zoneinfo import ZoneInfo

from directory.listings.records import LineRecord, SupervisionRecord
from directory.search.entries import Answers, Entry, Line, Oversight
from directory.terminology.proofs import FactGroup
from directory.terminology.treatments import LISTABLE
from directory.verification.proofs import VerifiedClinic


def entry_of(verified: VerifiedClinic) -> Entry | None:
    """The clinic's row of the index, or None when it is not searched. What is no longer proved is left out of it."""
    clinic, proofs = verified.clinic, verified.proofs
    lines = tuple(_line(line, verified) for line in clinic.lines if line.treatment in LISTABLE)
    if not clinic.terms.searchable or not lines:
        return None
    confirmed_at = clinic.confirmed_at
    return Entry(
        location_id=str(clinic.location_id),
        slug=clinic.slug,
        name=clinic.name,
        organization=clinic.organization.name,
        city=clinic.city,
        state=clinic.state,
        zip5=clinic.zip5,
        latitude=clinic.point.latitude,
        longitude=clinic.point.longitude,
        phone=clinic.phone or "",
        accepting_patients=clinic.accepting_patients if verified.accepting_confirmed else "",
        confirmed_at=confirmed_at.astimezone(ZoneInfo(clinic.time_zone)).date() if confirmed_at else None,
        confirmed_by=_newest_method(verified),
        wait_days=clinic.wait_days,
        languages=clinic.languages if proofs[FactGroup.LANGUAGES].shown else (),
        accessibility=clinic.accessibility,
        takes_requests=clinic.takes_requests,
        stale=clinic.terms.notice is not None,
        oversight=_oversight(clinic.supervision) if proofs[FactGroup.SUPERVISION].shown else None,
        answers=_answers(verified),
        lines=lines,
    )


def _answers(verified: VerifiedClinic) -> Answers | None:
    figures = verified.figures
    if figures is None or not figures.shown:
        return None
    return Answers(
        asked=figures.asked,
        acknowledged=figures.acknowledged,
        decided=figures.decided,
        median_minutes=figures.median_minutes,
        last_on=verified.last_answer_on,
    )


def _line(line: LineRecord, verified: VerifiedClinic) -> Line:
    price = line.price if verified.proofs[FactGroup.PRICES].shown else None
    payers = line.payers if verified.proofs[FactGroup.PAYERS].shown else ()
    doubted = tuple(payer for payer in payers if (line.treatment, payer) in verified.doubted_payers)
    a_session = price if price is not None and price.per == "SESSION" else None
    return Line(
        treatment=line.treatment,
        conditions=line.conditions,
        payers=tuple(payer for payer in payers if payer not in doubted),
        doubted_payers=doubted,
        doubted=line.treatment in verified.doubted_treatments,
        psychotherapy_paired=line.psychotherapy_paired,
        referral_required=line.referral_required,
        price_min=a_session.lowest if a_session else None,
        price_max=a_session.highest if a_session else None,
        next_intake_on=line.next_intake_on,
    )


def _newest_method(verified: VerifiedClinic) -> str:
    proofs = [(proof.at, proof.method) for proof in verified.proofs.values() if proof.at and proof.method]
    return max(proofs)[1] if proofs else ""


def _oversight(card: SupervisionRecord | None) -> Oversight | None:
    if card is None:
        return None
    return Oversight(
        on_site=card.on_site if card.clinician_present else "",
        monitor=card.monitor,
        observation_minutes=card.observation_minutes,
        pulse_oximetry=bool(card.pulse_oximetry),
        blood_pressure=bool(card.blood_pressure),
    )
