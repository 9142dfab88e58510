"""The shapes in which answers are told: a row, rows that belong together, and a flag for whoever reads first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]
"""What a form asked, by field; see `content`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer: `step` is the page on which it can be changed."""

    label: str
    value: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Answers that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something the clinic should see before it reads on; `tone` is a colour role."""

    text: str
    tone: str = "act"
