"""Who may come to the pages of a request: whoever holds a form, asked for a code, or proved a mailbox by one.

A guard looks at the cookie alone, before any database is asked; the handler then asks what the cookie still opens.
"""

from litestar.handlers import BaseRouteHandler

from directory.lib.errors import Forbidden, Gone
from directory.referrals.doors import ANSWER, FOLLOW, FORM_ASK, FORM_REFER, code_cookie
from directory.referrals.queries import no_form
from directory.web.routes import AnyConnection
from directory.web.shell import cookie_value
from directory.wording.say import _


def patient_with_form(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """The browser in which a patient's form was begun."""
    _form(connection, FORM_ASK)


def clinician_with_form(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """The browser in which a clinician's form was begun."""
    _form(connection, FORM_REFER)


def clinic_asked_for_code(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """The browser from which a clinic's link asked for a code."""
    _code(connection, ANSWER)


def sender_asked_for_code(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """The browser from which a reference asked for a code."""
    _code(connection, FOLLOW)


def clinic_with_code(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A clinic's browser that proved the mailbox on file, for one request."""
    _proved(connection, ANSWER)


def sender_with_code(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A sender's browser that proved the mailbox of one request."""
    _proved(connection, FOLLOW)


def _form(connection: AnyConnection, name: str) -> None:
    if not cookie_value(connection, name):
        raise Gone(no_form())


def _code(connection: AnyConnection, purpose: str) -> None:
    if not cookie_value(connection, code_cookie(purpose)):
        raise Gone(_("No code is waited for in this browser, or its ten minutes are over. Please ask for a new one."))


def _proved(connection: AnyConnection, purpose: str) -> None:
    if not cookie_value(connection, purpose):
        raise Forbidden(_("To see this, prove first that the mailbox is yours: ask for a code."))
