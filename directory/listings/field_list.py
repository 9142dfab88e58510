"""The dictionary of what a clinic can say of itself: every fact with its label, kind, proof and handling."""

from typing import Any

from directory.listings.fields import Facts, Field, Handling, Kind, Section, general
from directory.listings.models import PricePer
from directory.terminology.accepting import ACCEPTING
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.channels import CHANNELS
from directory.terminology.conditions import CONDITIONS
from directory.terminology.credentials import CREDENTIALS, TEAM_ROLES
from directory.terminology.languages import INTERPRETERS, LANGUAGES
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.payers import PAYERS
from directory.terminology.proofs import FactGroup
from directory.terminology.rems import REMS_SETTINGS
from directory.terminology.states import STATES
from directory.terminology.treatments import LISTABLE
from directory.wording import say
from directory.wording.say import _

_NAMES = _("the name is how people and registries know you")
_PLACE = _("people travel to this address, and licenses hold by state")
_ROUTE = _("this is how people reach you; your old contact is told and can object for 72 hours")
_SITE = _("claims rely on the website")
_REMS = _("we confirm each certificate with the REMS program")
_PEOPLE = _("we check each person's license and the federal exclusion list first")
_SPANISH = _("Leave it empty if nobody at the clinic can write it: readers in Spanish then see your English.")
_SAFETY = _("a person of ours checks this part of the supervision card")


def _choices(rows: Any) -> tuple[tuple[str, str], ...]:
    return tuple((row.code, row.label) for row in rows)


_PER = (
    (PricePer.SESSION.value, _("a session")),
    (PricePer.MONTH.value, _("a month")),
    (PricePer.COURSE.value, _("a course")),
)
_KINDS = (("LICENCE", _("State license")), ("BOARD", _("Board certificate")), ("ACLS", _("Advanced life support")))
_STAFF = (("", _("Not stated")), *((row.code, row.named) for row in CREDENTIALS))
_WEEK = tuple((str(day), say.weekday(day)) for day in range(7))
_A, _T, _P, _H = Section.ABOUT, Section.TREATMENTS, Section.PRICES, Section.HOURS
_C, _X, _W, _S = Section.CONTACT, Section.ACCESS, Section.PEOPLE, Section.SUPERVISION
_CHECKED, _COOLED = Handling.CHECKED, Handling.COOLED


def _field(section: Section, name: str, kind: Kind, group: FactGroup, *said: str, **more: Any) -> Field:
    """`said` is the label and, for what is checked first, the reason."""
    label, because = (*said, "")[:2]
    if because:
        more.setdefault("handling", _COOLED if because == _ROUTE else _CHECKED)
    return Field(name=name, section=section, kind=kind, group=group, label=label, because=because, **more)


def _safety(name: str, label: str, because: str = "", kind: Kind = Kind.SAID, **more: Any) -> Field:
    return _field(_S, f"supervision.{name}", kind, FactGroup.SUPERVISION, label, because, one_site=True, **more)


def _line(section: Section, name: str, kind: Kind, group: FactGroup, label: str, **more: Any) -> Field:
    return _field(section, f"lines.*.{name}", kind, group, label, **more)


def _person(name: str, kind: Kind, label: str, because: str = "", **more: Any) -> Field:
    return _field(_W, f"people.*.{name}", kind, FactGroup.TEAM, label, because, one_site=True, **more)


def _licence(name: str, kind: Kind, label: str, **more: Any) -> Field:
    full = f"people.*.licences.*.{name}"
    return _field(_W, full, kind, FactGroup.LICENCES, label, _PEOPLE, one_site=True, **more)


def _address(name: str, kind: Kind, label: str, **more: Any) -> Field:
    return _field(_C, name, kind, FactGroup.ADDRESS, label, _PLACE, one_site=True, **more)


_ABOUT = (
    _field(
        _A, "name", Kind.NAME, FactGroup.IDENTITY, _("Name of the clinic"), _NAMES, one_site=True,
        needed=_("Enter the clinic's name"),
    ),
    _field(
        _A, "description", Kind.TEXT, FactGroup.TREATMENTS, _("In your own words"),
        hint=_("Who you are and how you work. No promises of results, no ranks, no approvals."),
    ),
    _field(
        _A, "description_es", Kind.TEXT, FactGroup.TREATMENTS, _("The same in Spanish"),
        hint=_SPANISH,
    ),
)  # fmt: skip

