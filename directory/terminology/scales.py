"""Rating scales: what total is possible and what it is called. Totals only; no item text is kept here."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`bands` are (lowest total, code, label) in rising order; empty where the owner's are not ours to print."""

    code: str
    label: str
    lowest: int
    highest: int
    measures: str
    loinc_total: str | None = None
    bands: tuple[tuple[int, str, str], ...] = ()

    def accepts(self, total: object) -> bool:
        """A whole number within the range. A bool is no total."""
        return isinstance(total, int) and not isinstance(total, bool) and self.lowest <= total <= self.highest

    def band(self, total: int) -> tuple[str, str] | None:
        """(code, label) of the band a total falls in, or None where the scale has none. ValueError out of range."""
        if not self.accepts(total):
            raise ValueError(f"{self.label} totals run from {self.lowest} to {self.highest}")
        found = None
        for lowest, code, label in self.bands:
            if total >= lowest:
                found = (code, label)
        return found


SCALES: CodeList[Scale] = CodeList(
    "scales",
    (
        Scale(
            code="PHQ9",
            label=_("PHQ-9"),
            lowest=0,
            highest=27,
            measures=_("depression"),
            loinc_total="44261-6",
            bands=(
                (0, "minimal", _("minimal")),
                (5, "mild", _("mild")),
                (10, "moderate", _("moderate")),
                (15, "moderately_severe", _("moderately severe")),
                (20, "severe", _("severe")),
            ),
        ),
        Scale(
            code="GAD7",
            label=_("GAD-7"),
            lowest=0,
            highest=21,
            measures=_("anxiety"),
            loinc_total="70274-6",
            bands=(
                (0, "minimal", _("minimal")),
                (5, "mild", _("mild")),
                (10, "moderate", _("moderate")),
                (15, "severe", _("severe")),
            ),
        ),
        Scale(code="MADRS", label=_("MADRS"), lowest=0, highest=60, measures=_("depression")),
        Scale(code="HAMD17", label=_("HAM-D 17"), lowest=0, highest=52, measures=_("depression")),
        Scale(code="QIDS_SR16", label=_("QIDS-SR16"), lowest=0, highest=27, measures=_("depression")),
        Scale(code="BDI2", label=_("BDI-II"), lowest=0, highest=63, measures=_("depression")),
        Scale(code="PCL5", label=_("PCL-5"), lowest=0, highest=80, measures=_("post-traumatic stress")),
        Scale(code="YBOCS", label=_("Y-BOCS"), lowest=0, highest=40, measures=_("obsessive-compulsive symptoms")),
        Scale(code="LSAS", label=_("LSAS"), lowest=0, highest=144, measures=_("social anxiety")),
        Scale(code="NRS_PAIN", label=_("Pain, 0 to 10"), lowest=0, highest=10, measures=_("pain")),
    ),
)


class SuicideRisk(StrEnum):
    """The C-SSRS screener's level as a clinician reports it. HIGH stops a request: emergency evaluation instead."""

    NONE = "NONE"
    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"
    NOT_DONE = "NOT_DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuicideRiskLevel:
    """`blocks`: no outpatient request may go out at this level."""

    code: str
    label: str
    blocks: bool = False


SUICIDE_RISK_LEVELS: CodeList[SuicideRiskLevel] = CodeList(
    "C-SSRS levels",
    (
        SuicideRiskLevel(code="NONE", label=_("No risk found")),
        SuicideRiskLevel(code="LOW", label=_("Low")),
        SuicideRiskLevel(code="MODERATE", label=_("Moderate")),
        SuicideRiskLevel(code="HIGH", label=_("High"), blocks=True),
        SuicideRiskLevel(code="NOT_DONE", label=_("Not done")),
    ),
)


def suicide_risk(
    *,
    q1: bool = False,
    q2: bool = False,
    q3: bool = False,
    q4: bool = False,
    q5: bool = False,
    q6_lifetime: bool = False,
    q6_3mo: bool = False,
) -> SuicideRisk:
    """The level by the commonly used triage of the C-SSRS screener; institutions vary."""
    if q4 or q5 or q6_3mo:
        return SuicideRisk.HIGH
    if q3 or q6_lifetime:
        return SuicideRisk.MODERATE
    if q1 or q2:
        return SuicideRisk.LOW
    return SuicideRisk.NONE
