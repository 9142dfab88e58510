"""What a page that explains says of itself: its front matter, checked, and its sources. Pure."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

from directory.lib.languages import ENGLISH, SPANISH, current
from directory.terminology.conditions import CONDITIONS
from directory.terminology.evidence import EVIDENCE_LABELS, Evidence, EvidenceStatus, evidence_for
from directory.terminology.treatments import LISTABLE, TREATMENTS
from directory.wording.say import _

LONGEST_BETWEEN_REVIEWS: Final = dt.timedelta(days=366)
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]


class Audience(StrEnum):
    """Whom a page is written for."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Group(StrEnum):
    """The parts of the index, in their order."""

    BASICS = "basics"
    CONDITIONS = "conditions"
    SAFETY = "safety"
    PLANNING = "planning"
    CLINICIANS = "clinicians"


class IndicationStatus(StrEnum):
    """What the FDA has approved of what the page is about."""

    APPROVED = "approved"
    OFF_LABEL = "off_label"
    BOTH = "both"
    NOT_APPROVED = "not_approved"


class EvidenceGrade(StrEnum):
    """What a page that is not about one condition rests on."""

    OFFICIAL = "official"
    GUIDANCE = "guidance"
    REPORTS = "reports"


GROUPS: Final = {
    Group.BASICS: _("The basics"),
    Group.CONDITIONS: _("What is known, condition by condition"),
    Group.SAFETY: _("Safety"),
    Group.PLANNING: _("Planning care"),
    Group.CLINICIANS: _("For clinicians"),
}
INDICATION_WORDS: Final = {
    IndicationStatus.APPROVED: _("Spravato is approved for this. Ketamine is used off-label."),
    IndicationStatus.OFF_LABEL: _("Nothing listed here is approved for this. Any use is off-label."),
    IndicationStatus.BOTH: _("This page covers both approved and off-label use."),
    IndicationStatus.NOT_APPROVED: _("The products on this page are not approved."),
}
GRADE_WORDS: Final = {
    EvidenceGrade.OFFICIAL: _("Rests on labels, laws and agency notices"),
    EvidenceGrade.GUIDANCE: _("Rests on guidance by professional bodies"),
    EvidenceGrade.REPORTS: _("Rests on reports and surveys"),
}


class Source(BaseModel):
    """Where a claim comes from. `year` is the document's, `read` the year we read one that bears none.

    `digest` names who summarised it where only a summary was read; the name stays in the language of the source.
    `ends_on` is the last day of a rule that ends by itself: whoever cites it looks again by then.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Words
    year: int | None = Field(default=None, ge=1960, le=2100)
    read: int | None = Field(default=None, ge=2026, le=2100)
    ends_on: dt.date | None = None
    address: Words
    url: HttpUrl | None = None
    digest: str = ""
    digest_es: str = ""

    @property
    def digest_words(self) -> str:
        """Who summarised it, in the reader's language."""
        return self.digest_es if current() == SPANISH else self.digest

    @model_validator(mode="after")
    def _is_told_in_both_languages(self) -> "Source":
        if bool(self.digest) != bool(self.digest_es):
            raise ValueError("who summarised a source is told in both languages")
        return self

    @model_validator(mode="after")
    def _has_a_year(self) -> "Source":
        if (self.year is None) == (self.read is None):
            raise ValueError("a source has its year, or the year in which it was read")
        return self

    @model_validator(mode="after")
    def _only_https(self) -> "Source":
        if self.url is not None and self.url.scheme != "https":
            raise ValueError("the address of a source is https")
        return self