_TREATMENTS = (
    _line(_T, "active", Kind.YES_NO, FactGroup.TREATMENTS, _("Given here")),
    _line(_T, "conditions", Kind.CODES, FactGroup.TREATMENTS, _("Given here for"), options=_choices(CONDITIONS)),
    _line(_T, "comment", Kind.TEXT, FactGroup.TREATMENTS, _("In your own words"), most=600),
    _line(_T, "comment_es", Kind.TEXT, FactGroup.TREATMENTS, _("The same in Spanish"), most=600),
    _line(_T, "exclusions", Kind.TEXT, FactGroup.TREATMENTS, _("Not for"), most=600),
    _line(_T, "exclusions_es", Kind.TEXT, FactGroup.TREATMENTS, _("Not for, in Spanish"), most=600),
    _line(
        _T, "minimum_age", Kind.NUMBER, FactGroup.TREATMENTS, _("Youngest age"), most=120,
        needed=_("Enter the youngest age, 18 or more"),
    ),
    _line(_T, "maximum_age", Kind.NUMBER, FactGroup.TREATMENTS, _("Oldest age"), most=120),
    _line(_T, "observation_minutes", Kind.NUMBER, FactGroup.TREATMENTS, _("Minutes watched over"), most=1440),
    _line(_T, "sessions_per_week", Kind.NUMBER, FactGroup.TREATMENTS, _("Sessions a week, at first"), most=7),
    _line(_T, "psychotherapy_paired", Kind.YES_NO, FactGroup.TREATMENTS, _("Paired with psychotherapy")),
    _line(_T, "referral_required", Kind.YES_NO, FactGroup.TREATMENTS, _("A referral is needed")),
    _field(
        _T, "rems_setting", Kind.CODE, FactGroup.REMS, _("Spravato REMS certificate of this site"), _REMS,
        options=_choices(REMS_SETTINGS), one_site=True,
    ),
    _field(_T, "rems", Kind.HIDDEN, FactGroup.REMS, _("How the certificate was confirmed"), _REMS, one_site=True),
    _field(_T, "ride_home_required", Kind.YES_NO, FactGroup.TREATMENTS, _("Someone must take people home")),
    _field(_T, "ride_home_rule", Kind.TEXT, FactGroup.TREATMENTS, _("Your rule for the ride home"), most=600),
    _field(
        _T, "ride_home_rule_es", Kind.TEXT, FactGroup.TREATMENTS, _("Your rule for the ride home, in Spanish"), most=600
    ),
    _field(_T, "driving_rule", Kind.TEXT, FactGroup.TREATMENTS, _("Your rule for driving"), most=600),
    _field(_T, "driving_rule_es", Kind.TEXT, FactGroup.TREATMENTS, _("Your rule for driving, in Spanish"), most=600),
)  # fmt: skip

_SUPERVISION = (
    _safety("licensed_prescriber", _("A prescriber with an active, unrestricted state license works here"), _SAFETY),
    _safety("dea_registered", _("DEA registration for this site (never shown)"), _SAFETY),
    _safety("on_premises_only", _("Ketamine is given on the premises only"), _SAFETY),
    _safety("evaluation_first", _("Psychiatric and medical evaluation before the first session")),
    _safety("clinician_present", _("A licensed clinician is in the building for the whole session")),
    _safety("on_site", _("Who that is"), kind=Kind.CODE, options=_STAFF),
    _safety("monitor", _("Who watches over the session"), kind=Kind.CODE, options=_STAFF),
    _safety("patients_per_monitor", _("People watched at once by one member of staff"), kind=Kind.NUMBER, most=50),
    _safety("observation_minutes", _("Minutes watched over, at least"), kind=Kind.NUMBER, most=1440),
    _safety("blood_pressure", _("Blood pressure is measured")),
    _safety("heart_rate", _("Heart rate is measured")),
    _safety("pulse_oximetry", _("Oxygen in the blood is measured (pulse oximeter)")),
    _safety("acls_on_site", _("Staff with advanced life support (ACLS) on site")),
    _safety("oxygen", _("Oxygen on site")),
    _safety("airway_equipment", _("Airway equipment on site")),
    _safety("aed", _("Defibrillator (AED) on site")),
    _safety("emergency_plan", _("Written emergency plan")),
    _safety("discharge_criteria", _("Checked by fixed criteria before leaving")),
    _safety("escort_required", _("Someone must take people home")),
    _safety("no_driving", _("No driving until the next day")),
    _safety("no_home_program", _("No ketamine for use at home is offered or advertised"), _SAFETY),
    _safety("written_consent", _("Written consent to every off-label use")),
    _safety("private_room", _("Private room")),
    _safety("attested_at", _("Attested"), kind=Kind.HIDDEN),
    _safety("attested_by", _("Attested by"), kind=Kind.HIDDEN),
)

