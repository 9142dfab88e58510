"""A clinic's public page as schema.org data, for machines that read pages: facts alone, no claim. Pure.

What the page does not show as confirmed is not said at all, since data carries no "not confirmed lately" with it. No
position: some are the center of a ZIP code, and data cannot say which. No price, no rating, no specialty.
"""

import datetime as dt

from markupsafe import Markup

from directory.listings.hours import ClosurePeriod, OpeningPeriod
from directory.listings.records import ClinicRecord
from directory.terminology.proofs import FactGroup
from directory.verification.proofs import VerifiedClinic
from directory.web.linked_data import as_markup

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_BEGINS, _DAY_ENDS = dt.time(0, 0), dt.time(23, 59)


def linked_data(verified: VerifiedClinic, *, base_url: str) -> Markup | None:
    """The clinic as schema.org MedicalClinic; None for one that is invented or not public."""
    clinic = verified.clinic
    if clinic.is_demo or not clinic.terms.public:
        return None
    href = f"{base_url.rstrip('/')}/clinics/{clinic.slug}"
    return as_markup(
        {
            "@context": "https://schema.org",
            "@type": "MedicalClinic",
            "@id": f"{href}#clinic",
            "name": clinic.name,
            "mainEntityOfPage": href,
            "url": clinic.url or None,
            "parentOrganization": {"@type": "Organization", "name": clinic.organization.name},
            "address": _address(clinic) if _fresh(verified, FactGroup.ADDRESS) else None,
            "telephone": (clinic.phone or None) if _reached(verified) else None,
            "knowsLanguage": list(clinic.languages) or None if _fresh(verified, FactGroup.LANGUAGES) else None,
            "isAcceptingNewPatients": _accepting(clinic) if verified.accepting_confirmed else None,
            "openingHoursSpecification": _hours(verified) or None,
            "specialOpeningHoursSpecification": [_closed(c) for c in clinic.coming_closures(verified.at)] or None,
            "availableService": _treatments(verified) or None,
        }
    )


def _fresh(verified: VerifiedClinic, group: FactGroup) -> bool:
    return verified.proofs[group].fresh


def _reached(verified: VerifiedClinic) -> bool:
    return _fresh(verified, FactGroup.PHONE) and not verified.not_reached


def _address(clinic: ClinicRecord) -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "streetAddress": ", ".join(line for line in (clinic.address1, clinic.address2) if line),
        "addressLocality": clinic.city,
        "addressRegion": clinic.state,
        "postalCode": f"{clinic.zip5}-{clinic.zip4}" if clinic.zip4 else clinic.zip5,
        "addressCountry": "US",
    }


def _accepting(clinic: ClinicRecord) -> bool | None:
    # "Their families" is neither yes nor no.
    return {"newpt": True, "nopt": False, "existptonly": False}.get(clinic.accepting_patients)


def _hours(verified: VerifiedClinic) -> list[dict[str, str]]:
    return [_period(period) for period in verified.clinic.periods] if _fresh(verified, FactGroup.HOURS) else []


def _period(period: OpeningPeriod) -> dict[str, str]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"https://schema.org/{_DAYS[period.weekday]}",
        "opens": f"{period.opens or _DAY_BEGINS:%H:%M}",
        "closes": f"{period.closes or _DAY_ENDS:%H:%M}",
    }


def _closed(closure: ClosurePeriod) -> dict[str, str]:
    # The same time twice is how schema.org says "closed all day".
    return {
        "@type": "OpeningHoursSpecification",
        "validFrom": closure.starts_on.isoformat(),
        "validThrough": closure.ends_on.isoformat(),
        "opens": "00:00",
        "closes": "00:00",
    }


def _treatments(verified: VerifiedClinic) -> list[dict[str, str]]:
    if not _fresh(verified, FactGroup.TREATMENTS):
        return []
    return [
        {"@type": "MedicalTherapy", "name": line.terms.label}
        for line in verified.clinic.lines
        if line.treatment not in verified.doubted_treatments
    ]
