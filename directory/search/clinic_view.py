"""A clinic's public page as its template wants it: facts in words, each with its proof. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from directory.listings.hours import Opening
from directory.listings.records import ClinicRecord, LineRecord, PersonRecord, SupervisionRecord
from directory.terminology.accepting import ACCEPTING, Accepting
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.evidence import EvidenceStatus
from directory.terminology.explained import treatment_href
from directory.terminology.languages import INTERPRETERS, LANGUAGES
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.payers import PAYERS
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS
from directory.terminology.states import STATES
from directory.verification.proofs import Proof, VerifiedClinic
from directory.verification.rules import shown_people
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a card: `met` is True, False, or None where the clinic has not said."""

    label: str
    value: str
    met: bool | None = None


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
    price_note: str
    payers: tuple[str, ...]
    comment: str
    paired: bool


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
    prices_shown: bool
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
    proofs: Mapping[str, Proof]


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
        prices_shown=proofs["prices"].shown,
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
        spravato=_line(clinic.spravato) if clinic.spravato else None,
        off_label=tuple(_line(line) for line in clinic.off_label_lines),
        rems=tuple(_rems(clinic)),
        supervision=tuple(_supervision(clinic.supervision))
        if clinic.supervision and proofs["supervision"].shown
        else (),
        going_home=tuple(_going_home(clinic)),
        team=tuple(_person(person) for person in shown),
        team_incomplete=len(shown) < len(clinic.team),
        paying=tuple(_paying(clinic)),
        access=tuple(ACCESSIBILITY.label(code) for code in clinic.accessibility),
        languages=say.listing([LANGUAGES.label(code) for code in clinic.languages]),
        interpreter=INTERPRETERS.label(clinic.interpreter),
        proofs=proofs,
    )


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
        found.append(f"{days}: {closure.reason}" if closure.reason else days)
    return found


def _line(line: LineRecord) -> LineView:
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
        price=_price(line),
        price_note=_price_note(line),
        payers=tuple(PAYERS[code].plain for code in line.payers) + line.plans,
        comment=line.comment,
        paired=line.psychotherapy_paired,
    )


def _line_facts(line: LineRecord) -> list[Row]:
    rows = []
    age = _("{age} and over").format(age=line.minimum_age)
    if line.maximum_age is not None:
        age = _("{youngest} to {oldest}").format(youngest=line.minimum_age, oldest=line.maximum_age)
    rows.append(Row(label=_("Ages"), value=age))
    if line.observation_minutes is not None:
        watched = _("At least {time}").format(time=say.duration(line.observation_minutes))
        rows.append(Row(label=_("Watched over"), value=watched))
    if line.sessions_per_week is not None:
        rows.append(Row(label=_("Sessions a week, at first"), value=str(line.sessions_per_week)))
    if line.next_intake_on is not None:
        rows.append(Row(label=_("Next first visit"), value=say.day(line.next_intake_on)))
    needed = _("A referral is needed") if line.referral_required else _("You can ask for yourself")
    rows.append(Row(label=_("How to come"), value=needed))
    if line.exclusions:
        rows.append(Row(label=_("Not for"), value=line.exclusions))
    return rows


def _price(line: LineRecord) -> str:
    if line.price is None:
        return ""
    per = {"SESSION": _("a session"), "MONTH": _("a month"), "COURSE": _("a course")}[line.price.per]
    return f"{say.price(line.price.lowest, line.price.highest)} {per}"


def _price_note(line: LineRecord) -> str:
    if line.price is None:
        return ""
    included = [
        words
        for said, words in (
            (line.price.includes_evaluation, _("the first evaluation")),
            (line.price.includes_monitoring, _("monitoring")),
        )
        if said
    ]
    extra = _(" Includes {what}.").format(what=say.listing(included)) if included else ""
    return (
        _("If you pay yourself, as the clinic said on {day}; not a quote.").format(day=say.day(line.price.as_of))
        + extra
    )


def _rems(clinic: ClinicRecord) -> list[Row]:
    if not clinic.offers_spravato:
        return []
    rems = clinic.rems
    rows = [Row(label=_("Certificate"), value=REMS_SETTINGS.label(rems.setting), met=rems.certified)]
    if rems.method and rems.verified_at:
        rows.append(Row(label=_("How we know"), value=REMS_METHODS.label(rems.method)))
        rows.append(Row(label=_("Checked on"), value=say.day(rems.verified_at.date())))
    if rems.reverify_on:
        rows.append(Row(label=_("To be checked again by"), value=say.day(rems.reverify_on)))
    return rows


def _supervision(card: SupervisionRecord) -> list[Row]:
    def yes(label: str, met: bool | None, said: str = "") -> Row:
        words = {True: said or _("Yes"), False: _("No"), None: _("Not stated")}[met]
        return Row(label=label, value=words, met=met)

    watched = card.observation_minutes
    ratio = card.patients_per_monitor
    equipment = [card.oxygen, card.airway_equipment, card.aed]
    return [
        yes(_("In the building for the whole session"), card.clinician_present, _credential(card.on_site)),
        Row(
            label=_("Who watches over you"),
            value=_credential(card.monitor) or _("Not stated"),
            met=True if card.monitor else None,
        ),
        Row(
            label=_("For how long"),
            value=_("At least {time}").format(time=say.duration(watched)) if watched else _("Not stated"),
            met=True if watched else None,
        ),
        Row(
            label=_("People watched at once by one member of staff"),
            value=str(ratio) if ratio else _("Not stated"),
            met=True if ratio else None,
        ),
        yes(_("Blood pressure and heart rate"), _all([card.blood_pressure, card.heart_rate]), _("Measured")),
        yes(_("Oxygen in the blood"), card.pulse_oximetry, _("Measured (pulse oximeter)")),
        yes(_("Staff trained in advanced life support"), card.acls_on_site, _("On site (ACLS)")),
        yes(_("Oxygen, airway equipment and defibrillator"), _all(equipment), _("On site")),
        yes(_("Written emergency plan"), card.emergency_plan),
        yes(_("Examined and asked about before the first session"), card.evaluation_first),
        yes(_("Checked before you may leave"), card.discharge_criteria),
        yes(_("Written consent for off-label use"), card.written_consent),
        yes(_("Given on the premises only, nothing to take home"), _all([card.on_premises_only, card.no_home_program])),
        yes(_("Private room"), card.private_room),
    ]


def _credential(code: str) -> str:
    row = CREDENTIALS.find(code)
    return row.named if row is not None else code


def _all(said: list[bool | None]) -> bool | None:
    """True when all are, False when one is not, None when it cannot be told."""
    if False in said:
        return False
    return None if None in said else True


def _going_home(clinic: ClinicRecord) -> list[str]:
    rules = [clinic.ride_home_rule, clinic.driving_rule]
    if clinic.ride_home_required and not clinic.ride_home_rule:
        rules.insert(0, _("Someone must take you home."))
    return [rule for rule in rules if rule]


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
