"""What people see of accounts: signing in, their factors and sessions, invitations, and emergency access."""

from typing import Any

from directory.accounts.pages import enrol, sign_in
from directory.accounts.pages.signed_out import HANDLERS

ROUTES: list[Any] = [*sign_in.ROUTES, *enrol.ROUTES]

__all__ = ["HANDLERS", "ROUTES"]
