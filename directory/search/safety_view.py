"""What a clinic's page says of safety: the REMS certificate, the supervision card, the way home. Pure."""

from dataclasses import dataclass

from directory.listings.records import ClinicRecord, SupervisionRecord
from directory.search.own_words import own_words
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a card: `met` is True, False, or None where the clinic has not said; `code` names the fact."""

    label: str
    value: str
    met: bool | None = None
    code: str = ""


def rems_rows(clinic: ClinicRecord) -> list[Row]:
    """The REMS certificate of the site, where it gives Spravato."""
    if not clinic.offers_spravato:
        return []
    rems = clinic.rems
    rows = [
        Row(code="certificate", label=_("Certificate"), value=REMS_SETTINGS.label(rems.setting), met=rems.certified)
    ]
    if rems.method and rems.verified_at:
        rows.append(Row(label=_("How we know"), value=REMS_METHODS.label(rems.method)))
        rows.append(Row(label=_("Checked on"), value=say.day(rems.verified_at.date())))
    if rems.reverify_on:
        rows.append(Row(label=_("To be checked again by"), value=say.day(rems.reverify_on)))
    return rows


def supervision_rows(card: SupervisionRecord) -> list[Row]:
    """The supervision card, line by line."""

    def yes(code: str, label: str, met: bool | None, said: str = "") -> Row:
        words = {True: said or _("Yes"), False: _("No"), None: _("Not stated")}[met]
        return Row(code=code, label=label, value=words, met=met)

    watched = card.observation_minutes
    ratio = card.patients_per_monitor
    equipment = [card.oxygen, card.airway_equipment, card.aed]
    return [
        yes("on_site", _("In the building for the whole session"), card.clinician_present, _credential(card.on_site)),
        Row(
            code="monitor",
            label=_("Who watches over you"),
            value=_credential(card.monitor) or _("Not stated"),
            met=True if card.monitor else None,
        ),
        Row(
            code="observation",
            label=_("For how long"),
            value=_("At least {time}").format(time=say.duration(watched)) if watched else _("Not stated"),
            met=True if watched else None,
        ),
        Row(
            code="ratio",
            label=_("People watched at once by one member of staff"),
            value=str(ratio) if ratio else _("Not stated"),
            met=True if ratio else None,
        ),
        yes("vitals", _("Blood pressure and heart rate"), _all([card.blood_pressure, card.heart_rate]), _("Measured")),
        yes("oximetry", _("Oxygen in the blood"), card.pulse_oximetry, _("Measured (pulse oximeter)")),
        yes("acls", _("Staff trained in advanced life support"), card.acls_on_site, _("On site (ACLS)")),
        yes("equipment", _("Oxygen, airway equipment and defibrillator"), _all(equipment), _("On site")),
        yes("plan", _("Written emergency plan"), card.emergency_plan),
        yes("evaluation", _("Examined and asked about before the first session"), card.evaluation_first),
        yes("discharge", _("Checked before you may leave"), card.discharge_criteria),
        yes("consent", _("Written consent for off-label use"), card.written_consent),
        yes(
            "premises",
            _("Given on the premises only, nothing to take home"),
            _all([card.on_premises_only, card.no_home_program]),
        ),
        yes("private_room", _("Private room"), card.private_room),
    ]


def _credential(code: str) -> str:
    row = CREDENTIALS.find(code)
    return row.named if row is not None else code


def _all(said: list[bool | None]) -> bool | None:
    """True when all are, False when one is not, None when it cannot be told."""
    if False in said:
        return False
    return None if None in said else True


def going_home(clinic: ClinicRecord) -> list[str]:
    """What holds for the way home."""
    rules = [own_words(clinic, "ride_home_rule"), own_words(clinic, "driving_rule")]
    if clinic.ride_home_required and not clinic.ride_home_rule:
        rules.insert(0, _("Someone must take you home."))
    return [rule for rule in rules if rule]
