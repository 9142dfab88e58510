"""The order of the questions of both forms: which is asked when, where an answer stops the form, what follows. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.referrals import rules
from directory.referrals.doors import FORM_ASK, FORM_REFER
from directory.referrals.drafts import DONE
from directory.referrals.forms import clinical, clinician, lines, patient
from directory.referrals.forms.ranking import Ranking
from directory.referrals.models import DraftKind
from directory.web.forms import Form

Answers = Mapping[str, Any]
CHECK = "check"


def _always(_answers: Answers) -> bool:
    return True


def _goes_on(_given: Answers, _today: dt.date) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of questions. `asked` looks at the answers so far; `stop` at what this page was given, and names the
    page at which the form halts, or nothing. What halts a form is never kept, nor is a step that is not `kept`.

    `page` names the template where the step's own name is that of the other form's page; `rows` the field that holds
    rows, of which the page shows at least `rows_shown`, and `read_line` what reads a row that was typed as one line; at
    `rest` one press says no to all that is left open. `usual` are answers that stand there to begin with; what is asked
    `of_sender` is not asked again where it is known.
    """

    name: str
    form: type[Form]
    page: str = ""
    rows: str = ""
    rows_shown: int = 1
    read_line: lines.Reader | None = None
    usual: Mapping[str, str] = field(default_factory=dict)
    of_sender: bool = False
    rest: bool = False
    asked: Callable[[Answers], bool] = _always
    stop: Callable[[Answers, dt.date], str] = _goes_on
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A form: its steps below the address `base`."""

    kind: DraftKind
    base: str
    begins_at: str
    cookie: str
    steps: tuple[Step, ...]

    def find(self, name: str) -> Step | None:
        """The step of an address, or None."""
        return next((step for step in self.steps if step.name == name), None)

    def asked(self, answers: Answers) -> list[Step]:
        """The steps that these answers lead through."""
        return [step for step in self.steps if step.asked(answers)]

    def missing(self, answers: Answers) -> Step | None:
        """The first step that has not been answered, or None when all is there."""
        done = answers.get(DONE, ())
        return next((step for step in self.asked(answers) if step.kept and step.name not in done), None)

    def given(self, answers: Answers) -> dict[str, Any]:
        """The answers to the questions that were asked in the end; what a changed mind left behind is not sent."""
        fields = {name for step in self.asked(answers) if step.kept for name in step.form.model_fields}
        return {name: value for name, value in answers.items() if name in fields}

    def next_url(self, name: str, answers: Answers, *, to_check: bool) -> str:
        """Where an answered step leads: to the check when everything is there and it came from there."""
        missing = self.missing(answers)
        if to_check:
            return self.url(missing.name if missing else CHECK)
        names = [step.name for step in self.asked(answers)]
        following = names[names.index(name) + 1 :] if name in names else []
        return self.url(following[0] if following else (missing.name if missing else CHECK))

    def back_url(self, name: str, answers: Answers, *, to_check: bool) -> str:
        """Where Back leads from a step."""
        names = [step.name for step in self.asked(answers)]
        place = names.index(name) if name in names else 0
        if to_check:
            return self.url(CHECK)
        return self.url(names[place - 1]) if place else ""

    def number(self, name: str, answers: Answers) -> tuple[int, int]:
        """Which step of how many, the check being the last."""
        names = [*(step.name for step in self.asked(answers)), CHECK]
        return names.index(name) + 1, len(names)

    def url(self, name: str) -> str:
        """The address of a page of this form."""
        return f"{self.base}/{name}"


def _for_another(answers: Answers) -> bool:
    return answers.get("for_whom") == "other"


def _for_oneself(answers: Answers) -> bool:
    return answers.get("for_whom") == "self"


ASK = Flow(
    kind=DraftKind.PATIENT,
    base="/ask",
    begins_at="ask",
    cookie=FORM_ASK,
    steps=(
        Step(
            name="danger",
            form=patient.Danger,
            stop=lambda given, _today: "help" if given["danger"] == "yes" else "",
            kept=False,
        ),
        Step(name="for", form=patient.ForWhom),
        Step(name="helper", form=patient.Helper, asked=_for_another),
        Step(name="adult", form=patient.Adult, stop=lambda given, _today: "under-18" if given["adult"] == "no" else ""),
        Step(name="name", form=patient.Name),
        Step(name="contact", form=patient.Contact),
        Step(name="reach", form=patient.Reach),
        Step(name="place", form=patient.Where),
        Step(name="about", form=patient.About),
        Step(name="treatment", form=patient.Treatment),
        Step(name="insurance", form=patient.Insurance),
        Step(name="needs", form=patient.Needs),
        Step(name="ranking", form=Ranking),
        Step(name="note", form=patient.Note, asked=_for_oneself),
    ),
)

REFER = Flow(
    kind=DraftKind.CLINICIAN,
    base="/refer",
    begins_at="refer",
    cookie=FORM_REFER,
    steps=(
        Step(name="sender", form=clinician.Sender, of_sender=True),
        Step(name="reply", form=clinician.Reply, usual={"stays": "yes"}, of_sender=True),
        Step(
            name="patient",
            form=clinician.PatientBorn,
            stop=lambda given, today: "under-18" if rules.is_minor(given, today) else "",
        ),
        Step(
            name="contact",
            form=clinician.PatientContact,
            page="patient_contact",
            usual={"prefers": "call", "voicemail": "no"},
        ),
        Step(
            name="risk",
            form=clinical.Risk,
            stop=lambda given, _today: "emergency" if rules.needs_emergency_care(given) else "",
        ),
        Step(name="question", form=clinician.Question, usual={"urgency": "routine"}),
        Step(name="diagnosis", form=clinical.Diagnosis),
        Step(name="trials", form=clinical.Trials, rows="trials", rows_shown=2, read_line=lines.trial),
        Step(name="medicines", form=clinical.Medicines, rest=True),
        Step(name="scales", form=clinical.Scales, rows="scales", read_line=lines.scale),
        Step(name="before", form=clinical.Before, rest=True),
        Step(name="screen", form=clinical.Screen),
        Step(name="precautions", form=clinical.Precautions, rest=True),
        Step(name="body", form=clinical.Body),
        Step(name="coverage", form=clinician.Coverage),
        Step(name="checks", form=clinician.Checks),
        Step(name="needs", form=clinician.Practical, page="practical"),
        Step(name="ranking", form=Ranking),
        Step(name="consent", form=clinician.Consent),
        Step(name="documents", form=Form, kept=False),  # optional; its pages are its own
    ),
)
