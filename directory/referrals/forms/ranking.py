"""Whom to ask next when this clinic cannot: up to four more, in order; none is the usual answer."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo, field_validator

from directory.web.forms import Form, question
from directory.wording.say import _

NEXT = ("second", "third", "fourth", "fifth")
"""The fields, in the order in which the clinics are asked. Each holds a clinic's slug, or nothing."""


class Ranking(Form):
    """One list to choose from for each turn; turns left empty close up."""

    second: str = question(missing="", default="", max_length=120)
    third: str = question(missing="", default="", max_length=120)
    fourth: str = question(missing="", default="", max_length=120)
    fifth: str = question(missing="", default="", max_length=120)

    @field_validator(*NEXT)
    @classmethod
    def _once(cls, value: str, info: ValidationInfo) -> str:
        if value and value in info.data.values():
            raise ValueError(_("You have chosen this clinic already. Choose another one, or nobody"))
        return value


def chosen(answers: Mapping[str, Any]) -> list[str]:
    """The slugs of the clinics that were chosen, in order."""
    return [slug for slug in (str(answers.get(name) or "") for name in NEXT) if slug]


def without(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a clinic gets: none learns whom else the sender would ask."""
    return {name: value for name, value in answers.items() if name not in NEXT}
