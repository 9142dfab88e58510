"""Clinics side by side: what differs, what is the same, what nobody said; and the questions that a page leaves open."""

import datetime as dt
from typing import Any

import pytest

from directory.geography import places
from directory.geography.place import Found, Place
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings import moved
from directory.listings.assembly import Rows, build
from directory.listings.models import Location, PractitionerRole
from directory.search import questions
from directory.search.compare_view import Comparison, Fact, compare
from directory.search.comparing import MOST, Wanted, picked
from directory.search.queries import find_picked
from directory.terminology.proofs import FACT_GROUPS, Method, Outcome
from directory.verification.models import VerificationResult
from directory.verification.proofs import VerifiedClinic, verified
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.published import harbour
from tests.support.time import Clock


def a_clinic(slug: str, *, at: dt.datetime = AT, place: dict[str, Any] | None = None, **parts: Any) -> VerifiedClinic:
    """A clinic of which everything was confirmed by phone at AT; `at` is the moment it is read."""
    org = clinics.organization()
    site = clinics.site(org, location=clinics.location(org, slug=slug, name=slug.title(), **(place or {})), **parts)
    member = site.team[0]
    for held in member.qualifications:
        held.practitioner_id = member.person.id
    rows = Rows(
        organization=org,
        location=site.location,
        lines=site.lines,
        people=[member.person],
        roles=[PractitionerRole(practitioner_id=member.person.id, location_id=site.location.id, role="PRESCRIBER")],
        qualifications=list(member.qualifications),
        times=site.times,
        closures=site.closures,
        supervision=site.supervision,
        endpoint=site.endpoint,
    )
    checks = [
        VerificationResult(fact_group=code, method=Method.PHONE, outcome=Outcome.CONFIRMED, by="moderator:mo", at=AT)
        for code in FACT_GROUPS.codes
    ]
    return verified(build(rows), checks, at=at)


def side_by_side(*found: VerifiedClinic, place: Place | None = None) -> Comparison:
    return compare(found, Wanted(slugs=tuple(each.clinic.slug for each in found)), place)


def facts(view: Comparison, *, same: bool = False) -> dict[tuple[str, str], Fact]:
    """Facts by the title of their group and their label."""
    groups = view.same if same else view.differing
    return {(group.title, fact.label): fact for group in groups for fact in group.facts}


def texts(fact: Fact) -> list[str]:
    return ["; ".join(part.text or part.tag for part in cell.parts) for cell in fact.cells]


def test_the_address_is_all_there_is_of_a_comparison() -> None:
    wanted = Wanted.read(["a", " b ", "a", " "], "  Portland,   ME ")
    assert wanted == Wanted(slugs=("a", "b"), near="Portland, ME")
    assert wanted.url() == "/compare?near=Portland%2C+ME&c=a&c=b"
    assert wanted.without("a").url() == "/compare?near=Portland%2C+ME&c=b"


@pytest.mark.parametrize("name", ["b\0", "A", "a b", "a_b", "-a", "a--b", "é", "<b>", "call-us!", "x" * 121])
def test_what_no_clinic_can_be_called_is_counted_and_forgotten(name: str) -> None:
    read = Wanted.read(["a", name], "")
    assert read == Wanted(slugs=("a",), strange=1)
    assert read.url() == "/compare?c=a"


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (2, True), (MOST, True), (MOST + 1, False)])
def test_four_fit_and_none_is_too_few(count: int, fits: bool) -> None:
    problem = Wanted(slugs=tuple(f"c{n}" for n in range(count))).problem
    assert (problem == "") is fits


def test_what_is_the_same_is_told_apart_from_what_differs() -> None:
    view = side_by_side(a_clinic("harbour"), a_clinic("bay", place={"wait_days": 40}))
    differing, same = facts(view), facts(view, same=True)
    assert texts(differing["Getting seen", "First visit"]) == ["about 2 weeks", "about 6 weeks"]
    assert texts(same["Getting seen", "New patients"]) == ["Accepting new patients"] * 2
    assert ("Getting seen", "First visit") not in same
    assert view.same_count == len(same)


