"""Whatever people, registries and time do in whatever order: nothing is public that fails the gate.

And a name that is alike on the exclusion list changes nothing that anybody sees.
"""

import datetime as dt
import itertools
from contextlib import suppress
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import DirectoryError
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.models import Location, Organization, Practitioner, Qualification
from directory.search.clinic_view import view_of
from directory.search.models import SearchEntry
from directory.terminology.exclusions import EXCLUSIONS, Exclusion
from directory.terminology.identifiers import npi_check_digit
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import FactGroup, Method
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.verification import actions, checking, exclusions, queries, reminders, timers
from directory.verification.checking import LicenceSeen
from directory.verification.exclusions import Hit
from directory.verification.models import ExclusionMatch, MatchState
from directory.verification.rules import Found, why_not_public
from directory.verification.sources.leie import COLUMNS, Excluded
from tests.support import clinics
from tests.support.published import MO, NOOR
from tests.support.time import START, Clock

NUMBERS = itertools.count(1)
BY_NAME = (Exclusion.NAME_DOB_MATCH, Exclusion.NAME_STATE_POSSIBLE)
ITEMS = ("S1", "S2", "S3", "S9")
BUDGET = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def row_of_the_list(number: int) -> Excluded:
    cells = dict.fromkeys(COLUMNS, "") | {"LASTNAME": "EXAMPLE", "EXCLTYPE": "1128b4", "EXCLDATE": f"2024{number:04d}"}
    return Excluded(line=2, family_name="EXAMPLE", given_name="NOOR", business="", npi=None, birth_on=None, state="ME",
                    reinstated_on=None, cells=cells)  # fmt: skip


