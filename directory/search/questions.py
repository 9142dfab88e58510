"""Questions to take along: what a clinic's own page leaves open, and what everybody should ask. Data, and a pure rule.

The questions follow published lists for patients (each row names its source); whether a page leaves one open is read
off what the clinic has said and how well that is proved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from directory.listings.records import NOTHING_SAID, ClinicRecord, SupervisionRecord
from directory.verification.proofs import VerifiedClinic
from directory.wording import say
from directory.wording.say import _

Test = Callable[[VerifiedClinic], bool]

ASKP: Final = "ASKP3 Standards of Practice, 2020"
APA: Final = "Sanacora and others, JAMA Psychiatry 2017 (APA)"
ASA: Final = "American Society of Anesthesiologists, 2025"
REMS: Final = "FDA: Spravato REMS, 2024"
LABEL: Final = "Spravato prescribing information"
LIST: Final = "Questions for people who choose a ketamine clinic, licensedpsychedelics.com, read 2026"
OURS: Final = ""
"""A question about a gap of the page alone, which nobody published."""

TOPICS: Final = {
    "treatment": _("The treatment"),
    "people": _("The people"),
    "safety": _("Safety"),
    "day": _("The day"),
    "money": _("Money"),
    "care": _("Your other care"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `open` tells whether a page leaves it open, which `gap` says; `always`: everybody should ask it.

    `concerns` tells of which clinics it is asked at all.
    """

    code: str
    topic: str
    ask: str
    gap: str = ""
    open: Test | None = None
    always: bool = True
    concerns: Test | None = None
    source: str = LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question of the sheet: why it is asked, and at which clinics, by name."""

    ask: str
    why: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom the sheet is for."""

    name: str
    town: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What to print: questions that the pages leave open, the others by topic, and where all of them come from."""

    clinics: tuple[Contact, ...]
    open: tuple[Asking, ...]
    topics: tuple[tuple[str, tuple[Asking, ...]], ...]
    sources: tuple[str, ...]


def sheet(clinics: Sequence[VerifiedClinic]) -> Sheet:
    """The sheet for one clinic or several. What every page leaves open is asked once, among the open questions."""
    left_open: list[Asking] = []
    topics: dict[str, list[Asking]] = {topic: [] for topic in TOPICS}
    asked: list[Question] = []
    for question in QUESTIONS:
        at = [clinic for clinic in clinics if question.concerns is None or question.concerns(clinic)]
        gaps = [clinic for clinic in at if question.open is not None and question.open(clinic)]
        if gaps:
            left_open.append(Asking(ask=_(question.ask), why=_why(question, gaps, of=clinics), names=_names(gaps)))
        told = [clinic for clinic in at if clinic not in gaps]
        if question.always and told:
            topics[question.topic].append(Asking(ask=_(question.ask), why="", names=_names(told)))
        if gaps or (question.always and told):
            asked.append(question)
    return Sheet(
        clinics=tuple(_contact(each.clinic) for each in clinics),
        open=tuple(left_open),
        topics=tuple((_(TOPICS[topic]), tuple(found)) for topic, found in topics.items() if found),
        sources=tuple(dict.fromkeys(question.source for question in asked if question.source)),
    )


def gaps_of(clinic: VerifiedClinic) -> list[str]:
    """The codes of the questions that this clinic's page leaves open."""
    concerned = [q for q in QUESTIONS if q.concerns is None or q.concerns(clinic)]
    return [q.code for q in concerned if q.open is not None and q.open(clinic)]


def _why(question: Question, gaps: Sequence[VerifiedClinic], *, of: Sequence[VerifiedClinic]) -> str:
    if len(of) == 1:
        return _(question.gap)
    return _("Open on the page of {clinics}.").format(clinics=say.listing(_names(gaps)))


def _names(clinics: Sequence[VerifiedClinic]) -> tuple[str, ...]:
    return tuple(each.clinic.name for each in clinics)


def _contact(clinic: ClinicRecord) -> Contact:
    phone = say.phone(clinic.phone) if clinic.phone else ""
    return Contact(name=clinic.name, town=f"{clinic.city}, {clinic.state}", phone=phone)


