"""One clinic as JSON: the same facts as its page, each group with its proof. No private field has a way in."""

from typing import Any

from directory.interop.answers import answer_figures
from directory.listings.records import ClinicRecord, LineRecord
from directory.terminology.proofs import FactGroup
from directory.verification.proofs import Proof, VerifiedClinic


def clinic(verified: VerifiedClinic) -> dict[str, Any]:
    """The public clinic. Facts whose proof has run out are null or missing, as on the page."""
    record, proofs = verified.clinic, verified.proofs
    return {
        "slug": record.slug,
        "name": record.name,
        "organization": record.organization.name,
        "description": record.description,
        "address": _address(record),
        "latitude": round(record.point.latitude, 5),
        "longitude": round(record.point.longitude, 5),
        "time_zone": record.time_zone,
        "phone": record.phone,
        "website": record.url,
        "accepting_patients": record.accepting_patients if verified.accepting_confirmed else None,
        "wait_days": record.wait_days,
        "takes_requests": record.takes_requests,
        "languages": list(record.languages) if proofs[FactGroup.LANGUAGES].shown else [],
        "interpreter": record.interpreter,
        "accessibility": list(record.accessibility),
        "ride_home_required": record.ride_home_required,
        "treatments": [_line(line, verified) for line in record.lines],
        "rems": _rems(record) if record.offers_spravato else None,
        "hours": _hours(record) if verified.opening_known else [],
        "confirmed_at": record.confirmed_at.date().isoformat() if record.confirmed_at else None,
        "notice": record.terms.notice,
        "answers": _answers(verified),
        "proofs": {code: _proof(proof) for code, proof in proofs.items()},
    }


def _answers(verified: VerifiedClinic) -> dict[str, Any] | None:
    figures = verified.figures
    if figures is None or not figures.shown:
        return None
    return answer_figures(
        asked=figures.asked,
        acknowledged=figures.acknowledged,
        decided=figures.decided,
        median_minutes=figures.median_minutes,
        last_on=verified.last_answer_on,
    )


def _address(record: ClinicRecord) -> dict[str, str]:
    lines = [line for line in (record.address1, record.address2) if line]
    return {"street": ", ".join(lines), "city": record.city, "state": record.state, "zip": record.zip5}


def _line(line: LineRecord, verified: VerifiedClinic) -> dict[str, Any]:
    price = line.price if verified.proofs[FactGroup.PRICES].shown else None
    payers = line.payers if verified.proofs[FactGroup.PAYERS].shown else ()
    doubted = [payer for payer in payers if (line.treatment, payer) in verified.doubted_payers]
    return {
        "treatment": line.treatment,
        "label": line.terms.label,
        "status": line.terms.status.value,
        "status_label": line.terms.status_label,
        "required_sentences": list(line.terms.required_sentences),
        "conditions": [{"condition": row.condition, "evidence": row.status.value} for row in line.evidence],
        "in_doubt": line.treatment in verified.doubted_treatments,
        "payers": [payer for payer in payers if payer not in doubted],
        "payers_in_doubt": doubted,
        "minimum_age": line.minimum_age,
        "psychotherapy_paired": line.psychotherapy_paired,
        "referral_required": line.referral_required,
        "observation_minutes": line.observation_minutes,
        "next_intake_on": line.next_intake_on.isoformat() if line.next_intake_on else None,
        "price": {
            "lowest": price.lowest,
            "highest": price.highest,
            "currency": "USD",
            "per": price.per,
            "as_of": price.as_of.isoformat(),
        }
        if price
        else None,
    }


def _rems(record: ClinicRecord) -> dict[str, Any]:
    rems = record.rems
    verified_on = rems.verified_at.date().isoformat() if rems.verified_at else None
    return {"setting": rems.setting, "certified": rems.certified, "method": rems.method, "verified_on": verified_on}


def _hours(record: ClinicRecord) -> list[dict[str, Any]]:
    return [
        {
            "weekday": period.weekday,
            "opens": period.opens.isoformat("minutes") if period.opens else None,
            "closes": period.closes.isoformat("minutes") if period.closes else None,
        }
        for _weekday, periods in record.week
        for period in periods
    ]


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "freshness": proof.freshness.value,
        "method": proof.method,
        "at": proof.at.isoformat() if proof.at else None,
        "words": proof.words,
    }
