"""Where nobody is signed in: on to the sign-in, or the typed form back; what links and proofs that are over show."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from directory.accounts.guards import ProveAgain, SignInNeeded
from directory.accounts.sessions import LinkOver
from directory.web.routes import AnyRequest, Page
from directory.web.shell import page, see_other

LONGEST_SHOWN = 500


def sign_in_first(request: AnyRequest, error: SignInNeeded) -> Page:
    """A page that was asked for waits behind the sign-in. A form that came too late comes back with all it held.

    Nothing of it is stored: it stays in the browser, as hidden fields of a page that sends it again.
    """
    if request.method in {"GET", "HEAD"}:
        return see_other(f"/sign-in?next={quote(error.wanted, safe='/')}" if error.wanted else "/sign-in")
    shown = [value[:LONGEST_SHOWN] for _name, value in error.typed if " " in value.strip() or "\n" in value]
    return page(
        request, "accounts/signed_out.html", status=403, typed=error.typed, shown=shown, action=request.url.path
    )


def prove_again(request: AnyRequest, error: ProveAgain) -> Page:
    """Signed in, but the factor was shown too long ago for this."""
    return see_other(f"/account/prove?next={quote(error.wanted, safe='/')}")


def link_over(request: AnyRequest, error: LinkOver) -> Page:
    """A link that opens nothing any more, and the way to a new one."""
    return page(request, "accounts/link_over.html", status=410, message=error.message)


HANDLERS: dict[type[Exception], Callable[[AnyRequest, Any], Page]] = {
    SignInNeeded: sign_in_first,
    ProveAgain: prove_again,
    LinkOver: link_over,
}
