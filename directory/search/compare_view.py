"""Clinics side by side, fact by fact, as the comparison wants them: what differs, what does not, each with its proof.

Facts and their words are those of the clinic's own page. What a clinic has not said is "not stated", never "no". Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from urllib.parse import urlencode

from directory.geography.place import Place
from directory.listings.records import NOTHING_SAID
from directory.search.clinic_view import ClinicView, LineView, view_of
from directory.search.comparing import FEWEST, Wanted
from directory.search.course import course_of
from directory.search.course_words import in_a_line
from directory.search.distance import metres_between
from directory.search.results import distance_words
from directory.search.safety_view import Row, supervision_rows
from directory.terminology.explained import treatment_href
from directory.terminology.treatments import TREATMENTS, Treatment
from directory.verification.proofs import Proof, VerifiedClinic
from directory.wording import say
from directory.wording.say import _

_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of what a clinic says; `tag` and its tone stand beside it, `note` below it, quieter, with `href` for
    more."""

    text: str = ""
    tag: str = ""
    tone: str = "quiet"
    note: str = ""
    href: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one clinic says of a fact; `known` is False where it has not said."""

    parts: tuple[Part, ...]
    known: bool = True

    @property
    def plain(self) -> bool:
        """Whether these are so many bare words that a narrow page may run them together."""
        return len(self.parts) > _FEW and not any(part.tag or part.note for part in self.parts)


NOT_GIVEN = Cell(parts=(), known=False)
"""A fact of a treatment that the clinic does not give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of all clinics, in the order of the columns."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether the clinics do not all say the same."""
        return any(cell != self.cells[0] for cell in self.cells)

    @property
    def said(self) -> bool:
        """Whether any clinic says something."""
        return any(cell.known for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRow:
    """How a group of facts was confirmed, clinic by clinic; None where a clinic has no such facts."""

    label: str
    proofs: tuple[Proof | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Facts that belong together. Of a treatment, `terms` say what it is; they travel with every mention."""

    title: str
    facts: tuple[Fact, ...]
    proofs: tuple[ProofRow, ...] = ()
    terms: Treatment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column. `less_href` leaves the clinic out, where two others would be left."""

    slug: str
    name: str
    town: str
    away: str
    notice: str
    ask_href: str
    less_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that the page shows; `same_count` is how many facts all the clinics share;
    `explained` where each treatment is."""

    columns: tuple[Column, ...]
    differing: tuple[Group, ...]
    same: tuple[Group, ...]
    same_count: int
    treatments: tuple[Treatment, ...]
    explained: Mapping[str, str]


def compare(clinics: Sequence[VerifiedClinic], wanted: Wanted, place: Place | None) -> Comparison:
    """The clinics side by side, in this order; distances are from `place`, where the address names one."""
    views = [view_of(clinic) for clinic in clinics]
    groups = [
        _getting_seen(views),
        *_treatments(views, place),
        _supervision(views),
        _going_home(views),
        _paying(views),
        _team(views),
        _access(views),
        _where(views),
    ]
    same = _only(groups, differs=False)
    treatments = tuple(group.terms for group in groups if group.terms)
    return Comparison(
        columns=tuple(_column(view, wanted, place, of=len(views)) for view in views),
        differing=_only(groups, differs=True),
        same=same,
        same_count=sum(len(group.facts) for group in same),
        treatments=treatments,
        explained={terms.code: treatment_href(terms.code) for terms in treatments},
    )


def _only(groups: Sequence[Group], *, differs: bool) -> tuple[Group, ...]:
    """The groups with those facts alone; the proofs of treatments, a group of their own, stay where treatments are."""
    found: list[Group] = []
    for group in groups:
        facts = tuple(fact for fact in group.facts if fact.differs is differs)
        proofs_of_treatments = not group.facts and any(each.terms for each in found)
        if facts or proofs_of_treatments:
            found.append(replace(group, facts=facts))
    return tuple(found)


def _column(view: ClinicView, wanted: Wanted, place: Place | None, *, of: int) -> Column:
    clinic = view.clinic
    return Column(
        slug=clinic.slug,
        name=clinic.name,
        town=f"{clinic.city}, {clinic.state}",
        away="" if (away_m := _away_m(view, place)) is None else distance_words(away_m),
        notice=view.notice or "",
        ask_href=f"/clinics/{clinic.slug}/ask" if clinic.takes_requests else "",
        less_href=wanted.without(clinic.slug).url() if of > FEWEST else "",
    )


def _away_m(view: ClinicView, place: Place | None) -> float | None:
    return metres_between(place.point, view.clinic.point) if place else None


def _said(*texts: str) -> Cell:
    parts = tuple(Part(text=text) for text in texts if text)
    return Cell(parts=parts) if parts else _unsaid()


def _unsaid(words: str = "") -> Cell:
    return Cell(parts=(Part(text=words or _("Not stated")),), known=False)


def _fact(label: str, views: Sequence[ClinicView], cell: Callable[[ClinicView], Cell]) -> Fact:
    return Fact(label=label, cells=tuple(cell(view) for view in views))


def _proofs(group: str, views: Sequence[ClinicView], *, where: Callable[[ClinicView], bool] | None = None) -> ProofRow:
    found = tuple(view.proofs[group] if where is None or where(view) else None for view in views)
    return ProofRow(label=next(iter(views)).proofs[group].label, proofs=found)


def _getting_seen(views: Sequence[ClinicView]) -> Group:
    def accepting(view: ClinicView) -> Cell:
        if not view.accepting_known:
            return _unsaid(_("Not confirmed. Please ask."))
        return Cell(parts=(Part(tag=view.accepting.label, tone=view.accepting.colour),))

    def wait(view: ClinicView) -> Cell:
        return _unsaid() if view.clinic.wait_days is None else _said(view.wait)

    def asking(view: ClinicView) -> Cell:
        return _said(_("You can ask on its page") if view.clinic.takes_requests else _("By phone or letter"))

    facts = (
        _fact(_("New patients"), views, accepting),
        _fact(_("First visit"), views, wait),
        _fact(_("How to ask to be seen"), views, asking),
        _fact(
            _("Requests from here"),
            views,
            lambda view: _said(*view.answers) if view.answers else _unsaid(_("Too few to say")),
        ),
    )
    return Group(title=_("Getting seen"), facts=facts, proofs=(_proofs("accepting", views),))


def _lines(view: ClinicView) -> dict[str, LineView]:
    spravato = (view.spravato,) if view.spravato else ()
    return {line.code: line for line in (*spravato, *view.off_label)}


def _treatments(views: Sequence[ClinicView], place: Place | None) -> list[Group]:
    given = {code for view in views for code in _lines(view)}
    groups = [_treatment(terms, views, place) for terms in TREATMENTS.in_order(given)]
    proofs = tuple(_proofs(group, views) for group in ("treatments", "prices", "payers"))
    return [*groups, Group(title=_("Treatments, prices and insurance"), facts=(), proofs=proofs)]


def _treatment(terms: Treatment, views: Sequence[ClinicView], place: Place | None) -> Group:
    code = terms.code

    def of_line(cell: Callable[[ClinicView, LineView], Cell]) -> Callable[[ClinicView], Cell]:
        def found(view: ClinicView) -> Cell:
            line = _lines(view).get(code)
            return cell(view, line) if line else NOT_GIVEN

        return found

    def row(name: str) -> Callable[[ClinicView, LineView], Cell]:
        return lambda view, line: _said(*(each.value for each in line.facts if each.code == name))

    facts = [_fact(_("Given here for"), views, lambda view: _conditions(_lines(view).get(code)))]
    for name, label in (
        ("ages", _("Ages")),
        ("watched", _("Watched over")),
        ("sessions", _("Sessions a week, at first")),
        ("intake", _("Next first visit")),
        ("how", _("How to come")),
        ("not_for", _("Not for")),
    ):
        facts.append(_fact(label, views, of_line(row(name))))
    facts += [
        _fact(_("With psychotherapy"), views, of_line(lambda view, line: _said(_("Yes") if line.paired else ""))),
        _fact(_("What a course asks"), views, of_line(lambda view, line: _course(view, line, place))),
        _fact(_("Price"), views, of_line(lambda view, line: _price(line))),
        _fact(
            _("Insurance taken"), views, of_line(lambda view, line: _said(*line.payers if view.payers_shown else ()))
        ),
    ]
    proofs: tuple[ProofRow, ...] = ()
    if terms.needs_rems:
        facts.insert(1, _fact(_("Certificate of the site (REMS)"), views, of_line(_certificate)))
        proofs = (_proofs("rems", views, where=lambda view: code in _lines(view)),)
    told = tuple(fact for fact in facts if fact.said)
    return Group(title=terms.label, facts=told, proofs=proofs, terms=terms)


def _conditions(line: LineView | None) -> Cell:
    if line is None:
        return _unsaid(_("Not among its treatments here"))
    doubts = tuple(Part(text=doubt) for doubt in line.doubts)
    named = tuple(
        Part(text=row.condition, tag=row.label, tone="approved" if row.approved else "off-label")
        for row in line.evidence
    )
    return Cell(parts=doubts + (named or (Part(text=_("Conditions not stated")),)), known=bool(named))


def _course(view: ClinicView, line: LineView, place: Place | None) -> Cell:
    start = place if place and place.kind != "state" else None  # the middle of a state is nobody's way
    watched = next(each.observation_minutes for each in view.clinic.lines if each.treatment == line.code)
    course = course_of(line.code, distance_m=_away_m(view, start), observation_minutes=watched)
    asked = {"treatment": line.code} | ({"near": start.near} if start else {})
    href = f"/clinics/{view.clinic.slug}/course?{urlencode(asked)}"
    return Cell(parts=(Part(text=in_a_line(course), note=_("Our estimate, not the clinic’s own plan."), href=href),))


def _price(line: LineView) -> Cell:
    if not line.cost.own:
        return _unsaid(_("The clinic has not said. Ask before you begin."))
    return Cell(parts=(Part(text=line.cost.own, note=line.cost.own_note),))


def _certificate(view: ClinicView, line: LineView) -> Cell:
    return _said(*(row.value for row in view.rems if row.code == "certificate"))


def _supervision(views: Sequence[ClinicView]) -> Group:
    unsaid = supervision_rows(NOTHING_SAID)

    def cell(rows: Sequence[Row], place: int) -> Cell:
        row = rows[place]
        return _unsaid() if row.met is None else _said(row.value)

    cards = [view.supervision or unsaid for view in views]
    facts = tuple(
        Fact(label=row.label, cells=tuple(cell(card, place) for card in cards)) for place, row in enumerate(unsaid)
    )
    ours = _("the license and that treatment stays on site; all else here is each clinic's word")
    proof = replace(_proofs("supervision", views), label=ours)
    return Group(title=_("How you are watched over"), facts=facts, proofs=(proof,))


def _going_home(views: Sequence[ClinicView]) -> Group:
    return Group(
        title=_("Going home"),
        facts=(_fact(_("What holds for the way home"), views, lambda view: _said(*view.going_home)),),
    )


def _yes_or_no(said: bool | None) -> Cell:
    return _unsaid() if said is None else _said(_("Yes") if said else _("No"))


def _paying(views: Sequence[ClinicView]) -> Group:
    facts = (
        _fact(_("Helps with prior authorization"), views, lambda v: _yes_or_no(v.clinic.prior_authorization_help)),
        _fact(_("Superbill to send to your insurer"), views, lambda v: _yes_or_no(v.clinic.superbill)),
        _fact(_("Sliding scale"), views, lambda v: _yes_or_no(v.clinic.sliding_scale)),
        _fact(_("Takes HSA and FSA cards"), views, lambda v: _yes_or_no(v.clinic.hsa_fsa)),
    )
    return Group(title=_("Paying"), facts=facts)


def _team(views: Sequence[ClinicView]) -> Group:
    def people(view: ClinicView) -> Cell:
        return (
            Cell(parts=tuple(Part(text=person.name, note=person.roles) for person in view.team))
            if view.team
            else _unsaid()
        )

    facts = (
        _fact(_("Who treats you"), views, people),
        _fact(
            _("A psychiatrist on the team"),
            views,
            lambda view: _said(_("Yes") if view.clinic.psychiatrist_on_team else ""),
        ),
    )
    return Group(title=_("Team"), facts=facts, proofs=(_proofs("team", views), _proofs("licences", views)))


def _access(views: Sequence[ClinicView]) -> Group:
    facts = (
        _fact(_("Staff speak"), views, lambda view: _said(view.languages)),
        _fact(_("Interpreter"), views, lambda view: _said(view.interpreter)),
        _fact(_("Access"), views, lambda view: _said(*view.access)),
    )
    return Group(title=_("Languages and access"), facts=facts, proofs=(_proofs("languages", views),))


def _where(views: Sequence[ClinicView]) -> Group:
    facts = (
        _fact(_("Address"), views, lambda view: _said(*view.address)),
        _fact(_("Phone"), views, lambda view: _said(say.phone(view.clinic.phone) if view.clinic.phone else "")),
        _fact(_("Opening hours"), views, lambda view: _said(*_week(view))),
        _fact(_("Closed on"), views, lambda view: _said(*view.closures)),
        _fact(_("Getting there"), views, lambda view: _said(view.transport)),
    )
    told = tuple(fact for fact in facts if fact.said)
    proofs = tuple(_proofs(group, views) for group in ("address", "phone", "hours"))
    return Group(title=_("Place and hours"), facts=told, proofs=proofs)


def _week(view: ClinicView) -> list[str]:
    """The week with days of the same hours drawn together."""
    found = []
    for hours, days in groupby(view.hours, key=lambda day: day[1]):
        names = [name for name, _hours, _today in days]
        span = names[0]
        if len(names) > 1:
            span = _("{first} to {last}").format(first=names[0], last=names[-1])
        found.append(_("{days}: {hours}").format(days=span, hours=hours))
    return found
