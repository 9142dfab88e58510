"""The gate before the public, reason by reason, and how proofs fade."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from directory.listings.actions import Site
from directory.listings.assembly import Rows, build
from directory.listings.models import Organization, PractitionerRole
from directory.terminology.listing_status import LISTING_STATUSES
from directory.terminology.proofs import FACT_GROUPS, FactGroup, Method, Outcome
from directory.verification.models import VerificationResult
from directory.verification.proofs import Freshness, VerifiedClinic, verified
from directory.verification.rules import STEPS, step, why_not_public
from tests.support import clinics
from tests.support.clinics import AT


def check(
    group: FactGroup, *, method: Method = Method.PHONE, at: dt.datetime = AT, **changes: Any
) -> VerificationResult:
    given: dict[str, Any] = {
        "fact_group": group,
        "method": method,
        "outcome": Outcome.CONFIRMED,
        "by": "moderator:mo",
        "at": at,
    }
    return VerificationResult(**given | changes)


OURS = (check(FactGroup.IDENTITY, method=Method.REGISTRY), check(FactGroup.SUPERVISION))


def clinic(
    *, org: Organization | None = None, results: Sequence[VerificationResult] = OURS, at: dt.datetime = AT, **parts: Any
) -> VerifiedClinic:
    org = org or clinics.organization()
    place = parts.pop("place", {})
    site: Site = clinics.site(org, **({"location": clinics.location(org, **place)} | parts))
    roles = [
        PractitionerRole(practitioner_id=member.person.id, location_id=site.location.id, role=role)
        for member in site.team
        for role in member.roles
    ]
    for member in site.team:
        for held in member.qualifications:
            held.practitioner_id = member.person.id
    rows = Rows(
        organization=org,
        location=site.location,
        lines=site.lines,
        people=[member.person for member in site.team],
        roles=roles,
        qualifications=[held for member in site.team for held in member.qualifications],
        times=site.times,
        closures=site.closures,
        supervision=site.supervision,
    )
    site.location.version = 1
    return verified(build(rows), results, at=at)


def codes(found: VerifiedClinic) -> list[str]:
    return [reason.code for reason in why_not_public(found)]


def test_a_clinic_with_evidence_for_everything_may_be_public() -> None:
    assert why_not_public(clinic()) == []


@pytest.mark.parametrize(
    ("org", "code"),
    [
        (clinics.organization(npi=None), "npi"),
        (clinics.organization(npi="2234567892"), "npi"),
        (clinics.organization(exclusion="NPI_MATCH"), "exclusion"),
        (clinics.organization(exclusion="NAME_STATE_POSSIBLE"), "exclusion"),
        (clinics.organization(exclusion="NOT_CHECKED"), "exclusion"),
    ],
)
def test_an_organization_nobody_can_vouch_for_stays_out(org: Organization, code: str) -> None:
    assert codes(clinic(org=org)) == [code]


@pytest.mark.parametrize(
    ("results", "code"),
    [
        (OURS[1:], "identity"),
        (OURS[:1], "supervision"),
        ((OURS[0], check(FactGroup.SUPERVISION, method=Method.PORTAL)), "supervision"),
        ((OURS[1], check(FactGroup.IDENTITY, method=Method.SELF)), "identity"),
        ((*OURS, check(FactGroup.SUPERVISION, outcome=Outcome.FAILED, at=AT + dt.timedelta(hours=1))), "supervision"),
        ((*OURS, check(FactGroup.IDENTITY, outcome=Outcome.CHALLENGED, at=AT + dt.timedelta(hours=1))), "identity"),
        ((OURS[0], check(FactGroup.SUPERVISION, at=AT - dt.timedelta(days=362))), "supervision"),
    ],
)
def test_only_a_check_of_ours_that_is_not_outlived_nor_in_doubt_counts(
    results: Sequence[VerificationResult], code: str
) -> None:
    assert codes(clinic(results=results)) == [code]


def test_a_clinics_own_word_after_ours_takes_nothing_away() -> None:
    later = check(FactGroup.SUPERVISION, method=Method.PORTAL, at=AT + dt.timedelta(hours=1))
    assert codes(clinic(results=(*OURS, later))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "PROBATION"},
        {"status": "ACTIVE_RESTRICTED"},
        {"status": "UNKNOWN"},
        {"state": "NH"},
        {"kind": "BOARD"},
        {"expires_on": dt.date(2026, 3, 9)},
        {"verification_method": None},
        {"verification_method": "SELF"},
    ],
)
def test_a_prescriber_needs_a_checked_active_licence_in_that_state(changes: dict[str, Any]) -> None:
    assert codes(clinic(team=(clinics.prescriber(clinics.licence(**changes)),))) == ["S1"]


def test_a_licence_is_good_on_its_last_day_where_the_clinic_is() -> None:
    member = clinics.prescriber(clinics.licence(expires_on=dt.date(2026, 3, 10)))
    late_evening = dt.datetime(2026, 3, 11, 3, 30, tzinfo=dt.UTC)  # still the 10th in Maine
    assert codes(clinic(team=(member,), at=late_evening)) == []
    assert codes(clinic(team=(member,), at=late_evening + dt.timedelta(hours=1))) == ["S1"]


def test_a_second_licence_in_the_state_is_enough() -> None:
    member = clinics.prescriber(clinics.licence(state="NH"), clinics.licence(status="REVOKED"), clinics.licence())
    assert codes(clinic(team=(member,))) == []


def test_without_a_prescriber_nobody_is_licensed_nor_registered() -> None:
    assert codes(clinic(team=(clinics.prescriber(credential="LCSW"),))) == ["S1", "S2"]
    assert codes(clinic(team=(clinics.prescriber(dea_attested=False),))) == ["S2"]
    assert codes(clinic(team=())) == ["S1", "S2"]


def test_anybody_excluded_on_the_team_keeps_the_clinic_out() -> None:
    nurse = clinics.prescriber(given_name="Kim", credential="RN", exclusion="NAME_DOB_MATCH")
    assert codes(clinic(team=(clinics.prescriber(), nurse))) == ["exclusion"]


@pytest.mark.parametrize(
    "place",
    [
        {"rems_setting": "UNKNOWN"},
        {"rems_setting": "NOT_CERTIFIED"},
        {"rems_method": "SELF_ATTESTED"},
    ],
)
def test_spravato_needs_a_certificate_that_is_not_the_clinics_own_word(place: dict[str, Any]) -> None:
    assert codes(clinic(place=place)) == ["S3"]
    assert codes(clinic(place=place, lines=(clinics.iv_ketamine(),))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"licensed_prescriber": None}, "S1"),
        ({"on_premises_only": False}, "S3"),
        ({"evaluation_first": None}, "S4"),
        ({"clinician_present": False}, "S5"),
        ({"on_site": ""}, "S5"),
        ({"on_site": "RN"}, "S5"),
        ({"pulse_oximetry": None}, "S6"),
        ({"blood_pressure": False}, "S6"),
        ({"heart_rate": False}, "S6"),
        ({"acls_on_site": False}, "S7"),
        ({"aed": None}, "S7"),
        ({"emergency_plan": None}, "S7"),
        ({"discharge_criteria": None}, "S8"),
        ({"escort_required": False}, "S8"),
        ({"no_driving": None}, "S8"),
        ({"no_home_program": None}, "S9"),
        ({"written_consent": False}, "S10"),
    ],
)
def test_every_part_of_supervision_must_be_attested(changes: dict[str, Any], code: str) -> None:
    assert codes(clinic(supervision=clinics.supervision(**changes))) == [code]


def test_no_card_at_all_is_one_reason() -> None:
    assert codes(clinic(supervision=None)) == ["supervision"]


def test_consent_to_off_label_use_is_asked_only_where_ketamine_is_given() -> None:
    card = clinics.supervision(written_consent=None, on_premises_only=None)
    assert codes(clinic(supervision=card, lines=(clinics.spravato(),))) == []


@pytest.mark.parametrize(("minutes", "expected"), [(0, ["S6"]), (119, ["S6"]), (120, []), (135, [])])
def test_spravato_is_watched_for_two_hours_at_least(minutes: int, expected: list[str]) -> None:
    line = clinics.spravato(observation_minutes=minutes or None)
    card = clinics.supervision(observation_minutes=None)
    assert codes(clinic(lines=(line,), supervision=card)) == expected


def test_at_home_ketamine_never_passes_whatever_else_is_true() -> None:
    assert codes(clinic(place={"home_use_offered": True})) == ["S9"]
    line = clinics.iv_ketamine()
    line.treatment = "KET_HOME"
    assert codes(clinic(lines=(line,))) == ["S9"]


def test_treatments_are_for_adults_and_there_is_at_least_one() -> None:
    assert codes(clinic(lines=(clinics.iv_ketamine(minimum_age=16),))) == ["age"]
    assert codes(clinic(lines=())) == ["lines"]
    assert codes(clinic(lines=(clinics.iv_ketamine(active=False),))) == ["lines"]


@pytest.mark.parametrize(
    "parts",
    [
        {"place": {"description": "We cure depression."}},
        {"place": {"ride_home_rule": "Risk-free rides."}},
        {"place": {"name": "#1 Ketamine Clinic"}},
        {"lines": (clinics.iv_ketamine(comment="FDA-approved ketamine"),)},
        {"lines": (clinics.iv_ketamine(plans=["Guaranteed Gold"]),)},
    ],
)
def test_a_promise_anywhere_in_a_clinics_own_words_keeps_it_out(parts: dict[str, Any]) -> None:
    found = why_not_public(clinic(**parts))
    assert [reason.code for reason in found] == ["claim"]
    assert "“" in found[0].words


def test_every_reason_is_a_sentence() -> None:
    worst = clinic(
        org=clinics.organization(npi=None, exclusion="NOT_CHECKED"),
        results=(),
        team=(),
        supervision=clinics.supervision(
            **dict.fromkeys(
                ("licensed_prescriber", "on_premises_only", "evaluation_first", "clinician_present", "aed"), None
            )
        ),
        place={"rems_setting": "UNKNOWN", "home_use_offered": True, "phone": None},
    )
    reasons = why_not_public(worst)
    assert len(reasons) > 10
    assert all(reason.words.endswith(".") and reason.words[0].isupper() for reason in reasons)


@pytest.mark.parametrize(
    ("days", "freshness"),
    [
        (0, Freshness.FRESH),
        (89, Freshness.FRESH),
        (90, Freshness.FRESH),
        (91, Freshness.FADED),
        (120, Freshness.FADED),
        (181, Freshness.FADED),
        (182, Freshness.EXPIRED),
    ],
)
def test_a_proof_fades_after_its_half_life_and_is_hidden_after_twice_of_it(days: int, freshness: Freshness) -> None:
    found = clinic(results=[check(FactGroup.PHONE, at=AT - dt.timedelta(days=days, hours=1))])
    proof = found.proofs[FactGroup.PHONE]
    assert proof.freshness is freshness
    assert proof.shown is (freshness is not Freshness.EXPIRED)
    assert proof.words


def test_what_nobody_confirmed_says_so_and_a_challenge_puts_in_doubt_until_it_is_answered() -> None:
    challenged = check(FactGroup.ACCEPTING, outcome=Outcome.CHALLENGED, at=AT + dt.timedelta(days=1))
    answered = check(FactGroup.ACCEPTING, method=Method.PORTAL, at=AT + dt.timedelta(days=2))
    nothing = clinic(results=[])
    assert nothing.proofs[FactGroup.ACCEPTING].freshness is Freshness.NONE
    assert not nothing.accepting_confirmed
    later = AT + dt.timedelta(days=3)
    doubted = clinic(results=[check(FactGroup.ACCEPTING), challenged], at=later)
    assert doubted.proofs[FactGroup.ACCEPTING].freshness is Freshness.DOUBTED
    assert not doubted.accepting_confirmed
    assert clinic(results=[check(FactGroup.ACCEPTING), challenged, answered], at=later).accepting_confirmed


def test_a_proof_says_how_and_on_which_day_where_the_clinic_is() -> None:
    late = dt.datetime(2026, 3, 10, 3, 0, tzinfo=dt.UTC)  # the evening of the 9th in Maine
    proof = clinic(results=[check(FactGroup.PHONE, at=late)]).proofs[FactGroup.PHONE]
    assert proof.words == "Confirmed by phone, March 9, 2026"
    assert set(clinic().proofs) == set(FACT_GROUPS.codes)


def test_nothing_leads_out_of_never_list_and_only_the_gate_leads_to_the_public() -> None:
    assert [verb for verb in STEPS if step("NEVER_LIST", verb)] == []
    assert {verb for verb, (_, to) in STEPS.items() if LISTING_STATUSES[to].public} == {
        "publish",
        "reinstate",
        "mark_stale",
    }
    assert step("SUSPENDED", "publish") is None
    assert step("SUSPENDED", "reinstate") == "PUBLISHED"
