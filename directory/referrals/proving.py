"""The page on which a mailed code is typed, and what became of it; for senders, clinics and their browsers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from directory.accounts import codes, grants
from directory.accounts.network import network_of
from directory.referrals.doors import code_cookie
from directory.referrals.forms.replies import Code
from directory.web.forms import Filled, with_errors
from directory.web.routes import AnyRequest, Db, Page, databases_of
from directory.web.shell import SetCookie, cookie, cookie_value, drop_cookie, page, see_other
from directory.wording.say import _, ngettext


@dataclass(frozen=True, slots=True)
class Judged:
    """What a typed code opened, or the form again with what is wrong."""

    filled: Filled[Code]
    proved: codes.Proved | None = None


def ask(request: AnyRequest, *, purpose: str, asked_for: str, door: codes.Door | None, at: str) -> Page:
    """Mail a code to the door's mailbox, tie it to this browser, and lead to the page `at` on which it is typed.

    Without a door nothing is mailed, and the answer is the same. Raises TooMany. Call it before the request's
    transaction opens.
    """
    databases, network = databases_of(request), network_of(request)
    token = codes.ask(databases, purpose=purpose, asked_for=asked_for, door=door, network=network)
    kept = cookie(request, code_cookie(purpose), token, seconds=int(codes.LIFE.total_seconds()))
    return see_other(at, cookies=[kept])


def judge(request: AnyRequest, filled: Filled[Code], *, purpose: str) -> Judged:
    """Try the code that was typed. Counts the try in a transaction of its own: call it before the request's opens."""
    if filled.form is None:
        return Judged(filled)
    browser = cookie_value(request, code_cookie(purpose))
    secret = request.app.state.settings.secret
    found = codes.check(databases_of(request), secret, purpose=purpose, browser=browser, typed=filled.form.code)
    if isinstance(found, codes.Proved):
        return Judged(filled, found)
    if isinstance(found, codes.Wrong):
        words = ngettext(
            "That is not the code. You can try {n} more time",
            "That is not the code. You can try {n} more times",
            found.tries_left,
        ).format(n=found.tries_left)
    else:
        words = _("This code no longer works. Ask for a new one")
    return Judged(with_errors(filled, code=words))


def opened(request: AnyRequest, db: Db, purpose: str, given: Mapping[str, UUID]) -> list[SetCookie]:
    """After the right code: cookies with a grant for each row in `given` (purpose → row), and the code's cookie gone.

    What the browser held before for the same purpose ends.
    """
    cookies = [drop_cookie(request, code_cookie(purpose))]
    for what, subject_id in given.items():
        token = grants.give(db, purpose=what, subject_id=subject_id, instead_of=cookie_value(request, what))
        cookies.append(cookie(request, what, token, seconds=int(grants.LIFE.total_seconds())))
    return cookies


def page_of(request: AnyRequest, template: str, filled: Filled[Code], **context: Any) -> Page:
    """The page with the field for the code; 422 with what is wrong."""
    errors = filled.errors
    return page(request, template, status=422 if errors else 200, errors=errors, values=filled.values, **context)
