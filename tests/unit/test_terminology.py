"""The value sets: complete, consistent, and never calling off-label use approved."""

import datetime as dt
import re

import pytest

from directory.referrals.models import Who
from directory.terminology import icd10
from directory.terminology.accepting import ACCEPTING
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.code_list import CodeList
from directory.terminology.conditions import CONDITIONS
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.decline_reasons import (
    APPOINTMENT_REASONS,
    CANCEL_REASONS,
    DECLINE_REASONS,
    FIRST_DAY,
    NO_SHOW_REASONS,
    PLAIN_GROUPS,
    Reason,
    Usage,
    in_force,
)
from directory.terminology.evidence import EvidenceStatus, evidence_for
from directory.terminology.identifiers import has_dea_format, is_npi, is_nucc_code, npi_check_digit
from directory.terminology.languages import LANGUAGES
from directory.terminology.licences import LICENCE_STATUSES, status_from_board
from directory.terminology.listing_status import LISTING_STATUSES, ListingState
from directory.terminology.payers import PAYERS
from directory.terminology.referral_status import OPEN, REFERRAL_STATUSES, TERMINAL
from directory.terminology.scales import SCALES, SuicideRisk, suicide_risk
from directory.terminology.states import STATES, find_state
from directory.terminology.taxonomy import specialties
from directory.terminology.treatments import (
    COMPOUNDED_IS_NOT_APPROVED,
    KETAMINE_IS_OFF_LABEL,
    LISTABLE,
    SPRAVATO_BOXED_WARNING,
    SPRAVATO_LIMITATION_OF_USE,
    TREATMENTS,
    RegulatoryStatus,
)


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "1003000126", "1558598797", "1881018208", "1972902351"])
def test_a_number_with_the_right_check_digit_is_an_npi(npi: str) -> None:
    assert is_npi(npi)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        "0000000000",
        "3234567891",
        "1234567001",
        "2234567892",
        "123456789",
        "12345678930",
        "",
        "1234567893\n",
        "١٢٣٤٥٦٧٨٩٣",
    ],
)
def test_anything_else_is_not_an_npi(text: str) -> None:
    assert not is_npi(text)


@pytest.mark.parametrize(("nine", "digit"), [("123456789", 3), ("100300012", 6), ("223456789", 1)])
def test_the_check_digit_of_an_npi_is_computed_with_the_80840_prefix(nine: str, digit: int) -> None:
    assert npi_check_digit(nine) == digit


@pytest.mark.parametrize("text", ["AP5836727", "BB1388568", "F91234563", "AB1234563", "MJ1234563", "F91234563-001AB"])
def test_a_dea_number_has_its_checksum(text: str) -> None:
    assert has_dea_format(text)


@pytest.mark.parametrize("text", ["AB1234567", "A1234563", "1B1234563", "ab1234563", ""])
def test_a_wrong_dea_number_is_refused(text: str) -> None:
    assert not has_dea_format(text)


def test_nucc_codes_are_ten_characters_ending_in_x_and_the_subset_has_that_shape() -> None:
    assert not any(is_nucc_code(text) for text in ("2084P0800", "363lp0808x", "KETAMINE00X"))
    assert all(is_nucc_code(row.code) for row in specialties())
    assert specialties()["363LP0808X"].individual
    assert not specialties()["261QP3300X"].individual


def test_only_spravato_is_ever_called_approved() -> None:
    for treatment in TREATMENTS:
        words = " ".join((treatment.label, treatment.short_label, treatment.status_label, treatment.plain))
        if treatment.code == "SPRAVATO":
            assert treatment.status is RegulatoryStatus.FDA_APPROVED
        else:
            assert treatment.status is not RegulatoryStatus.FDA_APPROVED
            assert not re.search(r"(?<!not )(?<!not FDA-)approved", words, re.IGNORECASE), words


def test_every_ketamine_line_carries_the_off_label_sentence_and_every_compounded_one_a_second() -> None:
    for treatment in TREATMENTS:
        if treatment.is_ketamine:
            assert KETAMINE_IS_OFF_LABEL in treatment.required_sentences
        else:
            assert SPRAVATO_LIMITATION_OF_USE in treatment.required_sentences
            assert SPRAVATO_BOXED_WARNING in treatment.required_sentences
        compounded = treatment.status is RegulatoryStatus.UNAPPROVED_COMPOUNDED
        assert (COMPOUNDED_IS_NOT_APPROVED in treatment.required_sentences) is compounded


