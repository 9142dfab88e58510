"""How often one network or one mailbox may send: what mails or fills tables can be turned against somebody."""

import datetime as dt

from directory.lib import throttle
from directory.lib.db import Databases
from directory.wording.say import _

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
FORMS_PER_NETWORK = 60
REQUESTS_PER_NETWORK = 40
"""An hour. A hospital's staff may share one address, so this stops floods, not busy days."""
REQUESTS_PER_MAILBOX = 12
"""A day. Each sends one mail at once to a mailbox that nobody has proved yet."""

LINKS_PER_REQUEST = 3
"""An hour. Each is a mail to the clinic."""
DOCUMENTS_PER_NETWORK = 120
"""An hour. Each starts a program of its own."""

BIRTH_DATES = 5
"""A day, for one request."""


def try_birth_date(databases: Databases, patient_id: str) -> None:
    """Count a date of birth that is tried at a patient's page. Raises TooMany."""
    verdict = throttle.allow(databases, "birth-date", patient_id, limit=BIRTH_DATES, window=DAY)
    verdict.or_refuse(_("That was tried several times today. Please try again tomorrow, or phone your clinician."))


def add_document(databases: Databases, network: str) -> None:
    """Count a document that is sent along. Raises TooMany."""
    verdict = throttle.allow(databases, "document-network", network, limit=DOCUMENTS_PER_NETWORK, window=HOUR)
    verdict.or_refuse(_("Many documents were sent from your network in the last hour. Please wait, or send none."))


def renew_link(databases: Databases, task_id: str) -> None:
    """Count a new link that is mailed to a clinic about one request. Raises TooMany."""
    verdict = throttle.allow(databases, "renew-link", task_id, limit=LINKS_PER_REQUEST, window=HOUR)
    verdict.or_refuse(_("A new link was mailed several times in the last hour. Please look into your mailbox."))


def begin_form(databases: Databases, network: str) -> None:
    """Count a form that is begun. Raises TooMany."""
    verdict = throttle.allow(databases, "form-network", network, limit=FORMS_PER_NETWORK, window=HOUR)
    verdict.or_refuse(_("Many forms were begun from your network in the last hour. Please wait, or phone the clinic."))


def send_request(databases: Databases, network: str, mailbox: str) -> None:
    """Count a request that is sent. Raises TooMany."""
    verdict = throttle.allow(databases, "send-network", network, limit=REQUESTS_PER_NETWORK, window=HOUR)
    verdict.or_refuse(
        _("Many requests were sent from your network in the last hour. Your answers are kept: please try again later.")
    )
    if mailbox:
        verdict = throttle.allow(databases, "send-mailbox", mailbox, limit=REQUESTS_PER_MAILBOX, window=DAY)
        verdict.or_refuse(
            _("Many requests were sent with this email address today. Your answers are kept: try again tomorrow.")
        )
