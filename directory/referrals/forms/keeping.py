"""What a signed-in clinician types about templates: a name, and a question that is about no patient."""

from directory.referrals.forms.clinician import QUESTION_LENGTH
from directory.web.forms import Form, question
from directory.wording.say import _

NAME_LENGTH = 60


class KeepTemplate(Form):
    """Answers are kept under a name, or get another one."""

    name: str = question(missing=_("Enter a name for the template"), max_length=NAME_LENGTH)
    question: str = question(missing="", default="", max_length=QUESTION_LENGTH)