def test_at_home_ketamine_is_known_and_never_listable() -> None:
    assert not TREATMENTS["KET_HOME"].listable
    assert "KET_HOME" not in LISTABLE
    assert LISTABLE.codes == ("SPRAVATO", "KET_IV", "KET_IM", "KET_SC", "KET_IN_COMPOUNDED", "KET_ORAL_SL_CLINIC")


def test_each_pair_of_treatment_and_condition_has_evidence_with_a_sentence() -> None:
    approved = set()
    for treatment in TREATMENTS:
        for condition in CONDITIONS:
            evidence = evidence_for(treatment.code, condition.code)
            assert evidence.sentence
            assert evidence.label
            if evidence.status is EvidenceStatus.FDA_APPROVED:
                approved.add((treatment.code, condition.code))
    assert approved == {("SPRAVATO", "TRD"), ("SPRAVATO", "MDSI")}
    assert evidence_for("KET_IM", "CRPS").status is EvidenceStatus.OFF_LABEL_MODERATE
    assert evidence_for("KET_SC", "TRD").status is EvidenceStatus.NOT_ESTABLISHED
    with pytest.raises(KeyError):
        evidence_for("KET_IV", "HAPPINESS")


def test_a_patient_never_reads_that_they_are_not_eligible() -> None:
    for reason in DECLINE_REASONS:
        assert "eligib" not in (reason.plain.label + reason.plain.next_step).casefold()
    assert DECLINE_REASONS["not_eligible_clinical"].plain_group == "another_kind_of_care"
    assert {reason.plain_group for reason in DECLINE_REASONS} == set(PLAIN_GROUPS.codes)
    assert DECLINE_REASONS["other"].needs_comment


def test_a_reason_is_in_force_from_its_first_day_to_its_last_and_keeps_its_label() -> None:
    old = Reason(
        code="fax_broken",
        label="The fax is broken",
        usage=Usage.REJECT,
        who=("clinic",),
        effective_from=dt.date(2025, 1, 1),
        effective_to=dt.date(2025, 12, 31),
    )
    days = [dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    assert [in_force([old], day) for day in days] == [[], [old], [old], []]
    assert CodeList("old ones", (old,)).label("fax_broken") == "The fax is broken"


def test_every_reason_says_what_it_is_for_and_who_may_give_it() -> None:
    every = {CANCEL_REASONS: "cancel", APPOINTMENT_REASONS: "cancel_appointment", NO_SHOW_REASONS: "no_show"}
    for reasons, usage in every.items():
        assert {reason.usage for reason in reasons} == {usage}
    assert {reason.code for reason in DECLINE_REASONS if reason.usage == "redirect"} == {"redirected"}
    people = {who.value for who in Who}
    for reason in (*DECLINE_REASONS, *CANCEL_REASONS, *APPOINTMENT_REASONS, *NO_SHOW_REASONS):
        assert reason.who
        assert set(reason.who) <= people
        assert (reason.effective_from, reason.effective_to) == (FIRST_DAY, None)


def test_reasons_that_put_a_fact_in_doubt_name_it() -> None:
    challenged = {reason.code: reason.challenges for reason in DECLINE_REASONS if reason.challenges}
    assert challenged == {
        "no_capacity": "accepting",
        "waitlist_only": "accepting",
        "insurance_not_accepted": "payers",
        "treatment_not_offered": "treatments",
    }


def test_our_nineteen_states_become_fhir_statuses_as_gravity_allows_plus_received() -> None:
    allowed = {
        "draft", "requested", "received", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed",
        "completed", "entered-in-error",
    }  # fmt: skip
    assert len(REFERRAL_STATUSES) == 19
    assert {row.fhir_status for row in REFERRAL_STATUSES} <= allowed
    assert {"declined", "cancelled", "expired", "completed", "entered_in_error"} == TERMINAL
    assert not TERMINAL & OPEN
    assert REFERRAL_STATUSES["declined"].business_status == ("bser", "4.0")


def test_a_code_may_be_typed_with_or_without_its_dot_and_a_header_is_not_billable() -> None:
    for code in ("F33.2", "F32.A", "F40.10", "F41.1", "F43.10", "F42.2", "R45.851", "G89.4", "G90.511"):
        assert icd10.is_billable(code)
        assert icd10.is_billable(code.replace(".", "").lower())
    for code in ("F42", "F43.1", "F32", "F33.4", "G90.51", ""):
        assert not icd10.is_billable(code)
    row = icd10.find("f332")
    assert row is not None
    assert (row.code, row.display) == ("F332", "F33.2")


def test_each_condition_offers_billable_codes_and_all_of_the_subset_is_reachable() -> None:
    reached = set()
    for condition in CONDITIONS:
        offered = icd10.offered(condition.icd10_groups)
        assert offered
        reached |= {row.group for row in offered}
    assert {row.group for row in icd10.offered()} - reached == {"POSTPARTUM"}
    assert len(icd10.offered()) == 91


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"),
        (15, "moderately_severe"), (19, "moderately_severe"), (20, "severe"), (27, "severe"),
    ],
)  # fmt: skip
def test_a_phq9_total_falls_in_its_band(total: int, band: str) -> None:
    found = SCALES["PHQ9"].band(total)
    assert found is not None
    assert found[0] == band