class FrontMatter(BaseModel):
    """The head of a page. Days are days in the calendar; codes are those of the terminology."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    summary: Words
    group: Group
    order: int = Field(ge=1)
    audience: Audience = Audience.PATIENT
    indication_status: IndicationStatus
    evidence_grade: EvidenceGrade | EvidenceStatus
    treatments: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sources: tuple[Key, ...] = Field(min_length=1)
    crisis_box: bool = False
    written_on: dt.date
    reviewed_by: str = ""
    reviewed_on: dt.date | None = None
    next_review_on: dt.date

    @model_validator(mode="after")
    def _codes_are_known(self) -> "FrontMatter":
        unknown = (
            *LISTABLE.unknown(self.treatments),
            *CONDITIONS.unknown(self.conditions),
            *TREATMENTS.unknown(self.required),
        )
        if unknown:
            raise ValueError(f"unknown codes: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _a_review_is_whole(self) -> "FrontMatter":
        if bool(self.reviewed_by.strip()) != (self.reviewed_on is not None):
            raise ValueError("a review has a person and a day")
        since = self.reviewed_on or self.written_on
        if not since < self.next_review_on <= since + LONGEST_BETWEEN_REVIEWS:
            raise ValueError("the next review is within a year")
        return self

    @model_validator(mode="after")
    def _says_of_its_condition_what_the_terminology_says(self) -> "FrontMatter":
        if self.group is not Group.CONDITIONS:
            return self
        if not self.conditions:
            raise ValueError("a page about a condition names it")
        spravato, ketamine = (evidence_for(code, self.conditions[0]).status for code in ("SPRAVATO", "KET_IV"))
        approved = spravato is EvidenceStatus.FDA_APPROVED
        if self.indication_status is not (IndicationStatus.APPROVED if approved else IndicationStatus.OFF_LABEL):
            raise ValueError("indication_status is not what the terminology says of Spravato")
        if self.evidence_grade is not ketamine:
            raise ValueError(f"evidence_grade is not what the terminology says of ketamine: {ketamine}")
        return self

    @property
    def indication_words(self) -> str:
        """What is approved, in a sentence."""
        return INDICATION_WORDS[self.indication_status]

    @property
    def grade_words(self) -> str:
        """What the page rests on, or how strong the evidence for ketamine is."""
        if isinstance(self.evidence_grade, EvidenceGrade):
            return GRADE_WORDS[self.evidence_grade]
        return _("Ketamine: {grade}").format(grade=EVIDENCE_LABELS[self.evidence_grade])


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One page, ready to be shown. `sources` in the order of their numbers, from 1."""

    slug: str
    language: str = ENGLISH
    about: FrontMatter
    html: Markup
    headings: tuple[tuple[str, str], ...]
    blocks: tuple[str, ...]
    sources: tuple[Source, ...]
    links: tuple[str, ...]

    @property
    def href(self) -> str:
        """Its address, in whichever language the reader speaks."""
        return f"/learn/{self.slug}"

    @property
    def href_in_its_language(self) -> str:
        """The address of this text, whatever language the reader speaks."""
        return f"/{self.language}{self.href}"

    @property
    def is_translation(self) -> bool:
        """Whether it was written in English first; whoever reviewed that has not reviewed this."""
        return self.language != ENGLISH

    @property
    def needs_crisis_box(self) -> bool:
        """Whether help stands in the page itself: wherever depression, suicide or trauma is spoken of (DOMAIN 8.1)."""
        return self.about.crisis_box or any(CONDITIONS[code].crisis_box for code in self.about.conditions)

    @property
    def required(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The mandated sentences of the treatments spoken of, under the name of each; a sentence is said once."""
        found: list[tuple[str, tuple[str, ...]]] = []
        told: set[str] = set()
        for row in TREATMENTS.in_order(self.about.required):
            left = tuple(said for said in row.required_sentences if said not in told)
            told.update(left)
            found.append((row.label, left))
        return tuple(found)

    @property
    def evidence(self) -> tuple[tuple[str, tuple[Evidence, ...]], ...]:
        """For each condition: its name, and what is known of Spravato and of ketamine into a vein or muscle."""
        return tuple(
            (CONDITIONS[code].label, tuple(evidence_for(treatment, code) for treatment in ("SPRAVATO", "KET_IV")))
            for code in (self.about.conditions if self.about.group is Group.CONDITIONS else ())
        )

    def is_overdue(self, today: dt.date) -> bool:
        """Whether somebody should have looked at it again by now."""
        return today > self.about.next_review_on