def test_what_nobody_said_is_not_stated_and_never_no() -> None:
    silent = a_clinic("silent", supervision=clinics.supervision(monitor="", private_room=None))
    denies = a_clinic("denies", supervision=clinics.supervision(private_room=False), place={"superbill": False})
    found = facts(side_by_side(silent, denies))
    room = found["How you are watched over", "Private room"]
    assert texts(room) == ["Not stated", "No"]
    assert [cell.known for cell in room.cells] == [False, True]
    assert texts(found["How you are watched over", "Who watches over you"]) == ["Not stated", "Registered nurse (RN)"]
    assert texts(found["Paying", "Superbill to send to your insurer"]) == ["Not stated", "No"]


def test_our_check_of_supervision_is_told_apart_from_what_a_clinic_attests() -> None:
    view = side_by_side(a_clinic("a", supervision=clinics.supervision(private_room=False)), a_clinic("b"))
    (group,) = [each for each in view.differing if each.title == "How you are watched over"]
    assert [row.label for row in group.proofs] == [
        "the license and that treatment stays on site; all else here is each clinic's word"
    ]


def test_a_card_that_is_confirmed_no_more_counts_as_not_stated() -> None:
    late = AT + dt.timedelta(days=400)
    same = facts(side_by_side(a_clinic("a", at=late), a_clinic("b", at=late)), same=True)
    assert texts(same["How you are watched over", "Private room"]) == ["Not stated"] * 2
    assert texts(same["Getting seen", "New patients"]) == ["Not confirmed. Please ask."] * 2


def test_approved_use_and_off_label_use_are_told_apart_in_every_cell() -> None:
    both = a_clinic("both", lines=(clinics.spravato(conditions=["TRD", "PTSD"]), clinics.iv_ketamine()))
    view = side_by_side(both, a_clinic("one", lines=(clinics.iv_ketamine(price_max=600),)))
    spravato, infusion = (group for group in view.differing if group.terms)
    assert spravato.terms is not None
    assert spravato.terms.status_label.startswith("FDA-approved")
    given = spravato.facts[0]
    assert next((part.tag, part.tone) for part in given.cells[0].parts) == ("FDA-approved", "approved")
    assert {part.tone for part in given.cells[0].parts[1:]} == {"off-label"}
    assert texts(given)[1] == "Not among its treatments here"
    assert infusion.terms is not None
    assert infusion.terms.status_label == "Off-label use"
    assert [terms.code for terms in view.treatments] == ["SPRAVATO", "KET_IV"], "their sentences are printed"


def test_distances_are_said_as_on_cards_and_only_from_a_place() -> None:
    found = places.find("04101")
    assert isinstance(found, Found)
    pair = (a_clinic("near"), a_clinic("far", place={"latitude": 43.92}))
    assert [column.away for column in side_by_side(*pair).columns] == ["", ""]
    near, far = (column.away for column in side_by_side(*pair, place=found.place).columns)
    assert near.endswith("miles away")
    assert far == "18 miles away"


def test_a_clinic_can_be_left_out_while_two_are_left() -> None:
    three = side_by_side(a_clinic("a"), a_clinic("b"), a_clinic("c"))
    assert [column.less_href for column in three.columns][1] == "/compare?c=a&c=c"
    assert {column.less_href for column in side_by_side(a_clinic("a"), a_clinic("b")).columns} == {""}


def row(slug: str, status: str = "PUBLISHED") -> Location:
    return clinics.location(clinics.organization(), slug=slug, name=slug.title(), status=status)


def test_clinics_that_left_or_were_merged_are_said_in_words() -> None:
    rows = {
        each.slug: each for each in (row("open"), row("old", "CLOSED"), row("shut", "CLOSED"), row("draft", "DRAFT"))
    }
    found = picked(["open", "old", "shut", "draft", "nobody"], rows, {"old": "open"})
    assert [pick.slug for pick in found.picks] == ["open"]
    merged, closed, unknown = found.said
    assert merged == "Old and Open turned out to be the same clinic. It stands here as Open."
    assert closed.startswith("Shut: This clinic has closed")
    assert unknown == "2 of the clinics in this address are not in the directory. They may have been removed."
    assert found.too_few.startswith("One clinic")


