"""The gate before the public: why a clinic may not be listed, each reason in words; and what a status may become. Pure.

The gate is asked before publishing and again after every change and every day: a listing that no longer passes is
paused. It lists only treatment that is given and watched over on the premises.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from directory.listings.hours import local_day
from directory.listings.records import ClinicRecord, PersonRecord, QualificationRecord, SupervisionRecord
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.exclusions import EXCLUSIONS
from directory.terminology.identifiers import is_npi
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.listing_status import ListingState
from directory.terminology.proofs import METHODS, REMS_RECHECK_DAYS, FactGroup, Method
from directory.terminology.rems import REMS_METHODS
from directory.terminology.treatments import SPRAVATO_MIN_OBSERVATION_MINUTES
from directory.verification.models import CHECKED_BY_US
from directory.verification.proofs import VerifiedClinic, in_doubt
from directory.wording.claims import find_claims
from directory.wording.say import _

REMS_OUTLIVED = 2 * dt.timedelta(days=REMS_RECHECK_DAYS + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why not: a code for lists and tests, and a sentence for the clinic and our staff.

    `pauses`: False for what keeps a listing from being published and yet waits for somebody's yes before it pauses one.
    """

    code: str
    words: str
    pauses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a person of ours found of one line of the supervision card, how, and where."""

    holds: bool
    method: Method
    source: str = ""
    note: str = ""


def why_not_checked(clinic: ClinicRecord, found: Mapping[str, Found], today: dt.date) -> list[str]:
    """What is missing or cannot be in a check of S1, S2, S3 and S9 (DOMAIN 1.4); empty when it can be kept."""
    problems = [_("{item} is missing.").format(item=item) for item in CHECKED_BY_US if item not in found]
    for item, one in found.items():
        if item not in CHECKED_BY_US:
            problems.append(_("{item} is not checked by us.").format(item=item))
        elif not METHODS[one.method].independent:
            problems.append(_("{item}: the clinic's own word is no check of ours.").format(item=item))
        elif one.holds:
            problems += [f"{item}: {words}" for words in _contradictions(item, clinic, today)]
        elif not one.note.strip():
            problems.append(_("{item}: say what was found instead.").format(item=item))
    return problems


def _contradictions(item: str, clinic: ClinicRecord, today: dt.date) -> Iterator[str]:
    prescribers = [person for person in clinic.team if person.prescribes]
    if item == "S1" and not any(has_active_licence(person, clinic.state, today) for person in prescribers):
        yield _("no prescriber on the team has a checked, active and unrestricted license.")
    if item == "S2" and not any(person.dea_attested for person in prescribers):
        yield _("no DEA registration for this site was attested.")
    if item == "S3" and clinic.offers_spravato and list(_rems(clinic)):
        yield _("Spravato is listed, and its REMS certificate is not confirmed.")
    if item == "S9" and clinic.home_use_offered:
        yield _("the listing says that ketamine for use at home is offered.")


def why_not_public(verified: VerifiedClinic) -> list[Reason]:
    """Every reason why this clinic may not be public at `verified.at`; empty when it may."""
    clinic = verified.clinic
    return [
        *_identity(verified),
        *_people(clinic, local_day(clinic.time_zone, at=verified.at)),
        *_treatments(clinic, verified.at),
        *_supervision(verified),
        *_texts(clinic),
    ]


def _identity(verified: VerifiedClinic) -> Iterator[Reason]:
    clinic = verified.clinic
    if clinic.organization.npi is None or not is_npi(clinic.organization.npi):
        yield Reason(code="npi", words=_("The organization has no valid NPI."))
    if not _seen_by_us(verified, FactGroup.IDENTITY):
        yield Reason(code="identity", words=_("Nobody has checked yet who runs this clinic."))
    if not EXCLUSIONS[clinic.organization.exclusion].clear:
        yield Reason(code="exclusion", words=_("The federal exclusion list has not been cleared for the organization."))
    if clinic.phone is None:
        yield Reason(code="phone", words=_("There is no phone number."))


def _people(clinic: ClinicRecord, today: dt.date) -> Iterator[Reason]:
    if not any(has_active_licence(person, clinic.state, today) for person in clinic.team if person.prescribes):
        yield Reason(
            code="S1",
            words=_("No prescriber on the team has a checked, active and unrestricted license in {state}.").format(
                state=clinic.state
            ),
        )
    if not any(person.dea_attested for person in clinic.team if person.prescribes):
        yield Reason(code="S2", words=_("No DEA registration for this site was attested."))
    for person in clinic.team:
        if not EXCLUSIONS[person.exclusion].clear:
            yield Reason(
                code="exclusion",
                words=_("The federal exclusion list has not been cleared for {name}.").format(name=person.name),
            )
        elif person.held_since is not None:
            words = _("Something about {name} is being checked.").format(name=person.name)
            yield Reason(code="held", words=words, pauses=False)


def shown_people(clinic: ClinicRecord, today: dt.date) -> tuple[PersonRecord, ...]:
    """Those of the team whom pages name: nobody who is being checked, and nobody whose licence here has lapsed."""
    return tuple(
        person
        for person in clinic.team
        if person.held_since is None and EXCLUSIONS[person.exclusion].clear and not has_lapsed(person, clinic, today)
    )


def has_lapsed(person: PersonRecord, clinic: ClinicRecord, today: dt.date) -> bool:
    """Whether somebody holds licences for this state and none of them is active, unrestricted and unexpired.

    Who prescribes must hold one.
    """
    here = [held for held in person.qualifications if held.kind == "LICENCE" and held.state == clinic.state]
    current = any(LICENCE_STATUSES[held.status].unrestricted and _runs(held, today) for held in here)
    return not current and (bool(here) or person.prescribes)


def _runs(held: QualificationRecord, today: dt.date) -> bool:
    return held.expires_on is None or held.expires_on >= today


def has_active_licence(person: PersonRecord, state: str, today: dt.date) -> bool:
    """Whether one of their licences in `state` is active, unrestricted, checked with its issuer, and not expired."""
    return any(_is_active(held, state, today) for held in person.qualifications)


def _is_active(held: QualificationRecord, state: str, today: dt.date) -> bool:
    return (
        held.kind == "LICENCE"
        and held.state == state
        and LICENCE_STATUSES[held.status].unrestricted
        and held.verification_method is not None
        and METHODS[held.verification_method].independent
        and _runs(held, today)
    )


def _treatments(clinic: ClinicRecord, at: dt.datetime) -> Iterator[Reason]:
    if clinic.home_use_offered:
        yield Reason(code="S9", words=_("Ketamine for use at home is offered. Such a clinic is never listed."))
    if not clinic.lines:
        yield Reason(code="lines", words=_("No treatment is listed."))
    for line in clinic.lines:
        if not line.terms.listable:
            yield Reason(code="S9", words=_("{treatment} is never listed.").format(treatment=line.terms.label))
        if line.minimum_age < 18:
            yield Reason(code="age", words=_("Treatments here are for adults only."))
    if clinic.offers_spravato:
        yield from _rems(clinic)
        yield from _rems_outlived(clinic, at)


def _rems_outlived(clinic: ClinicRecord, at: dt.datetime) -> Iterator[Reason]:
    seen = clinic.rems.verified_at
    if clinic.rems.certified and seen is not None and at - seen >= REMS_OUTLIVED:
        yield Reason(code="S3", words=_("The REMS certificate has not been confirmed for more than twice its 90 days."))


def _rems(clinic: ClinicRecord) -> Iterator[Reason]:
    if not clinic.rems.certified:
        yield Reason(code="S3", words=_("Spravato is listed, and the site is not known to be REMS-certified."))
    elif clinic.rems.method is None or not REMS_METHODS[clinic.rems.method].independent:
        yield Reason(
            code="S3", words=_("Spravato is listed, and only the clinic itself has said that it is REMS-certified.")
        )


def _supervision(verified: VerifiedClinic) -> Iterator[Reason]:
    clinic, card = verified.clinic, verified.clinic.supervision
    if card is None:
        yield Reason(code="supervision", words=_("The clinic has not said how people are watched over."))
        return
    if not _seen_by_us(verified, FactGroup.SUPERVISION):
        yield Reason(code="supervision", words=_("Nobody has checked yet how people are watched over."))
    for code, attested, words in _card(clinic, card):
        if not attested:
            yield Reason(code=code, words=words)


def _card(clinic: ClinicRecord, card: SupervisionRecord) -> Iterator[tuple[str, bool, str]]:
    spravato, ketamine = clinic.offers_spravato, bool(clinic.off_label_lines)
    yield "S1", card.licensed_prescriber is True, _("A licensed prescriber at the site is not attested.")
    if ketamine:
        yield "S3", card.on_premises_only is True, _("It is not attested that ketamine is given on the premises only.")
        yield "S10", card.written_consent is True, _("Written consent to off-label use is not attested.")
    yield "S4", card.evaluation_first is True, _("An evaluation before treatment is not attested.")
    present = card.clinician_present is True and card.on_site in CREDENTIALS
    yield "S5", present, _("A licensed clinician present for the whole session is not attested.")
    if spravato and present:
        prescriber = CREDENTIALS[card.on_site].can_prescribe
        yield "S5", prescriber, _("Spravato needs a prescriber on site during the whole session.")
    watched = card.pulse_oximetry is True and card.blood_pressure is True and card.heart_rate is True
    yield "S6", watched, _("Blood pressure, heart rate and oxygen are not attested to be watched.")
    yield from _minutes(clinic, card)
    ready = (card.acls_on_site, card.oxygen, card.airway_equipment, card.aed, card.emergency_plan)
    yield "S7", all(part is True for part in ready), _("Readiness for an emergency is not attested in full.")
    home = (card.discharge_criteria, card.escort_required, card.no_driving)
    yield "S8", all(part is True for part in home), _("Rules for going home are not attested in full.")
    yield "S9", card.no_home_program is True, _("It is not attested that no ketamine for use at home is offered.")


def _minutes(clinic: ClinicRecord, card: SupervisionRecord) -> Iterator[tuple[str, bool, str]]:
    for line in clinic.lines:
        minutes = line.observation_minutes or card.observation_minutes or 0
        name = line.terms.short_label
        yield "S6", minutes > 0, _("Minutes of observation are not stated for {treatment}.").format(treatment=name)
        if line.treatment == "SPRAVATO" and minutes:
            enough = minutes >= SPRAVATO_MIN_OBSERVATION_MINUTES
            yield "S6", enough, _("Spravato needs at least two hours of observation.")


def _texts(clinic: ClinicRecord) -> Iterator[Reason]:
    for field, text in clinic.texts:
        for claim in find_claims(text):
            yield Reason(code="claim", words=f"{field}: “{claim.words}”. {claim.why}")


def _seen_by_us(verified: VerifiedClinic, group: FactGroup) -> bool:
    """Whether a check of ours, not the clinic's word, stands behind a group, is not outlived and not in doubt."""
    checks = verified.checks[group]
    if checks.independent is None or in_doubt(checks):
        return False
    return verified.proofs[group].shown


