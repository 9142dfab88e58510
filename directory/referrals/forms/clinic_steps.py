"""What the clinic types with each of its steps: one small form a page; each says what step it asks for."""

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo, field_validator

from directory.lib import clock
from directory.referrals import own_number
from directory.referrals.clinic_actions import Said
from directory.referrals.forms.clinical import code_of
from directory.referrals.forms.fields import OneLine, day, time_of_day
from directory.terminology.code_list import CodeList
from directory.terminology.decline_reasons import APPOINTMENT_REASONS, DECLINE_REASONS, NO_SHOW_REASONS, ReasonT
from directory.terminology.scales import SCALES
from directory.web.forms import Form, question
from directory.wording import say
from directory.wording.say import _

WORDS_LENGTH = 600
LONGER_LENGTH = 2000
NOTE_LENGTH = 4000
MOST_SESSIONS = 200
BACK_DAYS, AHEAD_DAYS = 30, 400
"""An appointment may be written down late, and is hardly made for longer than a year ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The step that a form asks for: a verb, what is written along, and what else it brings."""

    verb: str
    said: Said = field(default_factory=Said, repr=False)
    brings: dict[str, Any] = field(default_factory=dict)
    pass_to: str = ""
    """The slug of the clinic that takes it over, if one does."""


class Step(Form, ABC):
    """Base: the number of steps that the clinic had seen when it filled the form in."""

    version: int = question(missing=_("Load the page again"))

    @abstractmethod
    def asked(self, time_zone: str) -> Asked:
        """What is to be done; days and times are those of the clinic's zone."""


def _words() -> Any:
    return question(missing="", default="", max_length=WORDS_LENGTH)


def _longer() -> Any:
    return question(missing="", default="", max_length=LONGER_LENGTH)


def _part(length: int = 2) -> Any:
    return question(missing="", default="", max_length=length)


def _day_in(info: ValidationInfo, name: str) -> dt.date | None:
    return day(*(str(info.data.get(f"{name}_{part}", "")) for part in ("month", "day", "year")))


def reason_of(value: str, reasons: CodeList[ReasonT]) -> str:
    """A code that is in force today. ValueError in words."""
    found = reasons.find(value)
    if found is None:
        raise ValueError(_("Choose a reason"))
    if not found.is_in_force(clock.today()):
        raise ValueError(_("This reason is not in use today. Choose another one."))
    return value


def _number() -> Any:
    return question(missing="", default="", max_length=own_number.LENGTH)


class Accept(Step):
    """Yes, with words for the patient if the clinic likes, and with the number that it keeps the request under."""

    words: str = _words()
    number: OneLine = _number()

    def asked(self, time_zone: str) -> Asked:
        """Accept."""
        return Asked(verb="accept", said=Said(words=self.words, number=self.number))


class Decline(Step):
    """No: a reason, a private comment that stays sealed, words for the patient."""

    reason: str = question(missing=_("Choose a reason"))
    words: str = _words()
    comment: str = question(missing="", default="", max_length=WORDS_LENGTH, validate_default=True)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        return reason_of(value, DECLINE_REASONS)

    @field_validator("comment")
    @classmethod
    def _needed(cls, value: str, info: ValidationInfo) -> str:
        reason = DECLINE_REASONS.find(info.data.get("reason", ""))
        if reason is not None and reason.needs_comment and not value:
            raise ValueError(_("Write a few words on this reason"))
        return value

    def asked(self, time_zone: str) -> Asked:
        """Decline."""
        said = Said(words=self.words, comment=self.comment)
        return Asked(verb="decline", said=said, brings={"reason": self.reason})


class Ask(Step):
    """A question before the clinic can answer, to the sender, or to the patient who follows the request."""

    whom: Literal["sender", "patient"] = question(missing=_("Choose who should answer"), default="sender")
    question: str = question(missing=_("Write your question"), max_length=WORDS_LENGTH)

    def asked(self, time_zone: str) -> Asked:
        """Ask."""
        to_patient = self.whom == "patient"
        said = Said(to_patient=self.question) if to_patient else Said(question=self.question)
        return Asked(verb="ask", said=said)


class Reply(Step):
    """The clinic has its answer by another way."""

    reply: str = question(missing=_("Write what you learned"), max_length=WORDS_LENGTH)

    def asked(self, time_zone: str) -> Asked:
        """Go on."""
        return Asked(verb="reply", said=Said(reply=self.reply))


