"""What is known about one treatment for one condition: always the pair, never the condition alone."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.conditions import CONDITIONS
from directory.terminology.treatments import TREATMENTS


class EvidenceStatus(StrEnum):
    """Approved, or how strong the evidence for an off-label use is."""

    FDA_APPROVED = "FDA_APPROVED"
    OFF_LABEL_MODERATE = "OFF_LABEL_MODERATE"
    OFF_LABEL_LIMITED = "OFF_LABEL_LIMITED"
    OFF_LABEL_MIXED = "OFF_LABEL_MIXED"
    OFF_LABEL_GUIDELINE_AGAINST = "OFF_LABEL_GUIDELINE_AGAINST"
    INSUFFICIENT = "INSUFFICIENT"
    NOT_ESTABLISHED = "NOT_ESTABLISHED"


EVIDENCE_LABELS: dict[EvidenceStatus, str] = {
    EvidenceStatus.FDA_APPROVED: _("FDA-approved"),
    EvidenceStatus.OFF_LABEL_MODERATE: _("Off-label, moderate evidence"),
    EvidenceStatus.OFF_LABEL_LIMITED: _("Off-label, limited evidence"),
    EvidenceStatus.OFF_LABEL_MIXED: _("Off-label, mixed evidence"),
    EvidenceStatus.OFF_LABEL_GUIDELINE_AGAINST: _("Off-label, a guideline advises against it"),
    EvidenceStatus.INSUFFICIENT: _("Off-label, not enough evidence"),
    EvidenceStatus.NOT_ESTABLISHED: _("Not FDA-approved, evidence not established"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The status of one treatment for one condition, the sentence to print beside it, and where that comes from."""

    treatment: str
    condition: str
    status: EvidenceStatus
    sentence: str
    sources: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The badge's words."""
        return EVIDENCE_LABELS[self.status]


_SPRAVATO_NOT_APPROVED = _("Spravato is not approved for this condition.")

_SPRAVATO: dict[str, tuple[EvidenceStatus, str, tuple[str, ...]]] = {
    "TRD": (
        EvidenceStatus.FDA_APPROVED,
        _("FDA-approved for adults, alone or with an oral antidepressant."),
        (_("Spravato US prescribing information"),),
    ),
    "MDD": (
        EvidenceStatus.NOT_ESTABLISHED,
        _(
            "Spravato is approved only when at least two antidepressants have not helped, or with acute suicidal "
            "thoughts."
        ),
        (_("Spravato US prescribing information"),),
    ),
    "MDSI": (
        EvidenceStatus.FDA_APPROVED,
        _(
            "FDA-approved for adults, only together with an oral antidepressant. The effectiveness of Spravato in "
            "preventing suicide or in reducing suicidal ideation or behavior has not been demonstrated. It does not "
            "replace hospitalization."
        ),
        (_("Spravato US prescribing information"),),
    ),
    "SUD": (
        EvidenceStatus.NOT_ESTABLISHED,
        _("Spravato is not approved for this condition; abuse and misuse are part of its boxed warning."),
        (_("Spravato US prescribing information"),),
    ),
}

# IV and IM share one row in the evidence table: the trials are of racemic ketamine by injection.
_INJECTED: dict[str, tuple[EvidenceStatus, str, tuple[str, ...]]] = {
    "TRD": (
        EvidenceStatus.OFF_LABEL_MODERATE,
        _("In a trial of 403 people, 55.4% responded to IV ketamine and 41.2% to electroconvulsive therapy."),
        ("ELEKT-D, PubMed 37224232", _("VA/DoD major depression guideline 2022")),
    ),
    "MDD": (EvidenceStatus.INSUFFICIENT, _("Ketamine is not a first treatment for depression."), (_("AANA 2024"),)),
    "MDSI": (
        EvidenceStatus.OFF_LABEL_LIMITED,
        _("Ketamine has not been shown to prevent suicide and does not replace hospital care. In a crisis, call 988."),
        (),
    ),
    "BIPOLAR_DEP": (
        EvidenceStatus.OFF_LABEL_LIMITED,
        _("Some trials include bipolar depression; the effect of one dose fades within about 7 days. Mood may switch."),
        ("PMC7265624",),
    ),
    "PTSD": (
        EvidenceStatus.OFF_LABEL_GUIDELINE_AGAINST,
        _(
            "The VA/DoD guideline of 2023 suggests against it. A trial in 158 veterans found no significant effect on "
            "PTSD; pooled results disagree."
        ),
        (_("VA/DoD PTSD guideline 2023"), "doi 10.1038/s41386-022-01266-9", "PMC10979792"),
    ),
    "GAD": (
        EvidenceStatus.INSUFFICIENT,
        _("A review of hard-to-treat anxiety found temporary effects in studies of very different design."),
        ("PMC9540337",),
    ),
    "SAD": (EvidenceStatus.INSUFFICIENT, _("One trial in 18 adults; more research is needed."), ("PMC5729569",)),
    "OCD": (EvidenceStatus.INSUFFICIENT, _("Only small trials; more research is needed."), ()),
    "CRPS": (
        EvidenceStatus.OFF_LABEL_MODERATE,
        _("Moderate evidence of pain relief for up to 12 weeks."),
        (_("ASRA/AAPM/ASA consensus 2018"),),
    ),
    "CHRONIC_PAIN": (
        EvidenceStatus.OFF_LABEL_LIMITED,
        _("Weak evidence in spinal cord injury pain; weak or none for other pain."),
        (_("ASRA/AAPM/ASA consensus 2018"),),
    ),
    "SUD": (
        EvidenceStatus.OFF_LABEL_LIMITED,
        _("Research stage. Active misuse of alcohol or drugs rules treatment out in most protocols."),
        (_("ASRA/AAPM/ASA consensus 2018"),),
    ),
}

_NOT_ESTABLISHED = (
    EvidenceStatus.NOT_ESTABLISHED,
    _("The effect of this form of ketamine on this condition is not established."),
    (),
)


def evidence_for(treatment: str, condition: str) -> Evidence:
    """The row for a pair of codes; KeyError for an unknown code. A pair nobody reviewed is NOT_ESTABLISHED."""
    TREATMENTS[treatment], CONDITIONS[condition]
    if treatment == "SPRAVATO":
        row = _SPRAVATO.get(condition, (EvidenceStatus.NOT_ESTABLISHED, _SPRAVATO_NOT_APPROVED, ()))
    elif treatment in ("KET_IV", "KET_IM"):
        row = _INJECTED[condition]
    else:
        row = _NOT_ESTABLISHED
    status, sentence, sources = row
    return Evidence(treatment=treatment, condition=condition, status=status, sentence=sentence, sources=sources)
