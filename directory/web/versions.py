"""Versions over HTTP: a step may name the one it was read from in `If-Match`; stale is 412, a machine without one 428.

People's forms carry the version in a field, and get their page back with what they typed (409). RFC 9110, RFC 6585.
"""

import json
from typing import Any

from litestar.datastructures import FormMultiDict
from litestar.response import Response

from directory.lib.errors import NeedsVersion, Stale
from directory.web.routes import AnyRequest, Page
from directory.wording.say import _


def is_machine(request: AnyRequest) -> bool:
    """Whether whoever asks reads JSON and no pages."""
    accepted = request.headers.get("accept", "")
    return "json" in accepted and "html" not in accepted


def is_named(request: AnyRequest) -> bool:
    """Whether the version was named in the header."""
    return "if-match" in request.headers


def with_version(request: AnyRequest, form: FormMultiDict, version: int) -> FormMultiDict:
    """The form with the version that the header names, where it does.

    Raises Stale when that is not `version`, the one that stands now, and NeedsVersion for a machine that names none.
    """
    if not is_named(request):
        if is_machine(request) and not form.get("version"):
            raise NeedsVersion(_("Say in If-Match which version you have read."))
        return form
    if request.headers["if-match"].strip() != tag(version):
        raise Stale(_("This request has changed since you opened it. Look at it again before you answer."))
    others = [(name, value) for name, value in form.multi_items() if name != "version"]
    return FormMultiDict([*others, ("version", str(version))])


def tag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def tagged(value: Any, version: int) -> Page:
    """JSON with the version that it tells of in `ETag`."""
    headers = {"Cache-Control": "no-store", "ETag": tag(version)}
    body = json.dumps(value, ensure_ascii=False, default=str).encode()
    return Response(body, media_type="application/json", headers=headers)
