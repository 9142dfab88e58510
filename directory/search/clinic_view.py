"""A clinic's public page as its template wants it: facts in words, each with its proof. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from directory.listings.hours import Opening
from directory.listings.records import ClinicRecord, LineRecord, PersonRecord
from directory.search.cost import Cost, cost_of, price_in_words
from directory.search.own_words import marked, own_words
from directory.search.safety_view import Row, going_home, rems_rows, supervision_rows
from directory.terminology.accepting import ACCEPTING, Accepting
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.evidence import EvidenceStatus
from directory.terminology.explained import treatment_href
from directory.terminology.languages import INTERPRETERS, LANGUAGES
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.payers import PAYERS
from directory.terminology.states import STATES
from directory.verification.figures import in_words
from directory.verification.proofs import Proof, VerifiedClinic
from directory.verification.rules import shown_people
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What is known of the treatment for one condition."""

    condition: str
    label: str
    sentence: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One treatment line: its label and required sentences always travel with it."""

    code: str
    title: str
    plain: str
    badge: str
    explained: str
    colour: str
    required: tuple[str, ...]
    evidence: tuple[EvidenceView, ...]
    facts: tuple[Row, ...]
    price: str
    cost: Cost
    course_href: str
    payers: tuple[str, ...]
    comment: str
    paired: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceView:
    """A licence or certificate and its check, in words."""

    title: str
    detail: str
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Someone on the team."""

    name: str
    roles: str
    licences: tuple[LicenceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicView:
    """All that the page shows. `notice` is the neutral line of a stale, paused or closed listing."""

    clinic: ClinicRecord
    accepting: Accepting
    accepting_known: bool
    payers_shown: bool
    wait: str
    notice: str | None
    not_reached: bool
    address: tuple[str, ...]
    directions: str
    open_now: str
    is_open: bool
    hours: tuple[tuple[str, str, bool], ...]
    zone: str
    closures: tuple[str, ...]
    spravato: LineView | None
    off_label: tuple[LineView, ...]
    rems: tuple[Row, ...]
    supervision: tuple[Row, ...]
    going_home: tuple[str, ...]
    team: tuple[PersonView, ...]
    team_incomplete: bool
    paying: tuple[str, ...]
    access: tuple[str, ...]
    languages: str
    interpreter: str
    answers: tuple[str, ...]
    proofs: Mapping[str, Proof]

    @property
    def description(self) -> str:
        """Who they are, in the clinic's own words."""
        return own_words(self.clinic, "description")

    @property
    def transport(self) -> str:
        """How to get there, in the clinic's own words."""
        return own_words(self.clinic, "transport")


def view_of(verified: VerifiedClinic) -> ClinicView:
    """The page at the instant of `verified`. Facts whose proof is past twice its half-life are not shown as facts."""
    clinic, proofs, at = verified.clinic, verified.proofs, verified.at
    zone = ZoneInfo(clinic.time_zone)
    today = at.astimezone(zone).date()
    opening = clinic.opening(at)
    shown = shown_people(clinic, today)
    return ClinicView(
        clinic=clinic,
        accepting=ACCEPTING[clinic.accepting_patients],
        accepting_known=verified.accepting_confirmed,
        payers_shown=proofs["payers"].shown,
        wait=say.wait(clinic.wait_days),
        notice=clinic.terms.notice,
        not_reached=verified.not_reached,
        address=_address(clinic),
        directions=_directions(clinic),
        open_now=_open_now(opening, today) if verified.opening_known else "",
        is_open=opening.is_open,
        hours=tuple(_hours(clinic, today.weekday())) if verified.opening_known else (),
        zone=at.astimezone(zone).strftime("%Z"),
        closures=tuple(_closures(clinic, at)),
        spravato=_line(clinic.spravato, verified) if clinic.spravato else None,
        off_label=tuple(_line(line, verified) for line in clinic.off_label_lines),
        rems=tuple(rems_rows(clinic)),
        supervision=tuple(supervision_rows(clinic.supervision))
        if clinic.supervision and proofs["supervision"].shown
        else (),
        going_home=tuple(going_home(clinic)),
        team=tuple(_person(person) for person in shown),
        team_incomplete=len(shown) < len(clinic.team),
        paying=tuple(_paying(clinic)),
        access=tuple(ACCESSIBILITY.label(code) for code in clinic.accessibility),
        languages=say.listing([LANGUAGES.label(code) for code in clinic.languages]),
        interpreter=INTERPRETERS.label(clinic.interpreter),
        answers=tuple(_answers(verified)),
        proofs=proofs,
    )


def _answers(verified: VerifiedClinic) -> list[str]:
    figures = verified.figures
    if figures is None or not figures.shown:
        return []
    counted, *more = in_words(
        asked=figures.asked,
        decided=figures.decided,
        median_minutes=figures.median_minutes,
        last_on=verified.last_answer_on,
    )
    opened = _("Opened {opened} of {asked}.")
    return [
        counted,
        opened.format(opened=say.number(figures.acknowledged), asked=say.number(figures.asked)),
        *more,
    ]


def _address(clinic: ClinicRecord) -> tuple[str, ...]:
    town = f"{clinic.city}, {clinic.state} {clinic.zip5}{'-' + clinic.zip4 if clinic.zip4 else ''}"
    return tuple(line for line in (clinic.address1, clinic.address2, town) if line)


def _directions(clinic: ClinicRecord) -> str:
    # RFC 5870: the reader's own map program opens it; no map service hears of it from us.
    label = quote(f"{clinic.name}, {', '.join(_address(clinic))}")
    return f"geo:{clinic.point.latitude:.4f},{clinic.point.longitude:.4f}?q={label}"


def _open_now(opening: Opening, today: dt.date) -> str:
    if opening.closure is not None:
        return _("Closed for now")
    if not opening.known:
        return ""
    return _until(opening) if opening.is_open else _opens(opening, today)


def _until(opening: Opening) -> str:
    if opening.closes_at is None:
        return _("Open now")
    return _("Open now, until {time}").format(time=say.clock_time(opening.closes_at.time()))


def _opens(opening: Opening, today: dt.date) -> str:
    if opening.opens_at is None:
        return _("Closed")
    time, opens_on = say.clock_time(opening.opens_at.time()), opening.opens_at.date()
    if opens_on == today:
        return _("Closed now, opens today at {time}").format(time=time)
    return _("Closed now, opens {day} at {time}").format(day=say.weekday(opens_on.weekday()), time=time)


def _hours(clinic: ClinicRecord, today: int) -> list[tuple[str, str, bool]]:
    def said(periods: list[tuple[dt.time | None, dt.time | None]]) -> str:
        if not periods:
            return _("Closed")
        return ", ".join(
            _("Open all day") if opens is None or closes is None else say.hours(opens, closes)
            for opens, closes in periods
        )

    if not clinic.periods:
        return []
    return [
        (say.weekday(weekday), said([(p.opens, p.closes) for p in periods]), weekday == today)
        for weekday, periods in clinic.week
    ]


def _closures(clinic: ClinicRecord, at: dt.datetime) -> list[str]:
    found = []
    for closure in clinic.coming_closures(at):
        if closure.starts_on == closure.ends_on:
            days = say.day(closure.starts_on)
        else:
            days = _("{first} to {last}").format(first=say.day(closure.starts_on), last=say.day(closure.ends_on))
        found.append(Markup("{}: {}").format(days, marked(closure.reason)) if closure.reason else days)
    return found


def _line(line: LineRecord, verified: VerifiedClinic) -> LineView:
    terms = line.terms
    return LineView(
        code=line.treatment,
        title=terms.label,
        plain=terms.plain,
        badge=terms.status_label,
        explained=treatment_href(line.treatment),
        colour=terms.colour,
        required=terms.required_sentences,
        evidence=tuple(
            EvidenceView(
                condition=CONDITIONS[row.condition].plain,
                label=row.label,
                sentence=row.sentence,
                approved=row.status is EvidenceStatus.FDA_APPROVED,
            )
            for row in line.evidence
        ),
        facts=tuple(_line_facts(line)),
        price=price_in_words(line.price) if line.price else "",
        cost=cost_of(line, price_shown=verified.proofs["prices"].shown),
        course_href=f"/clinics/{verified.clinic.slug}/course?treatment={line.treatment}",
        payers=tuple(_payer(line, code, verified) for code in line.payers) + line.plans,
        comment=own_words(line, "comment"),
        paired=line.psychotherapy_paired,
        doubts=tuple(_doubts(line, verified)),
    )


def _payer(line: LineRecord, code: str, verified: VerifiedClinic) -> str:
    payer = PAYERS[code].plain
    doubted = (line.treatment, code) in verified.doubted_payers
    return _("{payer} (not confirmed)").format(payer=payer) if doubted else payer


def _doubts(line: LineRecord, verified: VerifiedClinic) -> list[str]:
    """What a refusal put in doubt, line by line; the listing as a whole stands."""
    payers = [PAYERS[code].plain for code in line.payers if (line.treatment, code) in verified.doubted_payers]
    found = []
    if line.treatment in verified.doubted_treatments:
        found.append(_("Not confirmed: we were told that this may not be given here any more. Please ask."))
    if payers:
        words = _("Not confirmed for {payers}: we were told that this may have changed. Please ask.")
        found.append(words.format(payers=say.listing(payers)))
    return found


def _line_facts(line: LineRecord) -> list[Row]:
    rows = []
    age = _("{age} and over").format(age=line.minimum_age)
    if line.maximum_age is not None:
        age = _("{youngest} to {oldest}").format(youngest=line.minimum_age, oldest=line.maximum_age)
    rows.append(Row(code="ages", label=_("Ages"), value=age))
    if line.observation_minutes is not None:
        watched = _("At least {time}").format(time=say.duration(line.observation_minutes))
        rows.append(Row(code="watched", label=_("Watched over"), value=watched))
    if line.sessions_per_week is not None:
        rows.append(Row(code="sessions", label=_("Sessions a week, at first"), value=str(line.sessions_per_week)))
    if line.next_intake_on is not None:
        rows.append(Row(code="intake", label=_("Next first visit"), value=say.day(line.next_intake_on)))
    needed = _("A referral is needed") if line.referral_required else _("You can ask for yourself")
    rows.append(Row(code="how", label=_("How to come"), value=needed))
    if line.exclusions:
        rows.append(Row(code="not_for", label=_("Not for"), value=own_words(line, "exclusions")))
    return rows


def _person(person: PersonRecord) -> PersonView:
    return PersonView(
        name=person.name,
        roles=say.listing(list(person.role_labels)),
        licences=tuple(
            LicenceView(
                title=_("{title}, {state}").format(title=q.title, state=STATES.label(q.state)) if q.state else q.title,
                detail=_licence_detail(q.status, q.expires_on),
                checked=_("Checked on {day}").format(day=say.day(q.verified_at.date()))
                if q.verified_at
                else _("Not checked yet"),
            )
            for q in person.qualifications
        ),
    )


def _licence_detail(status: str, expires_on: dt.date | None) -> str:
    label = LICENCE_STATUSES.label(status)
    return _("{status}, to {day}").format(status=label, day=say.day(expires_on)) if expires_on else label


def _paying(clinic: ClinicRecord) -> list[str]:
    offers = (
        (clinic.prior_authorization_help, _("Helps with prior authorization")),
        (clinic.superbill, _("Gives you a superbill to send to your insurer")),
        (clinic.sliding_scale, _("Has a sliding scale")),
        (clinic.hsa_fsa, _("Takes HSA and FSA cards")),
    )
    return [words for said, words in offers if said]