def _card(clinic: VerifiedClinic) -> SupervisionRecord:
    card = clinic.clinic.supervision
    return card if card is not None and clinic.proofs["supervision"].shown else NOTHING_SAID


def _unsaid(*names: str) -> Test:
    """Whether one of these lines of the supervision card is not said."""
    return lambda clinic: any(getattr(_card(clinic), name) in (None, "") for name in names)


def _not_told(*names: str) -> Test:
    """Whether one of these facts of the clinic is not said."""
    return lambda clinic: any(getattr(clinic.clinic, name) in (None, "", ()) for name in names)


def _not_fresh(group: str) -> Test:
    return lambda clinic: not clinic.proofs[group].fresh


def _some_line_without(name: str, group: str) -> Test:
    return lambda clinic: not clinic.proofs[group].shown or any(not getattr(line, name) for line in clinic.clinic.lines)


def _spravato(clinic: VerifiedClinic) -> bool:
    return clinic.clinic.offers_spravato


def _off_label(clinic: VerifiedClinic) -> bool:
    return bool(clinic.clinic.off_label_lines)


def _no_way_home(clinic: VerifiedClinic) -> bool:
    place = clinic.clinic
    return not (place.ride_home_required or place.ride_home_rule or place.driving_rule)


QUESTIONS: Final = (
    Question(code="drug", topic="treatment", ask=_("Which drug is it, in which form, and at what dose?")),
    Question(code="approved", topic="treatment", ask=_("Is it approved for what I have, or off-label?")),
    Question(code="studies", topic="treatment", ask=_("What do studies show for people like me?")),
    Question(code="stop", topic="treatment", ask=_("What happens if it does not help? When do we stop?"), source=ASA),
    Question(
        code="consent",
        topic="treatment",
        ask=_("Will you explain the off-label use to me in writing before I agree?"),
        gap=_("This page does not say whether you agree to off-label use in writing."),
        open=_unsaid("written_consent"),
        always=False,
        concerns=_off_label,
        source=ASKP,
    ),
    Question(
        code="evaluation",
        topic="people",
        ask=_("Who checks me before the first dose, and how long does that take?"),
        gap=_("This page does not say who checks you before the first session."),
        open=_unsaid("evaluation_first"),
        source=APA,
    ),
    Question(
        code="on_site",
        topic="people",
        ask=_("Who is in the building while I am treated? What is their license?"),
        gap=_("This page does not say who is in the building for the whole session."),
        open=_unsaid("clinician_present", "on_site"),
    ),
    Question(
        code="monitor",
        topic="people",
        ask=_("Who watches over me during the session?"),
        gap=_("This page does not say who watches over you during the session."),
        open=_unsaid("monitor"),
    ),
    Question(
        code="ratio",
        topic="people",
        ask=_("How many people does one member of staff watch at once?"),
        gap=_("This page does not say how many people one member of staff watches at once."),
        open=_unsaid("patients_per_monitor"),
        always=False,
        source=OURS,
    ),
    Question(
        code="breathing",
        topic="people",
        ask=_("Who can act if I stop breathing well? Do they have ACLS training?"),
        gap=_("This page does not say whether staff have training in advanced life support."),
        open=_unsaid("acls_on_site"),
        source=APA,
    ),
    Question(
        code="license",
        topic="people",
        ask=_("Who prescribes for me, and where can I look up their license?"),
        gap=_("The licenses on this page were not checked lately."),
        open=_not_fresh("licences"),
        always=False,
        source=OURS,
    ),
    Question(
        code="rems",
        topic="people",
        ask=_("Is this site signed up with the federal safety program for Spravato?"),
        gap=_("The Spravato certificate on this page was not checked lately."),
        open=lambda clinic: not (clinic.clinic.rems.certified and clinic.proofs["rems"].fresh),
        concerns=_spravato,
        source=REMS,
    ),
    Question(
        code="measured",
        topic="safety",
        ask=_("What do you measure, how often, and for how long?"),
        gap=_("This page does not say all of what is measured while you are treated, and for how long."),
        open=_unsaid("blood_pressure", "heart_rate", "pulse_oximetry", "observation_minutes"),
        source=ASKP,
    ),
    Question(
        code="emergency",
        topic="safety",
        ask=_("What do you do in an emergency?"),
        gap=_("This page does not say all of what is ready for an emergency."),
        open=_unsaid("emergency_plan", "oxygen", "airway_equipment", "aed"),
    ),
    Question(
        code="leaving",
        topic="safety",
        ask=_("How do you decide that I may leave?"),
        gap=_("This page does not say whether you are checked before you may leave."),
        open=_unsaid("discharge_criteria"),
        always=False,
        source=REMS,
    ),
    Question(
        code="over_time",
        topic="safety",
        ask=_("How do you watch my bladder, blood pressure and risk of misuse over time?"),
    ),
    Question(code="medicines", topic="safety", ask=_("Which of my medicines matter?"), source=ASKP),
    Question(
        code="accepting",
        topic="day",
        ask=_("Do you take new patients now, and how long until a first visit?"),
        gap=_("This page does not say for sure whether new patients are taken, and how long the wait is."),
        open=lambda clinic: not clinic.accepting_confirmed or clinic.clinic.wait_days is None,
        always=False,
        source=OURS,
    ),
    Question(code="hours", topic="day", ask=_("How long am I at the clinic?")),
    Question(
        code="open",
        topic="day",
        ask=_("On which days and at what times do you treat people?"),
        gap=_("This page does not tell the hours."),
        open=lambda clinic: not clinic.opening_known,
        always=False,
        source=OURS,
    ),
    Question(code="friend", topic="day", ask=_("Can a friend sit with me?")),
    Question(
        code="room",
        topic="day",
        ask=_("Is the room private?"),
        gap=_("This page does not say whether the room is private."),
        open=_unsaid("private_room"),
        always=False,
        source=OURS,
    ),
    Question(
        code="home",
        topic="day",
        ask=_("Who may take me home? When may I drive?"),
        gap=_("This page does not say what holds for the way home."),
        open=_no_way_home,
        source=LABEL,
    ),
    Question(
        code="access",
        topic="day",
        ask=_("Is there a way in without steps? What help is there for hearing, sight or memory?"),
        gap=_("This page does not say how people with disabilities can use the place."),
        open=_not_told("accessibility"),
        always=False,
        source=OURS,
    ),
    Question(
        code="language",
        topic="day",
        ask=_("Which languages do your staff speak? Is there an interpreter?"),
        gap=_("This page does not say which languages staff speak."),
        open=_not_told("languages"),
        always=False,
        source=OURS,
    ),
    Question(
        code="cost",
        topic="money",
        ask=_("What does it all cost, for the whole plan?"),
        gap=_("This page does not give a price for every treatment."),
        open=_some_line_without("price", "prices"),
    ),
    Question(
        code="insurance",
        topic="money",
        ask=_("Do you take my insurance for this treatment?"),
        gap=_("This page does not say for every treatment which insurance is taken."),
        open=_some_line_without("payers", "payers"),
        always=False,
        source=OURS,
    ),
    Question(
        code="plan",
        topic="money",
        ask=_("Do you help with my health plan?"),
        gap=_("This page does not say whether there is help with prior authorization."),
        open=_not_told("prior_authorization_help"),
    ),
    Question(
        code="paying",
        topic="money",
        ask=_("Is there a superbill, a sliding scale, or another way to pay less?"),
        gap=_("This page does not say all ways to pay."),
        open=_not_told("superbill", "sliding_scale"),
        always=False,
        source=OURS,
    ),
    Question(code="back", topic="money", ask=_("What do I get back if I stop early?")),
    Question(code="doctor", topic="care", ask=_("Will you write to my doctor and my therapist?")),
    Question(code="night", topic="care", ask=_("Whom do I call at night or on a weekend?")),
)
"""In the order in which they are asked."""