_PEOPLE_FIELDS = (
    _person("given_name", Kind.NAME, _("First name"), _PEOPLE, needed=_("Enter a first name")),
    _person("family_name", Kind.NAME, _("Last name"), _PEOPLE, needed=_("Enter a last name")),
    _person("credential", Kind.CODE, _("Credential"), _PEOPLE, options=tuple((r.code, r.named) for r in CREDENTIALS)),
    _person("npi", Kind.NPI, _("NPI (never shown)"), _PEOPLE),
    _person("dea_attested", Kind.YES_NO, _("Holds a DEA registration for this site (never shown)"), _SAFETY),
    _person("roles", Kind.CODES, _("What they do here"), _PEOPLE, options=_choices(TEAM_ROLES)),
    _person("on_site_days", Kind.WEEKDAYS, _("Days on site"), options=_WEEK),
    _licence("kind", Kind.CODE, _("Kind"), options=_KINDS),
    _licence("title", Kind.NAME, _("Type of license, in the issuer's words"), needed=_("Enter the type of license")),
    _licence("state", Kind.CODE, _("State"), options=(("", _("None")), *_choices(STATES))),
    _licence("number", Kind.NAME, _("Number, as issued"), most=40),
    _licence("status", Kind.CODE, _("Status"), options=_choices(LICENCE_STATUSES)),
    _licence("issued_on", Kind.DAY, _("Issued on")),
    _licence("expires_on", Kind.DAY, _("Expires on")),
    _licence("verified", Kind.HIDDEN, _("Checked")),
    _field(
        _W, "psychiatrist_on_team", Kind.YES_NO, FactGroup.TEAM, _("A psychiatrist is on the team"), one_site=True
    ),
)  # fmt: skip

_HOURS = (
    _field(
        _H, "accepting_patients", Kind.CODE, FactGroup.ACCEPTING, _("New patients"), options=_choices(ACCEPTING),
        needed=_("Choose whether you accept new patients"),
    ),
    _field(
        _H, "wait_days", Kind.NUMBER, FactGroup.ACCEPTING, _("Days until a new patient's first visit"), most=730,
        hint=_("A number such as 14; leave it empty if you do not know"),
    ),
    _field(
        _H, "next_intake_on", Kind.DAY, FactGroup.ACCEPTING, _("Next day on which a new patient can come"),
        hint=_("The page shows its week"),
    ),
    _line(_H, "next_intake_on", Kind.HIDDEN, FactGroup.ACCEPTING, _("Week of the next intake")),
    *(
        _field(_H, f"hours.{day}", Kind.STRETCHES, FactGroup.HOURS, say.weekday(day))
        for day in range(7)
    ),
    _field(_H, "closures", Kind.CLOSURES, FactGroup.HOURS, _("Days closed")),
)  # fmt: skip

_CONTACT = (
    _field(
        _C, "referrals_on", Kind.YES_NO, FactGroup.ACCEPTING, _("People may send you requests from here"),
    ),
    _field(
        _C, "phone", Kind.PHONE, FactGroup.PHONE, _("Phone"), _ROUTE, one_site=True, needed=_("Enter a US phone number")
    ),
    _field(_C, "fax", Kind.PHONE, FactGroup.PHONE, _("Fax"), _ROUTE, one_site=True),
    _field(
        _C, "endpoint_channel", Kind.CODE, FactGroup.REFERRAL_CHANNEL, _("How requests reach you"), _ROUTE,
        one_site=True, options=_choices(row for row in CHANNELS if row.offered),
        hint=_("Whatever you choose is tried with a test request before anything is sent that way"),
    ),
    _field(
        _C, "endpoint", Kind.MAILBOX, FactGroup.REFERRAL_CHANNEL, _("Email address that requests go to (never shown)"),
        _ROUTE, one_site=True, hint=_("Codes and notices go there as well, whichever way you choose"),
    ),
    _field(
        _C, "endpoint_hook", Kind.WEB, FactGroup.REFERRAL_CHANNEL, _("Address of your system (webhook, never shown)"),
        _ROUTE, one_site=True, hint=_("Only for requests to your own system; begins with https://"),
    ),
    _field(_C, "endpoint_proof", Kind.HIDDEN, FactGroup.REFERRAL_CHANNEL, _("Test of the address"), one_site=True),
    _field(_C, "url", Kind.WEB, FactGroup.PHONE, _("Website"), _SITE, hint=_("Begins with https://")),
    _address("address1", Kind.NAME, _("Street address"), needed=_("Enter the street address")),
    _address("address2", Kind.NAME, _("Floor or suite")),
    _address("city", Kind.NAME, _("Town"), needed=_("Enter the town")),
    _address("state", Kind.CODE, _("State"), options=_choices(STATES), needed=_("Choose a state or territory")),
    _address("zip5", Kind.ZIP, _("ZIP code"), needed=_("Enter a ZIP code of five digits")),
    _address("zip4", Kind.ZIP4, _("Four digits after the ZIP code")),
    _field(_C, "point", Kind.POINT, FactGroup.ADDRESS, _("Place on the map"), one_site=True),
    _field(_C, "position_source", Kind.HIDDEN, FactGroup.ADDRESS, _("How the place is known"), one_site=True),
    _field(_C, "time_zone", Kind.HIDDEN, FactGroup.ADDRESS, _("Time zone"), one_site=True),
)  # fmt: skip

