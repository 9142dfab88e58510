"""How well a group of facts is proved at a moment: the newest check, its age against the half-life, and words. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from directory.listings.records import ClinicRecord
from directory.terminology.proofs import FACT_GROUPS, METHODS, FactGroup, Outcome
from directory.verification.figures import Figures
from directory.verification.models import LineDoubt, LineKind, VerificationResult
from directory.wording import say
from directory.wording.say import _


class Freshness(StrEnum):
    """FRESH: within the half-life. FADED: shown greyed, with its date. EXPIRED: not shown. DOUBTED: challenged."""

    FRESH = "FRESH"
    FADED = "FADED"
    EXPIRED = "EXPIRED"
    DOUBTED = "DOUBTED"
    NONE = "NONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What stands behind one group of facts. `words` are for the page; `at` is the last confirmation."""

    group: str
    label: str
    freshness: Freshness
    words: str
    method: str | None = None
    at: dt.datetime | None = None
    next_due_on: dt.date | None = None

    @property
    def shown(self) -> bool:
        """Whether facts of this group may be shown as facts at all."""
        return self.freshness is not Freshness.EXPIRED

    @property
    def fresh(self) -> bool:
        """Whether they may be shown without reserve."""
        return self.freshness is Freshness.FRESH


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """The checks of one group that matter: the newest confirmation, the newest independent one, the newest of all."""

    confirmed: VerificationResult | None = None
    independent: VerificationResult | None = None
    newest: VerificationResult | None = None


NOT_REACHED = "nobody answered the phone"
"""The note of a doubt about the phone that visitors, or a call of ours, have raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedClinic:
    """A clinic with what stands behind each group of its facts at one moment."""

    clinic: ClinicRecord
    proofs: Mapping[str, Proof]
    checks: Mapping[str, Checks]
    at: dt.datetime
    figures: Figures | None = None
    """How it answered its requests, where that may be shown."""
    doubted_payers: frozenset[tuple[str, str]] = frozenset()
    """Lines as (treatment, payer) that a refusal put in doubt, and that nobody has confirmed since."""
    doubted_treatments: frozenset[str] = frozenset()

    @property
    def confirmed_at(self) -> dt.datetime | None:
        """When all of it was last confirmed."""
        return self.clinic.confirmed_at

    @property
    def last_answer_on(self) -> dt.date | None:
        """The day of the last real answer to a request, where the clinic is."""
        if self.figures is None or self.figures.answered_at is None:
            return None
        return self.figures.answered_at.astimezone(ZoneInfo(self.clinic.time_zone)).date()

    @property
    def accepting_confirmed(self) -> bool:
        """Whether "accepting new patients" may be said; else it is "not confirmed"."""
        return self.proofs[FactGroup.ACCEPTING].fresh

    @property
    def not_reached(self) -> bool:
        """Whether people said lately that they could not reach it, and nobody has reached it since."""
        newest = self.checks[FactGroup.PHONE].newest
        return newest is not None and newest.outcome == Outcome.CHALLENGED and newest.note == NOT_REACHED

    @property
    def opening_known(self) -> bool:
        """Whether hours may be shown."""
        return bool(self.clinic.periods) and self.proofs[FactGroup.HOURS].shown


def verified(
    clinic: ClinicRecord,
    results: Iterable[VerificationResult],
    *,
    at: dt.datetime,
    figures: Figures | None = None,
    doubts: Iterable[LineDoubt] = (),
) -> VerifiedClinic:
    """The clinic with its proofs at `at`; `results` are its checks in any order, `doubts` its refused lines."""
    by_group: dict[str, list[VerificationResult]] = {code: [] for code in FACT_GROUPS.codes}
    for result in results:
        by_group[result.fact_group].append(result)
    checks = {code: checks_of(found) for code, found in by_group.items()}
    proofs = {code: proof_of(code, found, zone=clinic.time_zone, at=at) for code, found in checks.items()}
    standing = [doubt for doubt in doubts if stands(doubt, checks)]
    return VerifiedClinic(
        clinic=clinic,
        proofs=proofs,
        checks=checks,
        at=at,
        figures=figures,
        doubted_payers=frozenset(
            (line.treatment, doubt.payer)
            for doubt in standing
            for line in clinic.lines
            if doubt.payer in line.payers and doubt.treatment in {"", line.treatment}
        ),
        doubted_treatments=frozenset(doubt.treatment for doubt in standing if doubt.kind == LineKind.TREATMENT),
    )


def stands(doubt: LineDoubt, checks: Mapping[str, Checks]) -> bool:
    """Whether nobody has confirmed the doubted line since."""
    group = FactGroup.PAYERS if doubt.kind == LineKind.PAYER else FactGroup.TREATMENTS
    confirmed = checks[group].confirmed
    return confirmed is None or confirmed.at <= doubt.at


def checks_of(results: Iterable[VerificationResult]) -> Checks:
    """The checks of one group that matter."""
    in_order = sorted(results, key=lambda r: r.at)
    confirmed = [r for r in in_order if r.outcome == Outcome.CONFIRMED]
    independent = [r for r in confirmed if METHODS[r.method].independent]
    return Checks(
        confirmed=confirmed[-1] if confirmed else None,
        independent=independent[-1] if independent else None,
        newest=in_order[-1] if in_order else None,
    )


def proof_of(group: str, checks: Checks, *, zone: str, at: dt.datetime) -> Proof:
    """The proof of one group at `at`. Days are said by the clinic's own calendar."""
    row = FACT_GROUPS[group]
    last = checks.confirmed
    if last is None:
        return Proof(group=group, label=row.label, freshness=Freshness.NONE, words=_("Not confirmed"))
    age = at - last.at
    half_life = dt.timedelta(days=row.half_life_days + 1)  # a day begun counts: 90 days old is fresh, 91 is not
    day = say.day(last.at.astimezone(ZoneInfo(zone)).date())
    how = _(METHODS[last.method].plain)
    if in_doubt(checks):
        freshness = Freshness.DOUBTED
        words = _("Not confirmed: we were told that this may have changed. Last confirmed {day}").format(day=day)
    elif age < half_life:
        freshness, words = Freshness.FRESH, _("Confirmed {how}, {day}").format(how=how, day=day)
    elif age < 2 * half_life:
        freshness, words = Freshness.FADED, _("Last confirmed {how}, {day}").format(how=how, day=day)
    else:
        freshness, words = Freshness.EXPIRED, _("Not confirmed since {day}").format(day=day)
    return Proof(
        group=group,
        label=_(row.label),
        freshness=freshness,
        words=words,
        method=last.method,
        at=last.at,
        next_due_on=last.next_due_on,
    )


def in_doubt(checks: Checks) -> bool:
    """Whether the newest check found something else than what stands there."""
    return checks.newest is not None and checks.newest.outcome in (Outcome.CHALLENGED, Outcome.FAILED)


def next_due_on(group: str, at: dt.datetime) -> dt.date:
    """The day on which a group confirmed at `at` is due again."""
    return (at + dt.timedelta(days=FACT_GROUPS[group].half_life_days)).date()
