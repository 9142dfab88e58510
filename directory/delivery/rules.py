"""How long to wait, when to give up, what a refusal means, and what counts as one mailbox."""

import datetime as dt
import re
from email.headerregistry import Address

SCHEDULE_S = (0, 5, 30, 2 * 60, 10 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 20)))
"""Twelve attempts over some 72 hours: the wait before each, in seconds."""
JITTER = 0.25
"""Waits vary by this share either way, so that a mail server that comes back is not met by everybody at once."""

LEASE = dt.timedelta(seconds=60)
SEND_TIMEOUT_S = 25.0
"""One whole attempt, from the first connection to the last answer. With GROUP_S below half the lease."""

GROUP = 10
"""Messages that one transaction settles while it takes the next ones: one fsync for ten. So many a killed worker may
repeat, each under its own Message-ID."""
GROUP_S = 4.0
"""How long after it was taken a message of a group may still be begun; what is left then goes back unsent."""

LOST_AT_MOST = 14
"""Attempts that may end with their worker's death before the message is given up: it may be what kills them."""

LATE_AFTER = dt.timedelta(minutes=30)
FAILED_AFTER = dt.timedelta(minutes=60)

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def wait_after(failures: int, chance: float) -> dt.timedelta | None:
    """The wait before the next attempt after `failures` of them; None when all have been made.

    `chance` is a random number from 0 to 1; the wait is the scheduled one, give or take a quarter.
    """
    if failures >= len(SCHEDULE_S):
        return None
    return dt.timedelta(seconds=SCHEDULE_S[failures] * (1 - JITTER + 2 * JITTER * chance))


def lease_after(lost: int) -> dt.timedelta:
    """How long a worker has a message: a minute; ever longer once three attempts were `lost` (they never ended).

    So a worker's death costs a minute's delay, and a message that kills every worker repeats its mail a few times in
    three days instead of once a minute.
    """
    return LEASE * (1 << max(0, lost - 2))


def enhanced_code(text: str) -> str:
    """The enhanced status code that an answer begins with (`5.1.1`, RFC 3463), or an empty text."""
    found = _ENHANCED.match(text.strip())
    return found[0] if found else ""


def is_about_us(enhanced: str) -> bool:
    """Whether an enhanced code speaks of our sending, not of the recipient or the message: policy, our sender, ours
    or their mail system (RFC 3463 section 3). An operator puts that right, and the same mail then gets through."""
    subject = enhanced.partition(".")[2]
    return subject in {"1.7", "1.8"} or subject.startswith(("3.", "5.", "7."))


def is_permanent(code: int | None, enhanced: str = "", *, about_recipient: bool) -> bool:
    """Whether a refusal will stay: a 5xx about this mailbox or this message (RFC 5321 section 4.2.1).

    A 5xx about us (our login, our sender, our relay) is put right by an operator, so the message waits for that. The
    enhanced code tells which, where there is one.
    """
    return code is not None and 500 <= code <= 599 and about_recipient and not is_about_us(enhanced)


def one_mailbox(text: str) -> str | None:
    """The one plain mailbox that `text` is, its domain in lower-case ASCII; None when it is anything else.

    RFC 5322 allows more (lists, names, comments, quotes); each of those is a way to reach somebody unintended, and
    `To: a@b, c@d` becomes two recipients in Python's own mail library.
    """
    text = text.strip()
    local, at, domain = text.rpartition("@")
    if not at or len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    mailbox = f"{local}@{domain}"
    assert Address(addr_spec=mailbox).addr_spec == mailbox
    return mailbox
