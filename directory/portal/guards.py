"""Who may come to the clinic's rooms: a browser that proved the clinic's mailbox by a code within half an hour."""

from litestar.handlers import BaseRouteHandler

from directory.lib.errors import Forbidden
from directory.referrals.doors import CHANNEL_TEST, CONFIRM, LISTING, code_cookie
from directory.web.routes import AnyConnection
from directory.web.shell import cookie_value
from directory.wording.say import _


def clinic_with_listing(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A clinic's browser after the code; the handler asks what the cookie still opens."""
    if not cookie_value(connection, LISTING):
        raise Forbidden(_("To update the listing, open a request from the link in our mail and enter the code first."))


def clinic_confirming(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A browser that asked for a code to confirm its clinic's listing."""
    if not cookie_value(connection, code_cookie(CONFIRM)):
        raise Forbidden(_("Ask for a code first: open the link in our mail."))


CLAIM = "claim"
"""The code and the grant of somebody who claims a listing."""


def claimant_with_code(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A browser that asked for a code to claim a listing."""
    if not cookie_value(connection, code_cookie(CLAIM)):
        raise Forbidden(_("Ask for a code first: open the page of your clinic and press “Is this your clinic?”."))


def claimant(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A browser that proved the mailbox of a claim; the handler asks what the cookie still opens."""
    if not cookie_value(connection, CLAIM):
        raise Forbidden(_("To see your claim, open the page of your clinic and press “Is this your clinic?”."))


def answering_test(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A browser that asked for a code to answer a test request."""
    if not cookie_value(connection, code_cookie(CHANNEL_TEST)):
        raise Forbidden(_("Ask for a code first: open the link in the test request."))
