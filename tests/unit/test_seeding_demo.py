"""The invented clinics: plainly invented, varied, in real towns, and through the gate like everybody else."""

import re
from collections import Counter

from sqlmodel import select

from directory.lib.db import Databases, reading
from directory.listings import queries
from directory.listings.rules import problems_of
from directory.search.models import SearchEntry
from directory.seeding import demo
from directory.seeding.invention import Invented, invent
from directory.seeding.words import stems, towns
from directory.terminology.accepting import ACCEPTING
from directory.terminology.identifiers import is_npi
from directory.terminology.states import STATES
from directory.terminology.treatments import LISTABLE
from directory.verification import queries as verification
from directory.verification.proofs import Freshness
from directory.wiring import dispatch
from directory.wording.claims import find_claims
from tests.support.clinics import AT
from tests.support.time import Clock

COUNT = 243


def everybody() -> list[Invented]:
    return [invent(number, now=AT) for number in range(COUNT)]


def test_there_are_243_in_every_state_the_district_and_puerto_rico() -> None:
    assert len(towns()) == COUNT
    assert len({town.zip5 for town in towns()}) == COUNT
    wanted = {state.code for state in STATES if state.kind != "territory"} | {"PR"}
    assert {town.state for town in towns()} == wanted
    assert len({town.state for town in towns()[:30]}) >= 20


def test_three_near_fresno_give_spravato_in_spanish_and_two_wrote_their_page_in_it() -> None:
    near = [clinic for clinic in everybody()[240:] if clinic.life.state == "PUBLISHED" and clinic.life.channel_proved]
    assert [clinic.site.location.city for clinic in near] == ["Fresno", "Clovis", "Madera"]
    for clinic in near:
        assert "es" in clinic.site.location.languages
        assert clinic.site.location.referrals_on
        assert clinic.site.location.accepting_patients == "newpt"
        assert any(line.treatment == "SPRAVATO" for line in clinic.site.lines)
    assert [bool(clinic.site.location.description_es) for clinic in near] == [True, True, False]


def test_everything_is_plainly_invented() -> None:
    for clinic in everybody():
        place = clinic.site.location
        assert place.name.endswith("(demo)")
        assert clinic.organization.name.endswith("(demo)")
        assert place.is_demo
        assert clinic.organization.is_demo
        assert place.phone is not None
        assert re.fullmatch(r"\+1[2-9]\d\d55501\d\d", place.phone)
        assert clinic.site.endpoint is not None
        assert clinic.site.endpoint.address.endswith(".example.org")
        assert place.url is None or place.url.endswith(".example.org/")
        npis = [clinic.organization.npi, *(member.person.npi for member in clinic.site.team)]
        assert all(npi is not None and npi.startswith("2") and is_npi(npi) for npi in npis)
        assert all(q.number == "" or q.number.startswith("DEMO-") for m in clinic.site.team for q in m.qualifications)


def test_no_two_clinics_or_people_share_what_must_be_their_own() -> None:
    clinics = everybody()
    assert len({demo.slug_of(clinic) for clinic in clinics}) == COUNT
    assert len({clinic.site.location.name for clinic in clinics}) == COUNT
    npis = [member.person.npi for clinic in clinics for member in clinic.site.team]
    assert len(npis) == len(set(npis))
    organizations = {clinic.group: clinic.organization.npi for clinic in clinics}
    assert len(set(organizations.values())) == len(organizations)
    assert not set(npis) & set(organizations.values())
    assert len(set(stems())) == len(stems())


def test_every_row_keeps_the_rules_and_every_sentence_passes_the_lint() -> None:
    for clinic in everybody():
        site = clinic.site
        site.location.slug = demo.slug_of(clinic)
        held = [q for member in site.team for q in member.qualifications]
        people = [member.person for member in site.team]
        assert problems_of(clinic.organization, site.location, *site.lines, *people, *held, site.endpoint) == []
        told = ("description", "transport", "ride_home_rule", "driving_rule")
        texts = [str(getattr(site.location, name)) for field in told for name in (field, f"{field}_es")]
        texts += [
            getattr(line, f) for line in site.lines for f in ("comment", "comment_es", "exclusions", "exclusions_es")
        ]
        assert [find_claims(text) for text in texts if find_claims(text)] == []


