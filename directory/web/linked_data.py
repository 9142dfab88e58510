"""What a page says to machines (JSON-LD): data in a script element, which no browser runs and the policy lets stand."""

import json
from collections.abc import Mapping

from markupsafe import Markup


def as_markup(said: Mapping[str, object]) -> Markup:
    """`said` as JSON for `<script type="application/ld+json">`; names without a value (None) are left out."""
    given = {name: value for name, value in said.items() if value is not None}
    # Inside a script element only "<" could end it early.
    return Markup(json.dumps(given, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - JSON, no markup in it