def test_a_total_out_of_range_is_refused() -> None:
    assert not any(SCALES["PHQ9"].accepts(total) for total in (-1, 28, 3.5, True, "9"))
    assert not any(SCALES["GAD7"].accepts(total) for total in (-1, 22))
    with pytest.raises(ValueError, match="0 to 21"):
        SCALES["GAD7"].band(22)
    assert SCALES["MADRS"].band(60) is None


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, SuicideRisk.NONE),
        ({"q1": True}, SuicideRisk.LOW),
        ({"q1": True, "q2": True}, SuicideRisk.LOW),
        ({"q1": True, "q2": True, "q3": True}, SuicideRisk.MODERATE),
        ({"q2": True, "q4": True}, SuicideRisk.HIGH),
        ({"q2": True, "q5": True}, SuicideRisk.HIGH),
        ({"q6_lifetime": True}, SuicideRisk.MODERATE),
        ({"q6_lifetime": True, "q6_3mo": True}, SuicideRisk.HIGH),
    ],
)
def test_the_screener_is_triaged(answers: dict[str, bool], level: SuicideRisk) -> None:
    assert suicide_risk(**answers) is level


def test_only_a_plainly_active_licence_is_unrestricted() -> None:
    assert [row.code for row in LICENCE_STATUSES if row.unrestricted] == ["ACTIVE"]
    assert status_from_board(" active ").code == "ACTIVE"
    assert status_from_board("Telemedicine Active").code == "UNKNOWN"
    assert status_from_board("Active with restrictions").code == "ACTIVE_RESTRICTED"


def test_states_are_fifty_with_the_district_and_five_territories() -> None:
    kinds = [state.kind for state in STATES]
    assert (kinds.count("state"), kinds.count("district"), kinds.count("territory")) == (50, 1, 5)
    for text in ("pr", "Puerto Rico", " puerto  rico "):
        found = find_state(text)
        assert found is not None
        assert found.code == "PR"
    assert find_state("AP") is None


def test_every_listing_state_has_words() -> None:
    assert set(LISTING_STATUSES.codes) == set(ListingState)
    assert [row.code for row in LISTING_STATUSES if row.searchable] == ["PUBLISHED", "STALE"]


def test_the_plan_net_sets_are_complete() -> None:
    assert set(ACCEPTING.codes) == {"newpt", "nopt", "existptonly", "existptfam"}
    assert set(ACCESSIBILITY.codes) == {
        "cultcomp", "handiaccess", "adacomp", "pubtrans", "anssrvc", "cognitive", "mobility",
    }  # fmt: skip
    assert set(PAYERS.codes) == {
        "commppo", "commhdhp", "commpos", "commhmo", "commepo", "medi", "medihmo", "mediadv", "mediadvhmo", "media",
        "medib", "medid", "mediab", "qhp", "ihs", "fep", "tri", "va", "selfpay",
    }  # fmt: skip
    assert {"en", "es", "ase"} <= set(LANGUAGES.codes)
    assert [row.code for row in CREDENTIALS if row.can_prescribe][:2] == ["MD", "DO"]


def test_a_value_set_refuses_a_code_twice_and_names_itself_when_a_code_is_unknown() -> None:
    row = STATES["CA"]
    with pytest.raises(ValueError, match="twice"):
        CodeList("doubles", [row, row])
    with pytest.raises(KeyError, match="states"):
        STATES["ZZ"]
    assert STATES.unknown(["CA", "ZZ"]) == ["ZZ"]
    assert [found.code for found in STATES.in_order(["NY", "CA"])] == ["CA", "NY"]
