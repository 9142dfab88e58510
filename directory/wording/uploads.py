"""Why a file that was sent cannot be kept, in words for whoever sent it."""

from directory.wording.say import _

UNFIT: dict[str, str] = {
    "kind": _("Send a PDF, a PNG or a JPEG."),
    "too_heavy": _("This file is too large."),
    "too_big": _("This file is too big when it is unpacked: at most 100 pages, or a picture of 25 megapixels."),
    "active": _("This PDF holds scripts, actions or other files. Print it to a plain PDF and send that."),
    "locked": _("This PDF is locked by a password. Send a copy without one."),
    "too_long": _("This file takes too long to read. Send another copy of it."),
    "busy": _("Several files are being looked at just now. Please send it again in a minute."),
    "unreadable": _("This file cannot be read. Send another copy of it."),
}
"""By the reason of `lib.uploads.Unfit`."""