class Gate(RuleBasedStateMachine):
    """One clinic with a prescriber and a second one, from its publication on."""

    databases: Databases
    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self.number = next(NUMBERS)
        self.clock.travel(to=START)
        first, second = (f"1{self.number:06d}0{n}" for n in (1, 2))
        team = [
            clinics.prescriber(clinics.licence(number=n), npi=f"{n}{npi_check_digit(n)}", family_name=f"Example{n}")
            for n in (first, second)
        ]
        with unit_of_work(self.databases, wiring.dispatch) as db:
            body = listings.add_organization(db, clinics.organization())
            place = clinics.location(body, slug=f"clinic-{self.number}")
            self.place = listings.add_site(db, clinics.site(body, location=place, team=team), by="x", at=START).id
            groups = [FactGroup.IDENTITY, FactGroup.SUPERVISION]
            actions.record(db, self.place, groups, method=Method.PHONE, by=MO, at=START)
            actions.publish(db, self.place, by=MO, at=START)
            self.body = body.id
            self.people = [member.person.id for member in team]
            self.licences = [member.qualifications[0].id for member in team]

    def do(self, act: Any) -> None:
        """One act in one transaction; what is refused changes nothing."""
        with suppress(DirectoryError), unit_of_work(self.databases, wiring.dispatch) as db:
            act(db)

    @rule(verb=st.sampled_from(["publish", "reinstate", "submit", "close"]))
    def people_of_the_house_decide(self, verb: str) -> None:
        self.do(lambda db: getattr(actions, verb)(db, self.place, by=MO, at=self.clock.now()))

    @rule()
    def a_person_pauses(self) -> None:
        self.do(lambda db: actions.suspend(db, self.place, note="x", by=MO, at=self.clock.now()))

    @rule()
    def the_clinic_confirms(self) -> None:
        def confirm(db: Any) -> None:
            version = db.get_one(Location, self.place).version
            actions.attest_all_correct(db, self.place, version=version, by=NOOR, at=self.clock.now())

        self.do(confirm)

    @rule(
        which=st.integers(0, 1),
        status=st.sampled_from(["ACTIVE", "ACTIVE", "SUSPENDED", "EXPIRED", "UNKNOWN"]),
        days=st.sampled_from([-400, 1, 40, 900]),
    )
    def a_licence_is_looked_up(self, which: int, status: str, days: int) -> None:
        seen = LicenceSeen(
            status=status,
            expires_on=(self.clock.now() + dt.timedelta(days=days)).date(),
            method=Method.REGISTRY,
            source="the board",
        )
        self.do(lambda db: checking.check_licence(db, self.licences[which], seen, by=MO, at=self.clock.now()))

    @rule(which=st.integers(0, 1), kind=st.sampled_from([Exclusion.NPI_MATCH, *BY_NAME]), row=st.integers(1, 3))
    def the_list_may_mean_somebody(self, which: int, kind: Exclusion, row: int) -> None:
        hit = Hit(row=row_of_the_list(row), kind=kind, practitioner_id=self.people[which])
        before = self.seen()
        self.do(lambda db: exclusions.found(db, hit, at=self.clock.now()))
        if kind in BY_NAME:
            assert self.seen() == before
        assert self.status() == before[0]  # found is not yet paused, however exact

    @rule(verb=st.sampled_from(["confirm", "dismiss"]), last=st.booleans())
    def somebody_decides_a_match(self, verb: str, last: bool) -> None:
        for match_id in self.matches(MatchState.OPEN)[-1 if last else 0 :][:1]:
            self.do(lambda db, i=match_id: getattr(exclusions, verb)(db, i, note="", by=MO, at=self.clock.now()))

    @rule()
    def a_match_is_lifted(self) -> None:
        for match_id in self.matches(MatchState.OPEN, MatchState.CONFIRMED)[:1]:
            self.do(lambda db, i=match_id: exclusions.lift(db, i, note="", at=self.clock.now()))

    @rule(which=st.integers(0, 1))
    def the_list_clears_somebody_unchecked(self, which: int) -> None:
        def uncheck(db: Any) -> None:
            person = db.get_one(Practitioner, self.people[which])
            people.set_exclusion(db, person, Exclusion.NO_MATCH, by="x", at=self.clock.now())

        if not self.matches(MatchState.OPEN, MatchState.CONFIRMED):
            self.do(uncheck)

    @rule(setting=st.sampled_from(RemsSetting), own_word=st.booleans())
    def rems_is_looked_into(self, setting: RemsSetting, own_word: bool) -> None:
        at = self.clock.now()
        if own_word:
            self.do(lambda db: checking.attest_rems(db, self.place, setting, by=NOOR, at=at))
        else:
            method = RemsMethod.REMS_PHONE
            self.do(lambda db: checking.check_rems(db, self.place, setting, method=method, evidence="x", by=MO, at=at))

    @rule(fails=st.sampled_from(["", "", "S1", "S9"]))
    def the_card_is_looked_into(self, fails: str) -> None:
        found = {item: Found(holds=item != fails, method=Method.PHONE, source="x", note="x") for item in ITEMS}
        self.do(lambda db: checking.check_supervision(db, self.place, found, by=MO, at=self.clock.now()))

    @rule(words=st.sampled_from(["We are quiet.", "We cure everything."]))
    def the_text_changes(self, words: str) -> None:
        at = self.clock.now()
        self.do(lambda db: listings.change_site(db, self.place, version=None, at=at, description=words))

    @rule(offered=st.booleans())
    def home_use_is_learned_of(self, offered: bool) -> None:
        self.do(lambda db: actions.set_home_use(db, self.place, offered, by=MO, at=self.clock.now()))

    @rule(days=st.sampled_from([1, 30, 91, 200]))
    def time_passes(self, days: int) -> None:
        at = self.clock.advance(days=days)
        timers.sweep(self.databases, wiring.dispatch, at=at)
        timers.fade(self.databases, wiring.dispatch, at=at)
        reminders.remind(self.databases, wiring.dispatch, at=at)

    @invariant()
    def nothing_public_fails_the_gate(self) -> None:
        with reading(self.databases) as db:
            verified = queries.get_verified(db, self.place, at=self.clock.now())
            entry = db.exec(select(SearchEntry).where(SearchEntry.location_id == self.place)).one_or_none()
            searched = entry is not None and not entry.removed
            persons = [db.get_one(Practitioner, person_id) for person_id in self.people]
            organization = db.get_one(Organization, self.body)
            held = [db.get_one(Qualification, row_id) for row_id in self.licences]
        public = verified.clinic.status in PUBLIC
        assert searched == public
        if not public:
            return
        assert [reason for reason in why_not_public(verified) if reason.pauses] == []
        assert all(EXCLUSIONS[row.exclusion].clear for row in (*persons, organization))
        assert any(row.status == "ACTIVE" for row in held)
        named = " ".join(person.name for person in view_of(verified).team)
        assert not any(person.family_name in named for person in persons if person.held_since)

    def seen(self) -> tuple[str, Any, str]:
        """What anybody sees of the clinic: its status, its page, its row in the search."""
        with reading(self.databases) as db:
            verified = queries.get_verified(db, self.place, at=self.clock.now())
            entry = db.exec(select(SearchEntry).where(SearchEntry.location_id == self.place)).one_or_none()
            return verified.clinic.status, view_of(verified).team, entry.payload if entry else ""

    def status(self) -> str:
        return self.seen()[0]

    def matches(self, *states: MatchState) -> list[UUID]:
        with reading(self.databases) as db:
            asked = select(ExclusionMatch).where(ExclusionMatch.practitioner_id.in_(self.people))  # type: ignore[union-attr]
            return [row.id for row in db.exec(asked).all() if row.state in states]


def test_no_sequence_of_acts_makes_public_what_fails_the_gate(databases: Databases, clock: Clock) -> None:
    machine = type("Gate", (Gate,), {"databases": databases, "clock": clock})
    run_state_machine_as_test(machine, settings=BUDGET)
