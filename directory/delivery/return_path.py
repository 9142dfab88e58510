"""The signed return path of a mail: where its bounce comes back to, and the proof that the bounce is of a mail of ours.

`bounces+KEY.MAC@domain`: without the secret nobody makes one, so nobody else's report can say that a clinic is gone.
"""

import hashlib
import hmac
import re

from directory.lib import sealed

HEADER = "X-Bounce-Token"
"""Also in each mail: some servers report to the sender's mailbox and quote the headers."""
_MAC_CHARS = 20
_TOKEN = re.compile(r"(?<![0-9a-z])([0-9a-f]{32})\.([0-9a-f]{20})(?![0-9a-z])")


def token(secret: str, message_key: str) -> str:
    """The mark of one message: its key and an 80-bit MAC of it. Fits the 64 characters of a local part."""
    key = sealed.derive(secret.encode(), "return path")
    return f"{message_key}.{hmac.new(key, message_key.encode(), hashlib.sha256).hexdigest()[:_MAC_CHARS]}"


def address(mailbox: str, secret: str, message_key: str) -> str:
    """The return path of one message, under the mailbox that takes bounces."""
    local, _at, domain = mailbox.rpartition("@")
    return f"{local}+{token(secret, message_key)}@{domain}"


def find_key(secret: str, text: str) -> str | None:
    """The key of the message whose genuine mark stands in `text`; None when there is none, or a made-up one."""
    for found in _TOKEN.finditer(text.lower()):
        if hmac.compare_digest(token(secret, found[1]), found[0]):
            return found[1]
    return None