class Waitlist(Step):
    """The waiting list, with the week in which the clinic expects to have room."""

    expected_month: str = _part()
    expected_day: str = _part()
    expected_year: str = _part(4)
    expected: dt.date | None = question(missing="", default=None, validate_default=True)
    words: str = _words()

    @field_validator("expected", mode="before")
    @classmethod
    def _a_week(cls, _value: Any, info: ValidationInfo) -> dt.date:
        found = _day_in(info, "expected")
        if found is None:
            raise ValueError(_("Enter a day of the week you expect"))
        monday, today = found - dt.timedelta(days=found.weekday()), clock.today()
        if not today - dt.timedelta(days=today.weekday()) <= monday <= today + dt.timedelta(days=AHEAD_DAYS):
            raise ValueError(_("Enter a day from this week on, within a year"))
        return monday

    def asked(self, time_zone: str) -> Asked:
        """Put on the list."""
        return Asked(verb="waitlist", said=Said(words=self.words), brings={"expected_on": self.expected})


class Schedule(Step):
    """The appointment: its day and time at the clinic."""

    appointment_month: str = _part()
    appointment_day: str = _part()
    appointment_year: str = _part(4)
    appointment: dt.date | None = question(missing="", default=None, validate_default=True)
    time: str = question(missing=_("Enter a time, like 2:30 pm"), max_length=12)
    words: str = _words()

    @field_validator("appointment", mode="before")
    @classmethod
    def _a_day(cls, _value: Any, info: ValidationInfo) -> dt.date:
        found, today = _day_in(info, "appointment"), clock.today()
        if found is None:
            raise ValueError(_("Enter the day of the appointment"))
        if not today - dt.timedelta(days=BACK_DAYS) <= found <= today + dt.timedelta(days=AHEAD_DAYS):
            raise ValueError(_("Enter a day between a month ago and a year ahead"))
        return found

    @field_validator("time")
    @classmethod
    def _a_time(cls, value: str) -> str:
        time_of_day(value)
        return value

    def asked(self, time_zone: str) -> Asked:
        """Schedule."""
        assert self.appointment is not None, "its validator gives a day or refuses"
        at = dt.datetime.combine(self.appointment, time_of_day(self.time), tzinfo=ZoneInfo(time_zone))
        return Asked(verb="schedule", said=Said(words=self.words), brings={"appointment_at": at.astimezone(dt.UTC)})


class NoShow(Step):
    """Nobody came, as far as is known why."""

    reason: str = question(missing=_("Choose a reason"))
    words: str = _words()

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        return reason_of(value, NO_SHOW_REASONS)

    def asked(self, time_zone: str) -> Asked:
        """Record it."""
        return Asked(verb="record_no_show", said=Said(words=self.words), brings={"reason": self.reason})


class CancelAppointment(Step):
    """The appointment will not be, for a reason; "other" is explained to the sender."""

    reason: str = question(missing=_("Choose a reason"))
    words: str = question(missing="", default="", max_length=WORDS_LENGTH, validate_default=True)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        return reason_of(value, APPOINTMENT_REASONS)

    @field_validator("words")
    @classmethod
    def _needed(cls, value: str, info: ValidationInfo) -> str:
        reason = APPOINTMENT_REASONS.find(info.data.get("reason", ""))
        if reason is not None and reason.needs_comment and not value:
            raise ValueError(_("Write a few words on this reason"))
        return value

    def asked(self, time_zone: str) -> Asked:
        """Cancel it."""
        return Asked(verb="cancel_appointment", said=Said(words=self.words), brings={"reason": self.reason})


class Visit(Step):
    """After a visit: a note for the sender, and how treatment goes, as far as the clinic wants to tell."""

    note: str = question(missing=_("Write a note for the sender"), max_length=NOTE_LENGTH)
    sessions: int | None = question(missing=_("Enter a number, like 8"), default=None, ge=0, le=MOST_SESSIONS)
    dose: Literal["", "56", "84", "other"] = question(missing=_("Choose a dose"), default="")
    scale: str = question(missing="", default="", max_length=20)
    total_before: int | None = question(missing=_("Enter a whole number"), default=None, validate_default=True)
    total_after: int | None = question(missing=_("Enter a whole number"), default=None, validate_default=True)
    scored_month: str = _part()
    scored_day: str = _part()
    scored_year: str = _part(4)
    scored: dt.date | None = question(missing="", default=None, validate_default=True)
    events: list[Literal["blood_pressure", "sedation", "dissociation", "other"]] = question(
        missing=_("Choose from the list"), default=[]
    )
    events_note: str = _words()
    plan: str = _words()

    @field_validator("scale")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in SCALES:
            raise ValueError(_("Choose a scale, or none"))
        return value

    @field_validator("total_before", "total_after")
    @classmethod
    def _in_range(cls, value: int | None, info: ValidationInfo) -> int | None:
        scale = SCALES.find(info.data.get("scale", ""))
        if scale is None:
            if value is not None:
                raise ValueError(_("Choose the scale that this total belongs to"))
            return None
        if value is None and info.field_name == "total_after":
            raise ValueError(_("Enter the total, or choose no scale"))
        if value is not None and not scale.accepts(value):
            words = _("{scale} totals run from {low} to {high}")
            raise ValueError(words.format(scale=scale.label, low=scale.lowest, high=scale.highest))
        return value

    @field_validator("scored", mode="before")
    @classmethod
    def _past(cls, _value: Any, info: ValidationInfo) -> dt.date | None:
        found = _day_in(info, "scored")
        if found is not None and found > clock.today():
            raise ValueError(_("Enter a day that has been"))
        return found

    def given(self) -> dict[str, Any]:
        """What is kept of it: only what was filled in."""
        told = self.model_dump(mode="json", exclude={"version", "scored_month", "scored_day", "scored_year", "scored"})
        found = {name: value for name, value in told.items() if value not in ("", None, [])}
        return found | ({"scored_on": self.scored.isoformat()} if self.scored else {})

    def asked(self, time_zone: str) -> Asked:
        """Record the visit."""
        return Asked(verb="record_visit", said=Said(outcome=self.given()))


