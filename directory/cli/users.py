"""`directory user`: offer somebody a role of the house, or let somebody enrol anew who lost every way to sign in."""

import argparse

from sqlmodel import Session

from directory.accounts import actions, links
from directory.accounts.actor import system
from directory.accounts.models import Invitation
from directory.accounts.permissions import IN_ORGANIZATION, Role
from directory.accounts.queries import find_user_even_closed, normal_mailbox
from directory.lib import clock
from directory.lib.db import unit_of_work
from directory.lib.opening import open_databases
from directory.settings import Settings, SettingsError

DESK = system("command-line")


def user(settings: Settings, asked: argparse.Namespace) -> int:
    """Print a link for enrolling a way to sign in, and mail it. It is recorded."""
    mailbox = normal_mailbox(asked.mailbox)
    if mailbox is None:
        raise SettingsError(f"{asked.mailbox!r} is not one mailbox such as mo@example.org.")
    databases = open_databases(settings)
    try:
        with unit_of_work(databases) as db:
            row = _add(db, mailbox, asked.role) if asked.act == "add" else _enrol(db, mailbox)
    finally:
        databases.close()
    token = links.sign(settings.secret, actions.INVITATION, row.id, clock.today())
    print(f"{row.role}: within a day, open this link and choose a way to sign in. It was mailed as well.")
    print(f"{settings.base_url}/invitation/{token}")
    return 0


def _add(db: Session, mailbox: str, role: str | None) -> Invitation:
    offered = [each.value for each in Role if each not in IN_ORGANIZATION]
    if role not in offered:
        raise SettingsError(f"--role is one of {', '.join(offered)}; an owner invites to a team on the team page.")
    return actions.invite_to_house(db, mailbox=mailbox, role=Role(role), by=DESK)


def _enrol(db: Session, mailbox: str) -> Invitation:
    found = find_user_even_closed(db, mailbox)
    if found is None:
        raise SettingsError(f"Nobody has an account with {mailbox}.")
    return actions.let_enrol_anew(db, found, by=DESK)
