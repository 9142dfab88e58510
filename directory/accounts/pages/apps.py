"""The page on which an authenticator app is set up: QR code, secret as text, first code."""

import segno

from directory.accounts import totp
from directory.accounts.forms import Code
from directory.web.forms import Filled
from directory.web.routes import AnyRequest, Page
from directory.web.shell import page


def app_page(request: AnyRequest, filled: Filled[Code], *, secret: str, mailbox: str, action: str, back: str) -> Page:
    """Scan it or type it, then type the first code. The picture is ours and stands in the page itself."""
    address = totp.address(secret, account=mailbox, issuer=request.app.state.settings.site_name)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#12191d", light="#ffffff")
    return page(
        request,
        "accounts/app.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        picture=picture,
        secret=totp.in_groups(secret),
        address=address,
        action=action,
        back_href=back,
    )
