"""What people see of accounts: signing in, their factors and sessions, invitations, and emergency access."""

from typing import Any

from directory.accounts.pages import account, emergency, enrol, factors, invitations, mailbox, sign_in
from directory.accounts.pages.signed_out import HANDLERS

ROUTES: list[Any] = [
    *sign_in.ROUTES,
    *enrol.ROUTES,
    *account.ROUTES,
    *factors.ROUTES,
    *mailbox.ROUTES,
    *invitations.ROUTES,
    *emergency.ROUTES,
]

__all__ = ["HANDLERS", "ROUTES"]
