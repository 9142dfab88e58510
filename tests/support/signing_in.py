"""Signing in over HTTP as a browser without scripts does: mailbox, mail, button, code."""

import re

from tests.support.forms import Client, leads_to, submit
from tests.support.journeys import BASE, Mail
from tests.support.people import code_now
from tests.support.time import Clock


def link_in(mail: Mail, message: str = "sign_in_link") -> str:
    """The path of the link in the one waiting message of this name."""
    found = re.search(rf"{BASE}(/\S+)", mail.words(message).text)
    assert found is not None
    return found.group(1)


def ask_for_link(client: Client, mailbox: str, *, next_page: str = "") -> None:
    """Type a mailbox on the sign-in page."""
    path = f"/sign-in?next={next_page}" if next_page else "/sign-in"
    assert leads_to(submit(client, path, action="/sign-in", mailbox=mailbox)) == "/sign-in/sent"


def open_link(client: Client, mail: Mail) -> str:
    """Open the mailed link and press its button; where that leads."""
    return leads_to(submit(client, link_in(mail)))


def sign_in_by_mail(client: Client, mail: Mail, mailbox: str, clock: Clock, *, next_page: str = "") -> str:
    """The whole way; where it ends. A new time step begins first, so that no code is used twice."""
    clock.advance(seconds=60)
    ask_for_link(client, mailbox, next_page=next_page)
    assert open_link(client, mail) == "/sign-in/factor"
    return leads_to(submit(client, "/sign-in/factor", action="/sign-in/factor", code=code_now(clock.now())))


def change_mailbox(client: Client, mail: Mail, mailbox: str) -> str:
    """Change it; the path of the link in the mail to the old one."""
    leads_to(submit(client, "/account/mailbox", mailbox=mailbox))
    code = next(line for line in mail.words("code").text.splitlines() if line.isdigit())
    leads_to(submit(client, "/account/mailbox/code", code=code))
    return link_in(mail, "mailbox_changed")
