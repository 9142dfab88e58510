"""Conditions people look for care with, in plain words and in clinicians' words."""

from dataclasses import dataclass

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
            label="Treatment-resistant depression",
            plain="Depression that has not got better with at least two medicines",
            icd10_groups=("MDD",),
            crisis_box=True,
        ),
        Condition(code="MDD", label="Major depression", plain="Depression", icd10_groups=("MDD",), crisis_box=True),
        Condition(
            code="MDSI",
            label="Major depression with acute suicidal thoughts or actions",
            plain="Depression with thoughts of suicide",
            icd10_groups=("MDD", "SUICIDALITY"),
            crisis_box=True,
        ),
        Condition(
            code="BIPOLAR_DEP",
            label="Bipolar depression",
            plain="Depression in bipolar disorder",
            icd10_groups=("BIPOLAR_DEPRESSION",),
            crisis_box=True,
        ),
        Condition(
            code="PTSD",
            label="Post-traumatic stress disorder",
            plain="Post-traumatic stress (PTSD)",
            icd10_groups=("PTSD", "ADJUSTMENT"),
            crisis_box=True,
        ),
        Condition(
            code="GAD",
            label="Generalized anxiety disorder",
            plain="Constant worry or anxiety",
            icd10_groups=("GAD", "PANIC_OTHER_ANXIETY"),
        ),
        Condition(
            code="SAD", label="Social anxiety disorder", plain="Social anxiety", icd10_groups=("SOCIAL_ANXIETY",)
        ),
        Condition(
            code="OCD",
            label="Obsessive-compulsive disorder",
            plain="Obsessive-compulsive disorder (OCD)",
            icd10_groups=("OCD",),
        ),
        Condition(
            code="CRPS",
            label="Complex regional pain syndrome",
            plain="Complex regional pain syndrome (CRPS)",
            icd10_groups=("CRPS_I", "CRPS_II"),
        ),
        Condition(
            code="CHRONIC_PAIN",
            label="Other chronic pain",
            plain="Long-lasting pain",
            icd10_groups=("CHRONIC_PAIN",),
        ),
        Condition(
            code="SUD",
            label="Alcohol, cocaine or opioid use disorder",
            plain="Alcohol or drug use",
            icd10_groups=("SUD",),
        ),
    ),
)