class Complete(Visit):
    """The outcome: a note is mandatory, the rest is as it was, with what a record system of the sender's asks for."""

    note: str = question(missing=_("Write the outcome: the sender waits for it"), max_length=NOTE_LENGTH)
    initial_diagnosis: str = question(missing="", default="", max_length=160)
    final_diagnosis: str = question(missing="", default="", max_length=160)
    findings: str = _longer()
    services: str = _longer()
    recommendations: str = _longer()
    medication: str = _longer()

    @field_validator("initial_diagnosis", "final_diagnosis")
    @classmethod
    def _billable(cls, value: str) -> str:
        return code_of(value) if value else ""

    def asked(self, time_zone: str) -> Asked:
        """Complete."""
        return Asked(verb="complete", said=Said(outcome=self.given()))


class Redirect(Step):
    """On to another listed clinic, because the patient agreed."""

    to: str = question(missing=_("Choose the clinic that takes it over"), max_length=120)
    agreed: Literal["yes"] = question(missing=_("Ask the patient first: without a yes it cannot go to another clinic"))
    spoke_with: str = question(missing=_("Say who asked the patient, and when"), max_length=160)
    words: str = _words()

    def asked(self, time_zone: str) -> Asked:
        """Decline, and pass on."""
        said = Said(words=self.words, comment=_("Agreed to pass it on: {who}").format(who=self.spoke_with))
        return Asked(verb="decline", said=said, brings={"reason": "redirected"}, pass_to=self.to)


class ByPhone(Step):
    """An answer that was given by phone: which, by whom to whom, when."""

    answer: Literal["yes", "no"] = question(missing=_("Say what the answer was"))
    reason: str = question(missing="", default="", validate_default=True)
    spoke_with: str = question(missing=_("Say who spoke with whom"), max_length=160)
    spoken_month: str = _part()
    spoken_day: str = _part()
    spoken_year: str = _part(4)
    spoken: dt.date | None = question(missing="", default=None, validate_default=True)
    what: str = question(missing=_("Write what was said"), max_length=WORDS_LENGTH)

    @field_validator("reason")
    @classmethod
    def _needed(cls, value: str, info: ValidationInfo) -> str:
        return reason_of(value, DECLINE_REASONS) if info.data.get("answer") == "no" else value

    @field_validator("spoken", mode="before")
    @classmethod
    def _lately(cls, _value: Any, info: ValidationInfo) -> dt.date:
        found, today = _day_in(info, "spoken"), clock.today()
        if found is None or not today - dt.timedelta(days=90) <= found <= today + dt.timedelta(days=1):
            raise ValueError(_("Enter the day of the call, within the last three months"))
        return found

    def asked(self, time_zone: str) -> Asked:
        """Log the answer, which counts as the clinic's own."""
        assert self.spoken is not None, "its validator gives a day or refuses"
        phone = _("{who}, on {day}: {what}").format(who=self.spoke_with, day=say.day(self.spoken), what=self.what)
        if self.answer == "yes":
            return Asked(verb="accept_by_phone", said=Said(phone=phone))
        return Asked(verb="decline_by_phone", said=Said(phone=phone), brings={"reason": self.reason})


class ConfirmCancel(Step):
    """The appointment of a withdrawn request is cancelled at the clinic, too."""

    def asked(self, time_zone: str) -> Asked:
        """Close it."""
        return Asked(verb="confirm_cancel")


class Note(Form):
    """A note of the clinic for itself."""

    note: str = question(missing=_("Write the note"), max_length=NOTE_LENGTH)


class OwnNumber(Form):
    """The number under which the clinic keeps the request; without one it is taken away."""

    version: int = question(missing=_("Load the page again"))
    number: OneLine = _number()


class AgreeTerms(Form):
    """Yes to the terms of handling health data."""

    agree: Literal["yes"] = question(missing=_("Say that your clinic agrees"))
