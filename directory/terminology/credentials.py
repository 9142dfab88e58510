"""Credentials of people on a clinic's team. Scope of practice is the state's and is never read off them."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """`can_prescribe`: may hold the prescriber role where the state allows. `psychiatric`: trained in psychiatry."""

    code: str
    label: str
    can_prescribe: bool = False
    psychiatric: bool = False

    @property
    def named(self) -> str:
        """The label with its code once: "Physician (MD)", "Registered nurse (RN)"."""
        if f"({self.code})" in self.label:
            return self.label
        return _("{label} ({code})").format(label=self.label, code=self.code)


CREDENTIALS: CodeList[Credential] = CodeList(
    "credentials",
    (
        Credential(code="MD", label=_("Physician (MD)"), can_prescribe=True),
        Credential(code="DO", label=_("Osteopathic physician (DO)"), can_prescribe=True),
        Credential(
            code="PMHNP-BC",
            label=_("Psychiatric mental health nurse practitioner"),
            can_prescribe=True,
            psychiatric=True,
        ),
        Credential(code="FNP", label=_("Family nurse practitioner"), can_prescribe=True),
        Credential(code="ACNP", label=_("Acute care nurse practitioner"), can_prescribe=True),
        Credential(
            code="CNS-PMH", label=_("Psychiatric clinical nurse specialist"), can_prescribe=True, psychiatric=True
        ),
        Credential(code="CRNA", label=_("Certified registered nurse anesthetist"), can_prescribe=True),
        Credential(code="PA-C", label=_("Physician assistant"), can_prescribe=True),
        Credential(code="CAA", label=_("Certified anesthesiologist assistant")),
        Credential(code="PhD", label=_("Psychologist (PhD)")),
        Credential(code="PsyD", label=_("Psychologist (PsyD)")),
        Credential(code="LCSW", label=_("Licensed clinical social worker")),
        Credential(code="LMFT", label=_("Licensed marriage and family therapist")),
        Credential(code="LPC", label=_("Licensed professional counselor")),
        Credential(code="LPCC", label=_("Licensed professional clinical counselor")),
        Credential(code="LMHC", label=_("Licensed mental health counselor")),
        Credential(code="RN", label=_("Registered nurse")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRole:
    """What a person does at a site."""

    code: str
    label: str


TEAM_ROLES: CodeList[TeamRole] = CodeList(
    "team roles",
    (
        TeamRole(code="PRESCRIBER", label=_("Prescribes")),
        TeamRole(code="MEDICAL_DIRECTOR", label=_("Medical director")),
        TeamRole(code="ADMINISTERING", label=_("Gives the treatment")),
        TeamRole(code="MONITORING", label=_("Watches over the session")),
        TeamRole(code="THERAPIST", label=_("Psychotherapy")),
    ),
)
