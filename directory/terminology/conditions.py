"""Conditions people look for care with, in plain words and in clinicians' words."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`label` is the clinician's term, `plain` what a patient reads; `crisis_box` says a page about it opens with 988.

    `icd10_groups` are the groups of the ICD-10-CM subset that a clinician may pick from for it.
    """

    code: str
    label: str
    plain: str
    icd10_groups: tuple[str, ...]
    crisis_box: bool = False


CONDITIONS: CodeList[Condition] = CodeList(
    "conditions",
    (
        Condition(
            code="TRD",
            label=_("Treatment-resistant depression"),
            plain=_("Depression that has not gotten better with at least two medicines"),
            icd10_groups=("MDD",),
            crisis_box=True,
        ),
        Condition(
            code="MDD", label=_("Major depression"), plain=_("Depression"), icd10_groups=("MDD",), crisis_box=True
        ),
        Condition(
            code="MDSI",
            label=_("Major depression with acute suicidal thoughts or actions"),
            plain=_("Depression with thoughts of suicide"),
            icd10_groups=("MDD", "SUICIDALITY"),
            crisis_box=True,
        ),
        Condition(
            code="BIPOLAR_DEP",
            label=_("Bipolar depression"),
            plain=_("Depression in bipolar disorder"),
            icd10_groups=("BIPOLAR_DEPRESSION",),
            crisis_box=True,
        ),
        Condition(
            code="PTSD",
            label=_("Post-traumatic stress disorder"),
            plain=_("Post-traumatic stress (PTSD)"),
            icd10_groups=("PTSD", "ADJUSTMENT"),
            crisis_box=True,
        ),
        Condition(
            code="GAD",
            label=_("Generalized anxiety disorder"),
            plain=_("Constant worry or anxiety"),
            icd10_groups=("GAD", "PANIC_OTHER_ANXIETY"),
        ),
        Condition(
            code="SAD", label=_("Social anxiety disorder"), plain=_("Social anxiety"), icd10_groups=("SOCIAL_ANXIETY",)
        ),
        Condition(
            code="OCD",
            label=_("Obsessive-compulsive disorder"),
            plain=_("Obsessive-compulsive disorder (OCD)"),
            icd10_groups=("OCD",),
        ),
        Condition(
            code="CRPS",
            label=_("Complex regional pain syndrome"),
            plain=_("Complex regional pain syndrome (CRPS)"),
            icd10_groups=("CRPS_I", "CRPS_II"),
        ),
        Condition(
            code="CHRONIC_PAIN",
            label=_("Other chronic pain"),
            plain=_("Long-lasting pain"),
            icd10_groups=("CHRONIC_PAIN",),
        ),
        Condition(
            code="SUD",
            label=_("Alcohol, cocaine or opioid use disorder"),
            plain=_("Alcohol or drug use"),
            icd10_groups=("SUD",),
        ),
    ),
)
