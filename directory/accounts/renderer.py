"""What a queued message says, put together when it is sent: links signed and codes derived at that moment."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from sqlmodel import Session

from directory.accounts import codes, links
from directory.delivery.actions import LANGUAGE
from directory.delivery.catalogue import MESSAGES, Link
from directory.delivery.leases import Job
from directory.delivery.letters import NoLongerWanted, Rendered
from directory.delivery.rendering import render
from directory.lib import clock
from directory.lib.languages import ENGLISH, speaking
from directory.lib.languages import known as known_language
from directory.web.languages import prefix

INBOX = "inbox"
"""The door (`ids["door"]`) of a clinic whose requests wait in its rooms: the mail leads there, past its sign-in."""
ANSWER = "answer"
"""The purpose of the links that a clinic gets; `links.read` asks for it."""
OBJECTION = "objection"
"""The purpose of the links with which a contact that is listed can say no."""
CONFIRM = "confirm"
"""The purpose of the links by which a clinic confirms its listing."""

CHANNEL_TEST = "channel-test"
"""The purpose of the links in test requests."""
DECISION = "decision"
"""The purpose of the links under which a decision can be read."""

INVITED = "invited"
"""The purpose of the links that invite a candidate to claim its listing; they live for `INVITED_LIFE`."""
INVITED_LIFE = dt.timedelta(days=90)

TELL_ME = "tell-me"
"""The purpose of the links of whoever waits for a place to open."""

_SIGNED = {
    Link.ANSWER: (ANSWER, "task", "answer"),
    Link.CONFIRM: (CONFIRM, "location", "confirm"),
    Link.SIGN_IN: ("sign-in", "sign_in", "sign-in/open"),
    Link.INVITATION: ("invitation", "invitation", "invitation"),
    Link.MAILBOX_CHANGE: ("mailbox-change", "change", "mailbox-change"),
    Link.OBJECT: (OBJECTION, "objection", "objections"),
    Link.INVITED: (INVITED, "invited", "invited"),
    Link.DECISION: (DECISION, "decision", "decisions"),
    Link.CHANNEL_TEST: (CHANNEL_TEST, "endpoint", "channel-test"),
    Link.TELL_ME: (TELL_ME, "wait", "tell-me"),
}
"""Link → the purpose it is signed for, the id it names, and where it leads."""
_PLAIN = {Link.ACCOUNT: "account", Link.EMERGENCY: "house/emergency", Link.QUEUE: "queue"}


def always(_db: Session, _job: Job) -> bool:
    """Every message is still wanted."""
    return True


class Letters:
    """The renderer that `app` hands to `delivery`. `wanted` may say that a message has lost its sense meanwhile."""

    def __init__(
        self, environment: Environment, *, base_url: str, secret: str, wanted: Callable[[Session, Job], bool] = always
    ) -> None:
        self._environment = environment
        self._base_url = base_url
        self._secret = secret
        self._wanted = wanted

    def __call__(self, db: Session, job: Job) -> Rendered:
        """The words of one message. Raises NoLongerWanted, or KeyError when its row does not name what it must."""
        if not self._wanted(db, job):
            raise NoLongerWanted
        with speaking(known_language(job.ids.get(LANGUAGE, ENGLISH))):
            known = self.context(job)
            if job.hook is not None:
                return Rendered("", "", "", {name: known[name] for name in ("reference", "link") if name in known})
            return render(self._environment, job.message, known)

    def context(self, job: Job) -> dict[str, Any]:
        """What its templates may use: `reference`, `link`, `code`, `what`, numbers, as far as this message has them."""
        message = MESSAGES[job.message]
        known: dict[str, Any] = {}
        base = self._base_url + prefix()
        if "reference" in message.ids:
            known["reference"] = job.ids["reference"]
        if "code" in message.ids:
            known["code"] = codes.code_for(self._secret, uuid.UUID(job.ids["code"]))
        known |= {name: job.ids[name] for name in ("what", "waiting", "overdue") if name in message.ids}
        if message.link is Link.ANSWER:
            known["door"] = job.ids.get("door", "")
        if known.get("door") == INBOX:
            known["link"] = f"{base}/clinic/requests/{job.ids['reference']}"
        elif message.link in _SIGNED:
            purpose, name, path = _SIGNED[message.link]
            token = links.sign(self._secret, purpose, uuid.UUID(job.ids[name]), clock.today())
            known["link"] = f"{base}/{path}/{token}"
        elif message.link in _PLAIN:
            known["link"] = f"{base}/{_PLAIN[message.link]}"
        elif message.link is Link.FOLLOW:
            known["link"] = f"{base}/requests?reference={job.ids['reference']}"
        return known
