"""What opens a request: the mailed code, a reference with its mailbox."""

import datetime as dt

from pydantic import field_validator

from directory.lib import clock
from directory.referrals.forms import dates
from directory.referrals.forms.fields import Mailbox
from directory.web.forms import Form, question
from directory.wording.say import _


class Code(Form):
    """The six digits that were mailed."""

    code: str = question(missing=_("Enter the six digits from the mail"), max_length=20)


class Lookup(Form):
    """A request is found by its reference together with the mailbox it was sent from."""

    reference: str = question(missing=_("Enter the reference of your request, like R-7F3K-92"), max_length=40)
    mailbox: Mailbox = question(missing=_("Enter the email address you gave"), max_length=254)


class Birth(Form):
    """The date of birth, as whoever opens a patient's page types it."""

    born: dt.date = question(missing=_("Enter your date of birth"))

    @field_validator("born", mode="before")
    @classmethod
    def _a_day(cls, value: str) -> dt.date:
        return dates.day_of(str(value)[:40], clock.today(), short_years=False)


class ByReference(Form):
    """Which request an operator must look at in an emergency."""

    reference: str = question(missing=_("Enter the reference, such as R-7F3K-92"), max_length=20)
