"""Names of what opens something here: the purposes of links, codes and grants, and the cookies that carry them."""

ANSWER = "answer"
"""The clinic's link, code and grant: they open one task."""
LISTING = "listing"
"""The grant that comes with the clinic's code and opens the quick update of its own listing."""
CONFIRM = "confirm"
"""The link and the code of a reminder: behind them the same grant."""
CHANNEL_TEST = "channel-test"
"""The link and the code of a test request; they prove one way to a clinic and open nothing."""
FOLLOW = "follow"
"""The sender's code and grant: they open one request."""
SENDER = "sender"
"""The code that proves a referring clinician's mailbox; it opens one form."""

FORM_ASK = "form-ask"
FORM_REFER = "form-refer"
"""Cookies of the two forms. A grant's cookie has its purpose as its name."""


def code_cookie(purpose: str) -> str:
    """The name of the cookie that ties a mailed code to the browser that asked for it."""
    return f"code-{purpose}"
