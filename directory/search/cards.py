"""One result as people see it: kept as a mould per version of its listing, with slots for number, distance and why."""

from typing import Any

from jinja2 import Environment

from directory.search.entries import Answers, Entry, Oversight
from directory.search.index import Record
from directory.terminology.accepting import ACCEPTING, NOT_CONFIRMED_LABEL
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.payers import PAYERS
from directory.terminology.proofs import METHODS
from directory.terminology.treatments import TREATMENTS
from directory.verification.figures import in_words
from directory.web.kept import Kept, Mark, Mould
from directory.wording import say
from directory.wording.say import _

KEPT_BYTES = 96_000_000
"""All cards of 50,000 locations take 110 MB; those that are asked for take less."""
PAYERS_SHOWN = 3


class Cards:
    """Cards in the language of one environment."""

    def __init__(self, environment: Environment) -> None:
        self._template = environment.get_template("search/results/card.html")
        self._kept = Kept(KEPT_BYTES)

    def of(self, record: Record) -> Mould:
        """The card of a record; slots `number`, `distance`, `why`, `course` (what the page of a course is asked)."""
        return self._kept.get(record.location_id, record.version, lambda: self._made(record.entry()))

    def _made(self, entry: Entry) -> Mould:
        marks = {name: Mark(name) for name in ("number", "distance", "why", "course")}
        return Mould(self._template.render(entry=entry, **marks, **card_words(entry)).strip() + "\n")


def card_words(entry: Entry) -> dict[str, Any]:
    """What a card says of an entry, in words."""
    accepting = ACCEPTING.find(entry.accepting_patients)
    return {
        "town": f"{entry.city}, {entry.state} {entry.zip5}",
        "treatments": [
            (terms.short_label, terms.status_label, terms.colour)
            for terms in TREATMENTS.in_order(line.treatment for line in entry.lines)
        ],
        "accepting": accepting.plain if accepting else NOT_CONFIRMED_LABEL,
        "accepting_tone": accepting.colour if accepting else "quiet",
        "facts": _facts(entry),
        "supervision": oversight_sentence(entry.oversight),
        "answers": answers_sentence(entry.answers),
        "proof_how": METHODS[entry.confirmed_by].plain if entry.confirmed_by else "",
        "ask_href": f"/clinics/{entry.slug}/ask" if entry.takes_requests else "",
        "refer_href": f"/clinics/{entry.slug}/refer" if entry.takes_requests else "",
    }


def _facts(entry: Entry) -> list[tuple[str, str]]:
    facts = [(_("First visit"), say.wait(entry.wait_days))]
    payers = [row.plain for row in PAYERS.in_order({code for line in entry.lines for code in line.payers})]
    if len(payers) > PAYERS_SHOWN + 1:
        payers[PAYERS_SHOWN:] = [_("{n} more").format(n=len(payers) - PAYERS_SHOWN)]
    if payers:
        facts.append((_("Insurance and payment"), say.listing(payers)))
    doubts = _doubts(entry)
    if doubts:
        facts.append((_("Not confirmed, please ask"), say.listing(doubts)))
    return facts


def _doubts(entry: Entry) -> list[str]:
    """What a refusal put in doubt: a treatment, or a payer, with its treatment where there are several."""
    doubts = [TREATMENTS[line.treatment].short_label for line in entry.lines if line.doubted]
    for line in entry.lines:
        for code in line.doubted_payers:
            payer, treatment = PAYERS[code].plain, TREATMENTS[line.treatment].short_label
            alone = len(entry.lines) == 1
            doubts.append(payer if alone else _("{payer} for {what}").format(payer=payer, what=treatment))
    return doubts


def oversight_sentence(oversight: Oversight | None) -> str:
    """Supervision in a line, or nothing where the clinic has not said."""
    if oversight is None:
        return ""
    sentences = []
    if oversight.on_site:
        sentences.append(_("{who} in the building for the whole session.").format(who=_credential(oversight.on_site)))
    if oversight.observation_minutes:
        time = say.duration(oversight.observation_minutes)
        watched = _("Watched over for at least {time}.").format(time=time)
        if oversight.monitor:
            watched = _("{who} watches over you for at least {time}.").format(
                who=_credential(oversight.monitor), time=time
            )
        sentences.append(watched)
    measured = []
    if oversight.blood_pressure:
        measured.append(_("blood pressure"))
    if oversight.pulse_oximetry:
        measured.append(_("oxygen in the blood"))
    if measured:
        sentences.append(_("They measure {what}.").format(what=say.listing(measured)))
    return " ".join(sentences)


def answers_sentence(answers: Answers | None) -> str:
    """How requests were answered lately, or nothing where too few were sent to say so."""
    if answers is None:
        return ""
    said = in_words(
        asked=answers.asked,
        decided=answers.decided,
        median_minutes=answers.median_minutes,
        last_on=answers.last_on,
    )
    return " ".join(said)


def _credential(code: str) -> str:
    row = CREDENTIALS.find(code)
    return row.named if row is not None else code
