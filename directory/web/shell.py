"""Answers as people see them: a page rendered at once, or the way to the next one."""

from collections.abc import Iterator
from typing import Any

from litestar.datastructures import Cookie
from litestar.response import Response, Stream
from litestar.status_codes import HTTP_200_OK

from directory.web.routes import AnyConnection, AnyRequest, Page

HTML = "text/html"
PERSON = "signed_in"
"""Where a guard leaves who is signed in, on the request; the layout shows it. Empty on public pages."""
File = Stream
"""A file that flows piece by piece, for modules that do not know the framework."""
SetCookie = Cookie
"""A cookie to send along, for modules that do not know the framework."""


def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    public: bool = False,
    cookies: list[Cookie] | None = None,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Page:
    """`template` rendered now, inside the handler and its transaction, so that a failing template undoes the change.

    `public` pages may be kept by the browser after asking again; all others are `no-store` (they hold what was typed).
    """
    known = {
        "path": request.url.path,
        "query": request.url.query if public and request.method == "GET" else "",
        "alternates": public and status == HTTP_200_OK,
        "person": request.scope["state"].get(PERSON),
    } | context
    html: str = request.app.state.templates.get_template(template).render(**known)
    kept = {"Cache-Control": "no-cache" if public else "no-store"} | (headers or {})
    return Response(html.encode(), status_code=status, media_type=HTML, headers=kept, cookies=cookies or [])


def text_page(body: str) -> Page:
    """Plain text that is never kept: what somebody copies into a record of their own."""
    headers = {"Cache-Control": "no-store"}
    return Response(body.encode(), media_type="text/plain", headers=headers)


def saved_file(pieces: Iterator[bytes], *, filename: str, size_bytes: int) -> File:
    """A file to save, never shown inside a page of ours and never kept on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Content-Length": str(size_bytes),
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "no-store",
    }
    return Stream(pieces, media_type="application/octet-stream", headers=headers)


def see_other(url: str, *, cookies: list[Cookie] | None = None) -> Page:
    """303 to a path of ours. Only paths: what people send can never name another site."""
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        raise ValueError("a redirect names a path of this site")
    headers = {"Location": url, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, media_type=HTML, headers=headers, cookies=cookies or [])


def nothing_to_show() -> Page:
    """204: done, and the page that asked by a script stays as it is."""
    return Response(b"", status_code=204, media_type=HTML, headers={"Cache-Control": "no-store"})


def moved_to(url: str) -> Page:
    """301 to a path of ours; asked again each time, because what was moved can be moved back."""
    headers = {"Location": see_other(url).headers["Location"], "Cache-Control": "no-cache"}
    return Response(b"", status_code=301, media_type=HTML, headers=headers)


def cookie(request: AnyRequest, name: str, value: str, *, seconds: int) -> Cookie:
    """A cookie that scripts cannot read and other sites cannot send along; `__Host-` and Secure over https."""
    https = request.app.state.settings.is_https
    return Cookie(
        key=cookie_name(name, https=https),
        value=value,
        max_age=seconds,
        path="/",
        secure=https,
        httponly=True,
        samesite="lax",
    )


def cookie_value(request: AnyConnection, name: str) -> str:
    """The value the browser sent, or an empty text."""
    return request.cookies.get(cookie_name(name, https=request.app.state.settings.is_https), "")[:200]


def cookie_name(name: str, *, https: bool) -> str:
    """Over https a cookie that no subdomain can plant (`__Host-`)."""
    return f"__Host-{name}" if https else name


def drop_cookie(request: AnyRequest, name: str) -> Cookie:
    """Tell the browser to forget."""
    return cookie(request, name, "", seconds=0)


SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""The policy of a file that somebody else made: should a browser show it after all, nothing in it runs."""


def attachment(body: bytes, *, media_type: str, filename: str, private: bool = False) -> Page:
    """A file to save, made from public facts; one that is `private` is kept by no cache."""
    kept = "no-store" if private else "no-cache"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": kept}
    return Response(body, media_type=media_type, headers=headers)
