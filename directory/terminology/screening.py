"""What a referring clinician is asked about risks: each question with its hint and weight. It flags, it never refuses.

Sources, by digest: the US labels of Spravato and ketamine, the ASRA/AAPM/ASA consensus of 2018.
"""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


class Weight(StrEnum):
    """How the labels class it; `BEFORE` is what was tried before, which is no risk by itself."""

    CONTRAINDICATION = "CONTRAINDICATION"
    PRECAUTION = "PRECAUTION"
    INTERACTION = "INTERACTION"
    BEFORE = "BEFORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`label` is asked and told alike; `hint` explains it to a clinician."""

    code: str
    label: str
    weight: Weight
    hint: str = ""


QUESTIONS: CodeList[Question] = CodeList(
    "screening questions",
    (
        Question(
            code="aneurysm",
            label=_("Aneurysmal vascular disease"),
            weight=Weight.CONTRAINDICATION,
            hint=_("Thoracic or abdominal aorta, intracranial, or peripheral arteries"),
        ),
        Question(code="avm", label=_("Arteriovenous malformation"), weight=Weight.CONTRAINDICATION),
        Question(code="ich", label=_("History of intracerebral hemorrhage"), weight=Weight.CONTRAINDICATION),
        Question(
            code="hypersens",
            label=_("Hypersensitivity to esketamine, ketamine or an excipient"),
            weight=Weight.CONTRAINDICATION,
        ),
        Question(
            code="bp_hazard",
            label=_("A condition in which a rise of blood pressure is a serious hazard"),
            weight=Weight.CONTRAINDICATION,
            hint=_("A precaution for Spravato, a contraindication for ketamine"),
        ),
        Question(
            code="cv_recent",
            label=_("Heart or vessel disease"),
            weight=Weight.PRECAUTION,
            hint=_("Infarction, stroke, heart failure, unstable arrhythmia, hypertensive encephalopathy"),
        ),
        Question(
            code="psychosis",
            label=_("Psychosis or mania, now or before"),
            weight=Weight.PRECAUTION,
            hint=_("Also a disorder of the schizophrenia spectrum"),
        ),
        Question(code="sud", label=_("Alcohol or substance use disorder, now or before"), weight=Weight.PRECAUTION),
        Question(code="icp_iop", label=_("Raised intracranial or intraocular pressure"), weight=Weight.PRECAUTION),
        Question(
            code="cystitis",
            label=_("Bladder trouble"),
            weight=Weight.PRECAUTION,
            hint=_("Interstitial or ulcerative cystitis, lasting urinary symptoms"),
        ),
        Question(code="cognitive", label=_("Neurocognitive disorder or brain injury"), weight=Weight.PRECAUTION),
        Question(code="resp", label=_("Sleep apnea, COPD or another risk to breathing"), weight=Weight.PRECAUTION),
        Question(
            code="nasal",
            label=_("Nasal obstruction, or a steroid or decongestant nose spray"),
            weight=Weight.PRECAUTION,
            hint=_("A spray needs a gap of one hour before Spravato"),
        ),
        Question(
            code="cns_depressant",
            label=_("Benzodiazepine, opioid, sedative or daily alcohol"),
            weight=Weight.INTERACTION,
            hint=_("More sedation, slower breathing"),
        ),
        Question(
            code="psychostimulant",
            label=_("Psychostimulant"),
            weight=Weight.INTERACTION,
            hint=_("Amphetamine, methylphenidate, modafinil, armodafinil: blood pressure"),
        ),
        Question(code="maoi", label=_("MAO inhibitor"), weight=Weight.INTERACTION, hint=_("Blood pressure")),
        Question(
            code="theophylline",
            label=_("Theophylline or aminophylline"),
            weight=Weight.INTERACTION,
            hint=_("With ketamine"),
        ),
        Question(code="thyroid", label=_("Thyroid hormone"), weight=Weight.INTERACTION, hint=_("With ketamine")),
        Question(
            code="had_psychotherapy", label=_("Psychotherapy for this condition, now or before"), weight=Weight.BEFORE
        ),
        Question(code="had_esketamine", label=_("Esketamine (Spravato)"), weight=Weight.BEFORE),
        Question(code="had_ketamine", label=_("Ketamine for mood or pain, any route"), weight=Weight.BEFORE),
        Question(code="had_ect", label=_("ECT"), weight=Weight.BEFORE, hint=_("Electroconvulsive therapy")),
        Question(code="had_tms", label=_("TMS"), weight=Weight.BEFORE, hint=_("Transcranial magnetic stimulation")),
        Question(code="had_stimulation", label=_("Vagus nerve or deep brain stimulation"), weight=Weight.BEFORE),
    ),
)


def of(weight: Weight) -> tuple[Question, ...]:
    """The questions of one weight, in order."""
    return tuple(row for row in QUESTIONS if row.weight is weight)