def test_they_differ_in_every_field_that_is_filtered_or_shown() -> None:
    clinics = everybody()
    places = [clinic.site.location for clinic in clinics]
    lines = [line for clinic in clinics for line in clinic.site.lines]
    assert {line.treatment for line in lines} == set(LISTABLE.codes)
    assert {place.accepting_patients for place in places} == set(ACCEPTING.codes)
    assert len({payer for line in lines for payer in line.payers}) >= 12
    assert len({language for place in places for language in place.languages}) >= 12
    assert len({code for place in places for code in place.accessibility}) == 7
    assert len({condition for line in lines for condition in line.conditions}) >= 9
    assert {place.rems_setting for place in places} == {"OUTPATIENT_CERTIFIED", "INPATIENT_CERTIFIED", "UNKNOWN"}
    for name in ("psychotherapy_paired", "referral_required"):
        assert {getattr(line, name) for line in lines} == {True, False}
    assert {line.price_min is None for line in lines} == {True, False}
    only_spravato = [c for c in clinics if {line.treatment for line in c.site.lines} == {"SPRAVATO"}]
    no_spravato = [c for c in clinics if "SPRAVATO" not in {line.treatment for line in c.site.lines}]
    assert len(only_spravato) > 40
    assert len(no_spravato) > 40
    assert len(clinics) - len(only_spravato) - len(no_spravato) > 60
    assert Counter(clinic.life.state for clinic in clinics)["STALE"] == 16
    assert {clinic.life.state for clinic in clinics} == {"PUBLISHED", "STALE", "UNLISTED", "SUSPENDED"}
    assert sum(clinic.group != clinic.number for clinic in clinics) > 20
    assert len({place.description for place in places}) > 220
    assert {bool(clinic.site.closures) for clinic in clinics} == {True, False}


def test_a_clinic_is_the_same_every_time_it_is_invented() -> None:
    first, again = invent(17, now=AT), invent(17, now=AT)
    assert first.site.location.model_dump(exclude={"id", "organization_id"}) == again.site.location.model_dump(
        exclude={"id", "organization_id"}
    )


def test_the_demo_loads_through_the_gate_and_a_second_load_adds_nothing(databases: Databases, clock: Clock) -> None:
    assert demo.load(databases, dispatch, count=45) == 45
    assert demo.load(databases, dispatch, count=45) == 0
    with reading(databases) as db:
        ids = queries.find_location_ids(db)
        found = verification.find_verified(db, ids, at=clock.now())
        searched = db.exec(select(SearchEntry).where(SearchEntry.removed == False)).all()  # noqa: E712
    states = Counter(v.clinic.status for v in found)
    assert states == {"PUBLISHED": 40, "STALE": 3, "UNLISTED": 1, "SUSPENDED": 1}
    assert len(searched) == 43
    harbour = next(v for v in found if v.clinic.slug == "harbour-clinic-new-york-ny")
    assert harbour.clinic.takes_requests
    assert harbour.clinic.offers_spravato
    assert harbour.accepting_confirmed
    assert {proof.freshness for proof in harbour.proofs.values()} <= {Freshness.FRESH, Freshness.FADED}
    sites = Counter(v.clinic.organization.organization_id for v in found)
    assert sorted(sites.values())[-2:] == [1, 3]
    assert any(not v.clinic.takes_requests for v in found if v.clinic.status == "PUBLISHED")


def test_what_was_interrupted_is_completed(databases: Databases, clock: Clock) -> None:
    assert demo.load(databases, dispatch, count=3) == 3
    assert demo.load(databases, dispatch, count=5) == 2