_PRICES = (
    _line(_P, "price_min", Kind.NUMBER, FactGroup.PRICES, _("Lowest self-pay price, whole dollars"), most=100_000),
    _line(_P, "price_max", Kind.NUMBER, FactGroup.PRICES, _("Highest self-pay price"), most=100_000),
    _line(_P, "price_per", Kind.CODE, FactGroup.PRICES, _("For"), options=_PER),
    _line(_P, "price_as_of", Kind.DAY, FactGroup.PRICES, _("As of")),
    _line(_P, "price_includes_evaluation", Kind.YES_NO, FactGroup.PRICES, _("Includes the first evaluation")),
    _line(_P, "price_includes_monitoring", Kind.YES_NO, FactGroup.PRICES, _("Includes monitoring")),
    _line(_P, "payers", Kind.CODES, FactGroup.PAYERS, _("Insurance taken"), options=_choices(PAYERS)),
    _line(_P, "plans", Kind.NAMES, FactGroup.PAYERS, _("Names of plans, one a line")),
    _field(_P, "prior_authorization_help", Kind.SAID, FactGroup.PAYERS, _("Helps with prior authorization")),
    _field(_P, "superbill", Kind.SAID, FactGroup.PAYERS, _("Gives a superbill to send to the insurer")),
    _field(_P, "sliding_scale", Kind.SAID, FactGroup.PRICES, _("Has a sliding scale")),
    _field(_P, "hsa_fsa", Kind.SAID, FactGroup.PRICES, _("Takes HSA and FSA cards")),
)

_ACCESS = (
    _field(
        _X, "languages", Kind.CODES, FactGroup.LANGUAGES, _("Languages that staff speak"), options=_choices(LANGUAGES)
    ),
    _field(_X, "interpreter", Kind.CODE, FactGroup.LANGUAGES, _("Interpreter"), options=_choices(INTERPRETERS)),
    _field(_X, "accessibility", Kind.CODES, FactGroup.LANGUAGES, _("Access"), options=_choices(ACCESSIBILITY)),
    _field(_X, "transport", Kind.TEXT, FactGroup.LANGUAGES, _("Getting there and parking"), one_site=True),
    _field(
        _X, "transport_es", Kind.TEXT, FactGroup.LANGUAGES, _("Getting there and parking, in Spanish"), one_site=True
    ),
)

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        *_ABOUT, *_TREATMENTS, *_SUPERVISION, *_PEOPLE_FIELDS, *_HOURS, *_CONTACT, *_PRICES, *_ACCESS,
    )
}  # fmt: skip

ADDRESS = ("address1", "address2", "city", "state", "zip5", "zip4")
PLACE = (*ADDRESS, "point", "position_source", "time_zone")
"""An address and where it lies: they change together or not at all."""


def field_of(name: str) -> Field:
    """The dictionary's entry of a fact. KeyError for a name that nobody can change."""
    return FIELDS[general(name)]


def of_section(facts: Facts, section: Section) -> dict[str, Any]:
    """Those facts that stand in one section."""
    return {name: value for name, value in facts.items() if field_of(name).section is section}


def line_label(treatment: str) -> str:
    """What a treatment line is called in a list of changes."""
    return LISTABLE[treatment].short_label
