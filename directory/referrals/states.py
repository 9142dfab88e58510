"""docs/states.md: states, steps and timers of a request, printed from the tables that the service runs by."""

from directory.referrals.lifecycle import BACK, TIMERS, TRANSITIONS, Does, Timer, Transition, find
from directory.terminology.referral_status import REFERRAL_STATUSES, ReferralStatus

ASKED_FROM = "sent"
"""A state in which a question can be asked, to find the others by."""
_NEEDS = {
    "reason": "a coded reason",
    "note": "words",
    "appointment_at": "the time of the appointment",
    "expected_on": "the week expected",
}


def states_markdown() -> str:
    """The whole file, ending in one newline."""
    parts = [
        "# The states of a request",
        "Printed from `directory/referrals/lifecycle.py` and `directory/terminology/referral_status.py`: edit those.",
        "## States",
        "A request asked of one clinic is in one of these states. ■ = nothing follows.",
        _table(
            ("state", "in words", "FHIR Task.status", "businessStatus", "360X"),
            [_state(row) for row in REFERRAL_STATUSES],
        ),
        "## The diagram",
        "A step that leads back after a question is drawn to every state that a question can be asked from.",
        _diagram(),
        "## Steps",
        "Nothing but these steps changes a state; any other is refused in words.",
        _table(("from", "step", "to", "who", "brings", "BSeR", "effect"), [_step(row) for row in TRANSITIONS]),
        "## Timers",
        "Every open state ends: by a step of the system, or on the list of a person of ours. Working days are those of"
        " the US government, in the clinic's own time zone. Of several missed reminders only the last goes out.",
        _table(("state", "after", "counted from when", "time"), [_timer(row) for row in TIMERS]),
    ]
    return "\n\n".join(parts) + "\n"


def _diagram() -> str:
    """All states and steps in Mermaid; steps between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        targets = find(ASKED_FROM, "ask") if row.target == BACK else None
        for source in row.sources:
            for target in targets.sources if targets else (row.target,):
                verbs = arrows.setdefault((source, target), [])
                if row.verb not in verbs:
                    verbs.append(row.verb)
    lines = [f"    {source} --> {target}: {', '.join(verbs)}" for (source, target), verbs in arrows.items()]
    ends = [f"    {row.code} --> [*]" for row in REFERRAL_STATUSES if row.terminal]
    return "\n".join(("```mermaid", "stateDiagram-v2", "    [*] --> draft", *lines, *ends, "```"))


def _state(row: ReferralStatus) -> tuple[str, ...]:
    business = "–"
    if row.business_status is not None:
        system, code = row.business_status
        business = code if system == "bser" else f"{system} `{code}`"
    mark = " ■" if row.terminal else ""
    return f"`{row.code}`{mark}", row.label, row.fhir_status, business, row.form_360x or "–"


def _step(row: Transition) -> tuple[str, ...]:
    target = f"`{row.target}`" if row.target in REFERRAL_STATUSES else row.target
    return (
        ", ".join(f"`{code}`" for code in row.sources),
        f"**{row.verb}**",
        target,
        ", ".join(row.who),
        ", ".join(_NEEDS[name] for name in row.needs) or "–",
        row.bser or "–",
        row.effect or "–",
    )


def _timer(row: Timer) -> tuple[str, ...]:
    after = f"{row.after} {row.unit}" + (f" ({row.soon} if soon)" if row.soon is not None else "")
    does = f"takes the step **{row.verb}**" if row.does is Does.STEP else row.does.value
    return ", ".join(f"`{code}`" for code in row.states), after, row.since.value, does


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
