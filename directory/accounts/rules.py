"""Judgements about people who sign in: the last factor, the last owner, where a sign-in may lead, names of browsers."""

import datetime as dt
import ipaddress
import re
import uuid
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from directory.accounts.permissions import IN_ORGANIZATION, Held, Role, fits
from directory.wording.say import _

LONGEST_PATH = 200
INVITATION_LIFE = dt.timedelta(days=7)
ENROLMENT_LIFE = dt.timedelta(hours=24)
OFFERED_AGAIN = dt.timedelta(hours=1)
"""How long a link lives that an operator printed or somebody was let enrol anew with."""
OBJECTION_LIFE = dt.timedelta(days=8)
EMERGENCY_LIFE = dt.timedelta(minutes=60)
EMERGENCY_ASKED = dt.timedelta(hours=4)
"""How long somebody's asking for emergency access waits for a second person."""
REASON_LENGTH = 20

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def why_not_remove(factors: int) -> str:
    """Why a factor cannot be taken away when somebody has so many passkeys and apps; an empty text when it can."""
    if factors > 1:
        return ""
    return _("This is your only way to sign in. Add another one first; then this one can be removed.")


def why_not_end(owners: Iterable[uuid.UUID], leaving: uuid.UUID) -> str:
    """Why somebody cannot stop being an owner: the last one is needed. `owners` are the owners now."""
    left = set(owners) - {leaving}
    if leaving in set(owners) and not left:
        return _("An organization needs an owner. Make somebody else an owner first.")
    return ""


def why_not_invite(role: Role, organization_id: uuid.UUID | None, *, held: Sequence[Held]) -> str:
    """Why whoever holds `held` may not offer this role: an owner offers roles of the own organization, nothing else."""
    if not fits(role, organization_id) or role not in IN_ORGANIZATION:
        return _("Choose a role.")
    if Held(Role.OWNER, organization_id) not in held:
        return _("Only an owner can invite people.")
    return ""


def why_not_approve(asked_by: uuid.UUID, second: uuid.UUID, asked_at: dt.datetime, now: dt.datetime) -> str:
    """Why emergency access cannot be agreed to: not by whoever asks, and not after four hours."""
    if asked_by == second:
        return _("Somebody else has to agree: two people, always.")
    if now >= asked_at + EMERGENCY_ASKED:
        return _("This was asked for more than four hours ago. It has to be asked for again.")
    return ""


def is_fresh(proved_at: dt.datetime, now: dt.datetime, within: dt.timedelta) -> bool:
    """Whether a factor was shown recently enough to change factors or the mailbox."""
    return now < proved_at + within


def relying_party(base_url: str) -> str | None:
    """The host that passkeys are bound to, from the settings and never from a request. An address has none."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return None


def safe_path(wanted: str, templates: Iterable[str]) -> str:
    """Where a sign-in may lead: a path that one of our routes has (`templates`: `/clinics/{slug:str}`), or nothing."""
    if len(wanted) > LONGEST_PATH or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return ""
    if not wanted.isprintable() or "\\" in wanted:
        return ""
    path = wanted.partition("?")[0]
    return wanted if any(_matches(template, path) for template in templates) else ""


def browser_name(user_agent: str) -> str:
    """ "Firefox on Linux": as much of a browser's own words as somebody needs to know it again."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or _("A browser")


def _matches(template: str, path: str) -> bool:
    ours, theirs = template.strip("/").split("/"), path.strip("/").split("/")
    return len(ours) == len(theirs) and all(
        bool(_PARAMETER.fullmatch(one)) or one == other for one, other in zip(ours, theirs, strict=True)
    )
