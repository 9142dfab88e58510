"""How a place can be reached and used: Plan-Net AccessibilityCS codes."""

from dataclasses import dataclass

from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessibility:
    """`label` fits a tick-box; `plain` says what it means at the door."""

    code: str
    label: str
    plain: str


ACCESSIBILITY: CodeList[Accessibility] = CodeList(
    "accessibility",
    (
        Accessibility(
            code="handiaccess",
            label="Wheelchair access",
            plain="Step-free way in, parking and restroom for wheelchair users.",
        ),
        Accessibility(
            code="adacomp", label="ADA compliant", plain="The building meets the Americans with Disabilities Act."
        ),
        Accessibility(code="pubtrans", label="Public transport", plain="A stop is within easy reach."),
        Accessibility(
            code="mobility", label="Help with moving", plain="Staff or equipment help you move, sit and lie down."
        ),
        Accessibility(
            code="cognitive", label="Cognitive support", plain="Extra time and support to understand and decide."
        ),
        Accessibility(code="cultcomp", label="Cultural competence", plain="Staff are trained to work across cultures."),
        Accessibility(code="anssrvc", label="Answering service", plain="Calls are answered outside opening hours."),
    ),
)
