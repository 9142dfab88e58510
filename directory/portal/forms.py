"""What the clinic presses in its rooms."""

from directory.web.forms import Form, question
from directory.wording.say import _


class Attest(Form):
    """All still correct, for the version that was on the page."""

    version: int = question(missing=_("Open the page again"))
