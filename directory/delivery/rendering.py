"""Templates into words: subject, text and HTML of one message."""

import re
import textwrap
from typing import Any

from jinja2 import Environment

from directory.delivery.letters import Rendered

WIDTH = 72


def render(environment: Environment, message: str, context: dict[str, Any]) -> Rendered:
    """The words of `message` (a folder of templates/messages). A name that is missing in `context` is an error."""
    return Rendered(
        subject=" ".join(environment.get_template(f"messages/{message}/subject.txt").render(context).split()),
        text=tidy(environment.get_template(f"messages/{message}/body.txt").render(context)),
        html=environment.get_template(f"messages/{message}/body.html").render(context),
    )


def tidy(text: str) -> str:
    """Lines of at most 72 characters and single empty lines between them; addresses and indented lines stay whole."""
    lines = [line if line.startswith(" ") or "://" in line else _wrapped(line) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _wrapped(line: str) -> str:
    return line if len(line) <= WIDTH else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
