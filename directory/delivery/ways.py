"""Where a message goes, as the outbox seals it: a mailbox, or a partner's address with the secret that signs calls."""

import hashlib
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: its address and the bytes its calls are signed with."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    """As the partner was shown it: `whsec_` and base64."""

    @property
    def destination(self) -> str:
        """The partner's server, as a digest that tells one from another and names none."""
        return hashlib.sha256(urlsplit(self.url).netloc.lower().encode()).hexdigest()


def packed(hook: Hook) -> str:
    """One line to be sealed."""
    return json.dumps([hook.url, hook.secret])


def unpacked(text: str) -> Hook:
    """What was packed."""
    url, secret = json.loads(text)
    return Hook(url, secret)