def test_merged_listings_are_found_by_the_address_they_had(databases: Databases, clock: Clock) -> None:
    kept_id = harbour(databases, slug="kept")
    with unit_of_work(databases) as db:
        org = listings.add_organization(db, clinics.organization(npi=None))
        site = clinics.site(org, location=clinics.location(org, slug="gone"), team=())
        moved.move(db, listings.add_site(db, site, by="x", at=AT).id, kept_id, at=AT)
    with reading(databases) as db:
        found = find_picked(db, ("gone", "kept", "never"))
        assert find_picked(db, ()).picks == ()
    assert [pick.slug for pick in found.picks] == ["kept"]
    assert len(found.said) == 2


def test_a_page_that_says_everything_leaves_nothing_open() -> None:
    told = {"prior_authorization_help": True, "superbill": True, "sliding_scale": False, "ride_home_required": True}
    price = {"price_min": 900, "price_max": 900, "price_as_of": dt.date(2026, 1, 5)}
    full = a_clinic("full", place=told, lines=(clinics.spravato(**price), clinics.iv_ketamine()))
    assert questions.gaps_of(full) == []
    assert questions.sheet([full]).open == ()


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("monitor", {"supervision": clinics.supervision(monitor="")}),
        ("monitor", {"supervision": None}),
        ("evaluation", {"supervision": clinics.supervision(evaluation_first=None)}),
        ("measured", {"supervision": clinics.supervision(pulse_oximetry=None)}),
        ("cost", {"lines": (clinics.spravato(),)}),
        ("insurance", {"lines": (clinics.iv_ketamine(payers=[]),)}),
        ("open", {"times": ()}),
        ("access", {"place": {"accessibility": []}}),
        ("accepting", {"place": {"wait_days": None}}),
        ("rems", {"place": {"rems_setting": "NOT_CERTIFIED", "rems_method": None, "rems_verified_at": None}}),
        ("license", {"at": AT + dt.timedelta(days=40)}),
    ],
)
def test_a_gap_of_the_page_becomes_a_question(code: str, parts: dict[str, Any]) -> None:
    clinic = a_clinic("gappy", **parts)
    assert code in questions.gaps_of(clinic)
    question = next(each for each in questions.QUESTIONS if each.code == code)
    sheet = questions.sheet([clinic])
    assert (question.ask, question.gap) in {(each.ask, each.why) for each in sheet.open}
    assert question.ask not in {each.ask for _title, asked in sheet.topics for each in asked}, "it is asked once"


def test_what_a_clinic_denies_is_no_gap() -> None:
    assert "room" not in questions.gaps_of(a_clinic("a", supervision=clinics.supervision(private_room=False)))


def test_questions_on_a_treatment_are_asked_where_it_is_given() -> None:
    sheet = questions.sheet([a_clinic("a", lines=(clinics.iv_ketamine(),))])
    assert not [each for _title, asked in sheet.topics for each in asked if "Spravato" in each.ask]


def test_of_several_clinics_each_question_has_a_line_for_each_that_must_answer_it() -> None:
    silent = a_clinic("silent", supervision=clinics.supervision(monitor=""))
    sheet = questions.sheet([a_clinic("tells"), silent])
    watching = next(each for each in sheet.open if each.ask == "Who watches over me during the session?")
    assert (watching.names, watching.why) == (("Silent",), "Open on the page of Silent.")
    other = [each for _title, asked in sheet.topics for each in asked if each.ask == watching.ask]
    assert [each.names for each in other] == [("Tells",)]


def test_every_question_says_what_it_rests_on_or_is_about_a_gap_alone() -> None:
    codes = [question.code for question in questions.QUESTIONS]
    assert len(codes) == len(set(codes))
    for question in questions.QUESTIONS:
        assert question.topic in questions.TOPICS
        assert (question.gap != "") == (question.open is not None)
        assert question.source or not question.always, question.code
