"""Treatments and their regulatory status, with the sentences each must carry wherever it is described.

Only Spravato is ever called approved. Labels are English message ids; pages translate them.
"""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


class RegulatoryStatus(StrEnum):
    """What the FDA has said about the product in the use it is put to here."""

    FDA_APPROVED = "FDA_APPROVED"
    OFF_LABEL = "OFF_LABEL"
    UNAPPROVED_COMPOUNDED = "UNAPPROVED_COMPOUNDED"


NOT_AN_ENDORSEMENT = _("Listing is not an endorsement. Ask your own clinician.")
KETAMINE_IS_OFF_LABEL = _(
    "Ketamine is FDA-approved as an anesthetic. Its use for depression, anxiety, PTSD or pain is off-label; "
    "FDA has not reviewed it for these uses."
)
COMPOUNDED_IS_NOT_APPROVED = _("Compounded products are not FDA-approved.")
SPRAVATO_INDICATIONS = _(
    "FDA-approved for adults with treatment-resistant depression (alone or with an oral antidepressant), "
    "and for adults with major depressive disorder with acute suicidal thoughts or actions "
    "(with an oral antidepressant)."
)
SPRAVATO_LIMITATION_OF_USE = _(
    "The effectiveness of Spravato in preventing suicide or in reducing suicidal ideation or behavior has not been "
    "demonstrated. It does not replace hospitalization."
)
SPRAVATO_NOT_APPROVED_FOR = _("Spravato is not approved as an anesthetic, or for anyone under 18.")
SPRAVATO_BOXED_WARNING = _(
    "Boxed warning: sedation; dissociation; respiratory depression; abuse and misuse; suicidal thoughts and behaviors."
)
NO_DRIVING = _("Do not drive until the next day, after a restful sleep.")

SPRAVATO_MIN_OBSERVATION_MINUTES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One way ketamine or esketamine is given.

    `label` is the full display term, `short_label` fits a card, `status_label` is the badge beside it.
    `listable` is False for what may never be published. `min_observation_minutes` is set where a rule names it.
    """

    code: str
    label: str
    short_label: str
    plain: str
    drug: str
    route: str
    status: RegulatoryStatus
    status_label: str
    required_sentences: tuple[str, ...]
    colour: str
    listable: bool = True
    needs_rems: bool = False
    min_observation_minutes: int | None = None

    @property
    def is_ketamine(self) -> bool:
        """True for every line that is racemic ketamine, whatever its route."""
        return self.drug == "ketamine"


_OFF_LABEL = _("Off-label use")
_COMPOUNDED = _("Not FDA-approved (compounded)")
_COMPOUNDED_SENTENCES = (KETAMINE_IS_OFF_LABEL, COMPOUNDED_IS_NOT_APPROVED)

TREATMENTS: CodeList[Treatment] = CodeList(
    "treatments",
    (
        Treatment(
            code="SPRAVATO",
            label=_("Spravato® (esketamine) nasal spray"),
            short_label=_("Spravato"),
            plain=_("A nasal spray you take yourself at the clinic while staff watch over you for at least two hours."),
            drug="esketamine",
            route="intranasal",
            status=RegulatoryStatus.FDA_APPROVED,
            status_label=_("FDA-approved for two depression indications"),
            required_sentences=(
                SPRAVATO_INDICATIONS,
                SPRAVATO_LIMITATION_OF_USE,
                SPRAVATO_NOT_APPROVED_FOR,
                SPRAVATO_BOXED_WARNING,
            ),
            colour="approved",
            needs_rems=True,
            min_observation_minutes=SPRAVATO_MIN_OBSERVATION_MINUTES,
        ),
        Treatment(
            code="KET_IV",
            label=_("IV ketamine infusion (off-label)"),
            short_label=_("IV ketamine"),
            plain=_("Ketamine given slowly into a vein at the clinic while staff watch over you."),
            drug="ketamine",
            route="intravenous",
            status=RegulatoryStatus.OFF_LABEL,
            status_label=_OFF_LABEL,
            required_sentences=(KETAMINE_IS_OFF_LABEL,),
            colour="off-label",
        ),
        Treatment(
            code="KET_IM",
            label=_("Intramuscular ketamine (off-label)"),
            short_label=_("IM ketamine"),
            plain=_("Ketamine given as an injection into a muscle at the clinic while staff watch over you."),
            drug="ketamine",
            route="intramuscular",
            status=RegulatoryStatus.OFF_LABEL,
            status_label=_OFF_LABEL,
            required_sentences=(KETAMINE_IS_OFF_LABEL,),
            colour="off-label",
        ),
        Treatment(
            code="KET_SC",
            label=_("Subcutaneous ketamine (off-label)"),
            short_label=_("SC ketamine"),
            plain=_("Ketamine given as an injection under the skin at the clinic while staff watch over you."),
            drug="ketamine",
            route="subcutaneous",
            status=RegulatoryStatus.OFF_LABEL,
            status_label=_("Off-label use and route"),
            required_sentences=(KETAMINE_IS_OFF_LABEL,),
            colour="off-label",
        ),
        Treatment(
            code="KET_IN_COMPOUNDED",
            label=_("Compounded ketamine nasal spray (not FDA-approved)"),
            short_label=_("Compounded nasal ketamine"),
            plain=_("A ketamine nasal spray made by a pharmacy, given and watched over in the clinic. Not Spravato."),
            drug="ketamine",
            route="intranasal",
            status=RegulatoryStatus.UNAPPROVED_COMPOUNDED,
            status_label=_COMPOUNDED,
            required_sentences=_COMPOUNDED_SENTENCES,
            colour="compounded",
        ),
        Treatment(
            code="KET_ORAL_SL_CLINIC",
            label=_("Oral or sublingual ketamine, in clinic (not FDA-approved)"),
            short_label=_("Oral ketamine in clinic"),
            plain=_(
                "Ketamine as a lozenge or tablet made by a pharmacy, taken at the clinic while staff watch over you."
            ),
            drug="ketamine",
            route="oral or sublingual",
            status=RegulatoryStatus.UNAPPROVED_COMPOUNDED,
            status_label=_COMPOUNDED,
            required_sentences=_COMPOUNDED_SENTENCES,
            colour="compounded",
        ),
        Treatment(
            code="KET_HOME",
            label=_("At-home ketamine (never listed here)"),
            short_label=_("At-home ketamine"),
            plain=_("Ketamine taken at home without supervision. This directory never lists it."),
            drug="ketamine",
            route="at home",
            status=RegulatoryStatus.UNAPPROVED_COMPOUNDED,
            status_label=_COMPOUNDED,
            required_sentences=_COMPOUNDED_SENTENCES,
            colour="compounded",
            listable=False,
        ),
    ),
)

LISTABLE: CodeList[Treatment] = CodeList("listable treatments", (row for row in TREATMENTS if row.listable))

PSYCHOTHERAPY_PAIRED_LABEL = _("Ketamine-assisted psychotherapy")
PSYCHOTHERAPY_PAIRED_NOTE = _("Pairing with psychotherapy is not a separately approved treatment; evidence is early.")
