"""What a queued message says, put together when it is sent: links signed and codes derived at that moment."""

import uuid
from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from sqlmodel import Session

from directory.accounts import codes, links
from directory.delivery.catalogue import MESSAGES, Link
from directory.delivery.letters import NoLongerWanted, Rendered
from directory.delivery.rendering import render
from directory.delivery.sending import Job
from directory.lib import clock

ANSWER = "answer"
"""The purpose of the links that a clinic gets; `links.read` asks for it."""
OBJECTION = "objection"
"""The purpose of the links with which a contact that is listed can say no."""


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
        return render(self._environment, job.message, self.context(job))

    def context(self, job: Job) -> dict[str, Any]:
        """What its templates may use: `reference`, `link`, `code`, as far as this message has them."""
        message = MESSAGES[job.message]
        known: dict[str, Any] = {}
        if "reference" in message.ids:
            known["reference"] = job.ids["reference"]
        if "code" in message.ids:
            known["code"] = codes.code_for(self._secret, uuid.UUID(job.ids["code"]))
        if message.link is Link.ANSWER:
            token = links.sign(self._secret, ANSWER, uuid.UUID(job.ids["task"]), clock.today())
            known["link"] = f"{self._base_url}/answer/{token}"
        elif message.link is Link.FOLLOW:
            known["link"] = f"{self._base_url}/requests?reference={job.ids['reference']}"
        elif message.link is Link.OBJECT:
            token = links.sign(self._secret, OBJECTION, uuid.UUID(job.ids["objection"]), clock.today())
            known["link"] = f"{self._base_url}/objections/{token}"
        return known
