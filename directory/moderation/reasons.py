"""Why somebody reports a mistake, what we answer, and why a listing is paused: codes with their words. Pure."""

from dataclasses import dataclass

from directory.terminology.code_list import CodeList
from directory.terminology.proofs import FactGroup
from directory.wording.say import _

NOBODY_ANSWERS = "nobody_answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReason:
    """One of the seven; `group` names the facts that it casts doubt on."""

    code: str
    label: str
    group: FactGroup


REPORT_REASONS: CodeList[ReportReason] = CodeList(
    "reasons of reports",
    (
        ReportReason(code=NOBODY_ANSWERS, label=_("Nobody answers, or the number is wrong"), group=FactGroup.PHONE),
        ReportReason(code="moved", label=_("It has moved or closed"), group=FactGroup.ADDRESS),
        ReportReason(
            code="not_accepting",
            label=_("It does not take new patients, though this page says so"),
            group=FactGroup.ACCEPTING,
        ),
        ReportReason(
            code="not_offered", label=_("It does not give a treatment named here"), group=FactGroup.TREATMENTS
        ),
        ReportReason(code="payment", label=_("Insurance or prices are wrong"), group=FactGroup.PAYERS),
        ReportReason(code="people", label=_("Somebody named here does not work there"), group=FactGroup.TEAM),
        ReportReason(
            code="safety",
            label=_("Supervision is not as described, or drugs are sent home"),
            group=FactGroup.SUPERVISION,
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a report; `challenges`: the facts read "not confirmed" until somebody has checked them."""

    code: str
    label: str
    sentence: str
    challenges: bool = False


ANSWERS: CodeList[Answer] = CodeList(
    "answers to reports",
    (
        Answer(
            code="corrected",
            label=_("You were right, it is corrected"),
            sentence=_("You were right. What the page says was corrected."),
        ),
        Answer(
            code="doubted",
            label=_("Not settled: the page now says that it is not confirmed"),
            sentence=_("We could not settle it yet. The page now says that this is not confirmed."),
            challenges=True,
        ),
        Answer(
            code="confirmed",
            label=_("We checked: the page is right"),
            sentence=_("We checked with the clinic. What the page says is right."),
        ),
        Answer(
            code="no_matter",
            label=_("Nothing that this page says"),
            sentence=_("We read what you wrote. It is about nothing that this page says, so the page stays as it is."),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseReason:
    """Why a person pauses a listing; `sentence` is what the clinic reads, the public reads one neutral line."""

    code: str
    label: str
    sentence: str


PAUSE_REASONS: CodeList[PauseReason] = CodeList(
    "reasons to pause",
    (
        PauseReason(
            code="safety",
            label=_("A concern about safety"),
            sentence=_("We were told of a concern about safety and are looking into it."),
        ),
        PauseReason(
            code="facts",
            label=_("Facts that we could not confirm"),
            sentence=_("We could not confirm what the listing says."),
        ),
        PauseReason(
            code="licence",
            label=_("A license or certificate"),
            sentence=_("We could not confirm a license or a certificate that the listing needs."),
        ),
        PauseReason(
            code="unreachable",
            label=_("Nobody can be reached"),
            sentence=_("We could not reach you by any way that the listing names."),
        ),
        PauseReason(
            code="asked",
            label=_("The clinic asked for it"),
            sentence=_("You asked us to pause the listing."),
        ),
    ),
)
