"""Failures with a meaning for people; the web turns each into a page with its status."""


class DirectoryError(Exception):
    """Something a person can be told about in words. `message` is shown to them and holds no health data."""

    status = 500

    def __init__(self, message: str, *, back: str = "") -> None:
        """`back` is the address of the page that shows how things stand, where there is one."""
        super().__init__(message)
        self.message, self.back = message, back


class NotFound(DirectoryError):
    """There is no such thing, or none that this person may know of (404)."""

    status = 404


class Gone(DirectoryError):
    """It was there, and its time is over: a link of more than 8 days, a used code (410)."""

    status = 410


class Forbidden(DirectoryError):
    """This person may not do that (403)."""

    status = 403


class Conflict(DirectoryError):
    """The thing has changed since it was read, or the step is not possible in its state (409)."""

    status = 409


class Stale(DirectoryError):
    """The version that `If-Match` names is not the one that stands now (412)."""

    status = 412


class NeedsVersion(DirectoryError):
    """A step that must name the version it was read from names none (428)."""

    status = 428


class Refused(DirectoryError):
    """What was sent cannot be used as it is (422)."""

    status = 422


class TooMany(DirectoryError):
    """Too many attempts (429). `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DirectoryError):
    """Something that we need is not there just now (503)."""

    status = 503
