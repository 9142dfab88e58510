"""How a place can be reached and used: Plan-Net AccessibilityCS codes."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
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
            label=_("Wheelchair access"),
            plain=_("Step-free way in, parking and restroom for wheelchair users."),
        ),
        Accessibility(
            code="adacomp", label=_("ADA compliant"), plain=_("The building meets the Americans with Disabilities Act.")
        ),
        Accessibility(code="pubtrans", label=_("Public transport"), plain=_("A stop is within easy reach.")),
        Accessibility(
            code="mobility", label=_("Help with moving"), plain=_("Staff or equipment help you move, sit and lie down.")
        ),
        Accessibility(
            code="cognitive", label=_("Cognitive support"), plain=_("Extra time and support to understand and decide.")
        ),
        Accessibility(
            code="cultcomp", label=_("Cultural competence"), plain=_("Staff are trained to work across cultures.")
        ),
        Accessibility(
            code="anssrvc", label=_("Answering service"), plain=_("Calls are answered outside opening hours.")
        ),
    ),
)
