"""What a clinic's page says to machines: true facts alone, and nothing that could end the element it stands in."""

import dataclasses
import datetime as dt
import json
from typing import Any

from directory.listings.assembly import Rows, build
from directory.listings.hours import ClosurePeriod, OpeningPeriod
from directory.search.clinic_pages import vcard
from directory.search.linked_data import linked_data
from directory.terminology.proofs import FACT_GROUPS
from directory.verification.models import VerificationResult
from directory.verification.proofs import VerifiedClinic, verified
from tests.support import clinics
from tests.support.clinics import AT

BASE = "https://care.example.org/"
ALLOWED = {
    *("@context", "@type", "@id", "name", "mainEntityOfPage", "url", "parentOrganization", "address", "telephone"),
    *("knowsLanguage", "isAcceptingNewPatients", "openingHoursSpecification", "specialOpeningHoursSpecification"),
    "availableService",
}
"""Properties of schema.org MedicalClinic and of what it inherits; whoever adds one looks it up there first."""


def harbour(at: dt.datetime = AT, **changes: Any) -> VerifiedClinic:
    """Harbour Clinic at a moment, all of it confirmed at AT, with these facts changed."""
    org = clinics.organization()
    site = clinics.site(org)
    site.location.version, site.location.status, site.location.status_at = 1, "PUBLISHED", AT
    rows = Rows(
        organization=org,
        location=site.location,
        lines=site.lines,
        people=[],
        roles=[],
        qualifications=[],
        times=site.times,
        closures=[],
        supervision=site.supervision,
    )
    results = [
        VerificationResult(
            location_id=site.location.id,
            fact_group=group,
            method="PHONE",
            outcome="CONFIRMED",
            by="moderator:mo",
            at=AT,
        )
        for group in FACT_GROUPS.codes
    ]
    found = verified(build(rows), results, at=at)
    return dataclasses.replace(found, clinic=dataclasses.replace(found.clinic, **changes))


def said(clinic: VerifiedClinic) -> dict[str, Any]:
    found = linked_data(clinic, base_url=BASE)
    assert found is not None
    given: dict[str, Any] = json.loads(found)
    return given


def test_a_clinic_says_its_confirmed_facts_and_no_others() -> None:
    facts = said(harbour())
    assert set(facts) <= ALLOWED
    assert facts["@type"] == "MedicalClinic"
    assert facts["mainEntityOfPage"] == "https://care.example.org/clinics/harbour-clinic-portland-me"
    assert facts["address"]["streetAddress"] == "1 Wharf Street"
    assert facts["telephone"] == "+12075550142"
    assert facts["isAcceptingNewPatients"] is True
    assert facts["availableService"][0] == {"@type": "MedicalTherapy", "name": "Spravato® (esketamine) nasal spray"}
    whole = json.dumps(facts)
    assert not any(word in whole for word in ("rating", "price", "geo", "approved for", "npi", "intake@"))


def test_what_nobody_confirmed_lately_is_not_said() -> None:
    late = said(harbour(AT + dt.timedelta(days=100)))
    assert set(late) & {"telephone", "isAcceptingNewPatients", "openingHoursSpecification", "availableService"} == set()
    assert late["name"] == "Harbour Clinic"


def test_a_treatment_in_doubt_is_not_said() -> None:
    found = harbour()
    codes = {line.treatment for line in found.clinic.lines}
    doubted = dataclasses.replace(found, doubted_treatments=frozenset(codes))
    assert "availableService" not in said(doubted)


def test_an_invented_or_a_paused_clinic_says_nothing_to_machines() -> None:
    assert linked_data(harbour(is_demo=True), base_url=BASE) is None
    assert linked_data(harbour(status="SUSPENDED"), base_url=BASE) is None


def test_new_patients_are_said_as_yes_no_or_not_at_all() -> None:
    answers = {
        code: said(harbour(accepting_patients=code)).get("isAcceptingNewPatients")
        for code in ("newpt", "nopt", "existptonly", "existptfam")
    }
    assert answers == {"newpt": True, "nopt": False, "existptonly": False, "existptfam": None}


def test_hours_and_closures_are_said_as_schema_org_reads_them() -> None:
    day = AT.date() + dt.timedelta(days=3)
    found = harbour(
        periods=(OpeningPeriod(weekday=0, opens=dt.time(9), closes=dt.time(17, 30)), OpeningPeriod(weekday=6)),
        closures=(ClosurePeriod(starts_on=day, ends_on=day, reason="Our own words"),),
    )
    facts = said(found)
    opening = [(row["dayOfWeek"], row["opens"], row["closes"]) for row in facts["openingHoursSpecification"]]
    assert opening == [
        ("https://schema.org/Monday", "09:00", "17:30"),
        ("https://schema.org/Sunday", "00:00", "23:59"),
    ]
    (closed,) = facts["specialOpeningHoursSpecification"]
    assert (closed["validFrom"], closed["opens"], closed["closes"]) == (day.isoformat(), "00:00", "00:00")
    assert "Our own words" not in json.dumps(facts)


def test_a_name_cannot_end_the_element_it_stands_in() -> None:
    name = 'Harbour </script><script>alert("1")</script> & <!-- Sons'
    found = harbour(name=name)
    markup = linked_data(found, base_url=BASE)
    assert markup is not None
    assert "<" not in markup
    assert said(found)["name"] == name


def unfolded(card: str) -> dict[str, str]:
    """The content lines of a vCard by name, unfolded (RFC 6350 3.2)."""
    assert "\n" not in card.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    lines = card.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    return dict(line.split(":", 1) for line in lines)


def parts(value: str) -> list[str]:
    """The components of a value, unescaped (RFC 6350 3.4)."""
    found, escaped = [""], False
    for character in value:
        if character == ";" and not escaped:
            found.append("")
        elif character == "\\" and not escaped:
            escaped = True
            continue
        else:
            found[-1] += character
        escaped = False
    return found


def test_what_a_contact_card_escapes_is_read_back_as_it_was() -> None:
    name = "Ångström; Sons, “Harbour”\\Clinic\r\nTEL:+1900 " + "ü" * 90
    found = harbour(name=name, address2="Suite 4; 2nd floor, back")
    lines = unfolded(vcard(found.clinic))
    assert list(lines)[:3] == ["BEGIN", "VERSION", "KIND"]
    assert parts(lines["FN"]) == [" ".join(name.split())]
    address = parts(lines["ADR;TYPE=work"])
    assert address == ["", "", "1 Wharf Street Suite 4; 2nd floor, back", "Portland", "ME", "04101", "USA"]
    assert [line for line in lines if line.startswith("TEL")] == ["TEL;VALUE=uri;TYPE=work,voice"]
