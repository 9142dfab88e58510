"""Rows typed as lines: each is read whole, or stays where it was typed."""

import datetime as dt

import pytest
from litestar.datastructures import FormMultiDict

from directory.lib.languages import SPANISH, speaking
from directory.referrals import clinical as told
from directory.referrals.forms import clinical, lines
from directory.web.forms import MOST_ROWS, fill
from tests.support.time import Clock

TODAY = dt.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _at_the_start(clock: Clock) -> None:
    """Today is March 10, 2026."""


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "sertraline 200 mg, 7/2024, 13 weeks, no response, as prescribed",
            {"drug": "sertraline", "dose": "200 mg", "start": "2024-07", "end": "13 weeks"}
            | {"outcome": "NO_RESPONSE", "adherence": "GOOD"},
        ),
        (
            "Effexor XR; up to 225 mg daily; since March 2024; partial; adequate dose; this episode",
            {"drug": "Effexor XR", "dose": "225 mg", "start": "2024-03", "end": "now", "outcome": "PARTIAL"}
            | {"adequate": "YES", "in_episode": "YES"},
        ),
        (
            "bupropion, 1/2023 to 4/2023, not tolerated, stopped: seizures.",
            {"drug": "bupropion", "start": "2023-01", "end": "2023-04", "outcome": "INTOLERANT", "stopped": "seizures"},
        ),
        ("mirtazapine, until 2022, relapse", {"drug": "mirtazapine", "end": "2022", "outcome": "RELAPSE"}),
        ("aripiprazole 5mg, for 2 months", {"drug": "aripiprazole", "dose": "5mg", "end": "9 weeks"}),
        ("lithium", {"drug": "lithium"}),
        ("sertraline, no", None),  # no response, or not tolerated?
        ("sertraline, 50 mg, 100 mg", None),
        ("sertraline, patient liked it", None),
        ("2024 sertraline", None),
    ],
)
def test_a_medicine_is_read_from_a_line(line: str, row: dict[str, str] | None) -> None:
    assert lines.trial(line, TODAY) == row


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("PHQ-9 19 today", ("PHQ9", "19", "2026-03-10")),
        ("phq9: 19, 3/1/2026", ("PHQ9", "19", "2026-03-01")),
        ("HAM-D 17 22 on March 2, 2026", ("HAMD17", "22", "2026-03-02")),
        ("QIDS 18 yesterday", ("QIDS_SR16", "18", "2026-03-09")),
        ("PHQ-9 19", None),
        ("mood 7 today", None),
    ],
)
def test_a_scale_is_read_from_a_line(line: str, row: tuple[str, str, str] | None) -> None:
    found = lines.scale(line, TODAY)
    assert (found and tuple(found.values())) == row


def test_lines_fill_the_empty_rows_and_what_cannot_be_read_stays_and_holds_the_page_up() -> None:
    typed = {"trials-1-drug": "lithium", "trials-1-outcome": "PARTIAL", "trials-2-drug": " "}
    text = "sertraline, no response\nsertraline, nice\n\nvenlafaxine, partial"
    form = lines.spread(FormMultiDict({**typed, "trials_typed": text}), "trials", lines.trial, TODAY)
    filled = fill(clinical.Trials, form)
    assert [row["drug"] for row in filled.values["trials"]] == ["lithium", "sertraline", "venlafaxine"]
    assert filled.values["trials_typed"] == "sertraline, nice"
    assert list(filled.errors) == ["trials_typed"]
    full = {f"trials-{n}-drug": "lithium" for n in range(1, MOST_ROWS + 1)}
    form = lines.spread(FormMultiDict({**full, "trials_typed": "sertraline, partial"}), "trials", lines.trial, TODAY)
    assert form["trials_typed"] == "sertraline, partial"


@pytest.mark.parametrize(
    ("trial", "was"),
    [
        ({"start": "2024-07", "end": "2024-10"}, True),
        ({"start": "2024-06"}, True),
        ({"start": "2023-01", "end": "now"}, True),
        ({"start": "2023-01", "end": "2024-08-02"}, True),
        ({"start": "2023-01", "end": "2023-04"}, False),
        ({"start": "2023-01", "end": "2024"}, None),
        ({"start": "2024"}, None),
        ({"end": "13 weeks"}, None),
        ({"end": "13 weeks", "in_episode": "YES"}, True),
        ({"start": "2024-07", "in_episode": "NO"}, False),
        ({"start": "2024-07", "in_episode": "UNKNOWN"}, None),
    ],
)
def test_a_medicine_stands_against_the_episode_as_said_or_as_its_dates_tell(
    trial: dict[str, str], was: bool | None
) -> None:
    assert told.in_episode(trial, "2024-06") is was
    assert told.in_episode({**trial, "in_episode": ""}, "") is None


def test_the_clinic_reads_what_was_said_of_dose_episode_and_end() -> None:
    said = {"adequate": "NO", "stopped": "seizures", "in_episode": "NO", "outcome": "INTOLERANT"}
    words = told.trial_words({"drug": "bupropion", **said}, "2024-06")
    assert words.endswith(": Not tolerated; dose not adequate; stopped: seizures; before this episode")


def test_a_reader_in_spanish_may_type_either_language() -> None:
    expected = {"drug": "sertraline", "dose": "200 mg", "start": "2024-07", "end": "2024-10"} | {
        "outcome": "NO_RESPONSE"
    }
    with speaking(SPANISH):
        assert (
            lines.trial("sertraline 200 mg, desde julio de 2024 hasta octubre de 2024, sin respuesta", TODAY)
            == expected
        )
        assert lines.trial("sertraline 200 mg, 7/2024 to 10/2024, no response", TODAY) == expected
        assert lines.scale("PHQ-9 19 hoy", TODAY) == {"scale": "PHQ9", "total": "19", "on": "2026-03-10"}
