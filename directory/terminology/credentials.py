"""Credentials of people on a clinic's team. Scope of practice is the state's and is never read off them."""

from dataclasses import dataclass

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
        return self.label if f"({self.code})" in self.label else f"{self.label} ({self.code})"


CREDENTIALS: CodeList[Credential] = CodeList(
    "credentials",
    (
        Credential(code="MD", label="Physician (MD)", can_prescribe=True),
        Credential(code="DO", label="Osteopathic physician (DO)", can_prescribe=True),
        Credential(
            code="PMHNP-BC",
            label="Psychiatric mental health nurse practitioner",
            can_prescribe=True,
            psychiatric=True,
        ),
        Credential(code="FNP", label="Family nurse practitioner", can_prescribe=True),
        Credential(code="ACNP", label="Acute care nurse practitioner", can_prescribe=True),
        Credential(code="CNS-PMH", label="Psychiatric clinical nurse specialist", can_prescribe=True, psychiatric=True),
        Credential(code="CRNA", label="Certified registered nurse anesthetist", can_prescribe=True),
        Credential(code="PA-C", label="Physician assistant", can_prescribe=True),
        Credential(code="CAA", label="Certified anesthesiologist assistant"),
        Credential(code="PhD", label="Psychologist (PhD)"),
        Credential(code="PsyD", label="Psychologist (PsyD)"),
        Credential(code="LCSW", label="Licensed clinical social worker"),
        Credential(code="LMFT", label="Licensed marriage and family therapist"),
        Credential(code="LPC", label="Licensed professional counselor"),
        Credential(code="LPCC", label="Licensed professional clinical counselor"),
        Credential(code="LMHC", label="Licensed mental health counselor"),
        Credential(code="RN", label="Registered nurse"),
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
        TeamRole(code="PRESCRIBER", label="Prescribes"),
        TeamRole(code="MEDICAL_DIRECTOR", label="Medical director"),
        TeamRole(code="ADMINISTERING", label="Gives the treatment"),
        TeamRole(code="MONITORING", label="Watches over the session"),
        TeamRole(code="THERAPIST", label="Psychotherapy"),
    ),
)
