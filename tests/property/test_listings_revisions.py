"""Whatever was changed, in whatever order: put back, the public page is the same as before."""

import datetime as dt
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.listings import revising
from directory.listings.assembly import Rows, build
from directory.listings.facts import facts_of, put
from directory.listings.models import Endpoint, PractitionerRole
from directory.search.clinic_view import view_of
from directory.verification.proofs import verified
from tests.support import clinics
from tests.support.clinics import AT

LATER = AT + dt.timedelta(days=2)
NEW, LICENCE = UUID(int=11), UUID(int=12)
DAYS = st.dates(dt.date(2026, 4, 1), dt.date(2026, 12, 1)).map(dt.date.isoformat)
SAID = st.sampled_from([True, False, None])
TEXT = st.sampled_from(["", "We stay with you.", "By appointment."])

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Harbour Clinic", "Harbor Clinic"]),
    "description": TEXT,
    "phone": st.sampled_from(["+12075550142", "+12075550199"]),
    "fax": st.sampled_from([None, "+12075550177"]),
    "url": st.sampled_from([None, "https://harbour.example"]),
    "endpoint": st.sampled_from([None, "intake@harbour.example", "new@harbour.example"]),
    "address1": st.sampled_from(["1 Wharf Street", "2 Wharf Street"]),
    "point": st.sampled_from([[43.6569, -70.2589], [43.7, -70.3]]),
    "accepting_patients": st.sampled_from(["newpt", "nopt"]),
    "wait_days": st.sampled_from([None, 3, 30]),
    "next_intake_on": st.none() | DAYS,
    "hours.0": st.sampled_from([[], [["09:00", "12:00"], ["13:00", "17:00"]], [["", ""]]]),
    "closures": st.sampled_from([[], [["2026-07-03", "2026-07-04", "Holiday"]]]),
    "languages": st.sampled_from([[], ["en"], ["en", "es"]]),
    "superbill": SAID,
    "ride_home_rule": TEXT,
    "lines.KET_IV.active": st.booleans(),
    "lines.KET_IV.comment": TEXT,
    "lines.KET_IV.price_min": st.sampled_from([300, 400]),
    "lines.KET_IM.active": st.booleans(),
    "lines.KET_IM.conditions": st.sampled_from([[], ["TRD"]]),
    "lines.SPRAVATO.payers": st.sampled_from([[], ["selfpay"], ["medib", "selfpay"]]),
    "supervision.oxygen": SAID,
    "supervision.monitor": st.sampled_from(["", "RN", "MD"]),
    "rems_setting": st.sampled_from(["OUTPATIENT_CERTIFIED", "NOT_CERTIFIED"]),
    "people.new": st.sampled_from([["THERAPIST"], ["MONITORING", "THERAPIST"], []]),
    "people.old": st.sampled_from([["PRESCRIBER"], ["PRESCRIBER", "MEDICAL_DIRECTOR"], []]),
}
CHANGE = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=5, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: VALUES[name] for name in names})
)


def harbour() -> Rows:
    org = clinics.organization()
    member = clinics.prescriber()
    site = clinics.site(org, location=clinics.location(org, status_at=AT, status_by="x", created_at=AT, changed_at=AT))
    roles = [
        PractitionerRole(practitioner_id=member.person.id, location_id=site.location.id, role=role, on_site_days=[0, 2])
        for role in member.roles
    ]
    for licence in member.qualifications:
        licence.practitioner_id = member.person.id
    proved = Endpoint(
        location_id=site.location.id,
        address="intake@harbour.example",
        created_at=AT,
        tested_at=AT,
        tested_by="x",
        proved_at=AT,
    )
    return Rows(
        organization=org,
        location=site.location,
        lines=list(site.lines),
        people=[member.person],
        roles=roles,
        qualifications=list(member.qualifications),
        times=list(site.times),
        supervision=site.supervision,
        endpoint=proved,
    )


def meant(rows: Rows, typed: dict[str, Any]) -> dict[str, Any]:
    """What was drawn, as facts: somebody new by name, the one who is there by id."""
    found = {name: value for name, value in typed.items() if not name.startswith("people.")}
    if "people.old" in typed:
        found[f"people.{rows.people[0].id}.roles"] = typed["people.old"]
    if "people.new" in typed:
        own = {"given_name": "Ana", "family_name": "Example", "credential": "LCSW", "roles": typed["people.new"]}
        found |= {f"people.{NEW}.{name}": value for name, value in own.items()}
        licence = {"kind": "LICENCE", "title": "Social worker", "state": "ME", "number": "7"}
        found |= {f"people.{NEW}.licences.{LICENCE}.{name}": value for name, value in licence.items()}
    if "rems_setting" in found:
        found["rems"] = None if found["rems_setting"] == "NOT_CERTIFIED" else facts_of(rows).get("rems")
    return found


def change(rows: Rows, typed: dict[str, Any], *, by: str) -> tuple[Rows, dict[str, Any]]:
    """The rows after a change, and what stood before, as a revision keeps it."""
    before = facts_of(rows)
    rows = put(rows, typed, by=by, at=LATER)
    return rows, {c.name: c.before for c in revising.changes(before, facts_of(rows))}


@settings(max_examples=150, deadline=None)
@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_put_back_one_after_the_other_the_page_is_the_same(drawn: list[dict[str, Any]]) -> None:
    rows = harbour()
    record, facts = build(rows), facts_of(rows)
    page = view_of(verified(record, [], at=AT))
    kept: list[dict[str, Any]] = []
    for typed in drawn:
        rows, before = change(rows, meant(rows, typed), by="clinic:U-OLA")
        kept.append(before)
    for before in reversed(kept):
        rows, _again = change(rows, before, by="clinic:U-OLA")
    assert facts_of(rows) == facts
    assert build(rows) == record
    assert view_of(verified(build(rows), [], at=AT)) == page