# Which statuses a verb may start from, and where it leads. A listing that must never be shown stays so.
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({"CANDIDATE", "DRAFT"}), ListingState.PENDING_REVIEW),
    "publish": (
        frozenset({"CANDIDATE", "DRAFT", "PENDING_REVIEW", "STALE", "UNLISTED"}),
        ListingState.PUBLISHED,
    ),
    "reject": (frozenset({"CANDIDATE", "DRAFT", "PENDING_REVIEW"}), ListingState.REJECTED),
    "mark_stale": (frozenset({"PUBLISHED"}), ListingState.STALE),
    "unlist": (frozenset({"PUBLISHED", "STALE"}), ListingState.UNLISTED),
    "suspend": (frozenset({"PUBLISHED", "STALE", "UNLISTED"}), ListingState.SUSPENDED),
    "reinstate": (frozenset({"SUSPENDED"}), ListingState.PUBLISHED),
    "close": (frozenset({"PUBLISHED", "STALE", "UNLISTED", "SUSPENDED", "DRAFT"}), ListingState.CLOSED),
    "never_list": (frozenset(set(ListingState) - {ListingState.NEVER_LIST}), ListingState.NEVER_LIST),
}


def step(status: str, verb: str) -> str | None:
    """The status that a verb leads to, or None where it cannot be done."""
    starts, leads_to = STEPS[verb]
    return str(leads_to) if status in starts else None
