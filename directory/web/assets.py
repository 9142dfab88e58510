"""Our style sheets, scripts and images: read once, minified, named by their hash, and served for ever.

`css/*.css` and `css/components/*.css` become one file, `css/site.css`; every other file under `templates/assets` is
served by itself. References between files (`url(…)` in CSS, relative imports and `new URL` in modules) are rewritten to
the hashed names, so a page never needs a second look-up.
"""

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from litestar.exceptions import NotFoundException
from litestar.response import Response

from directory.web.routes import AnyRequest, FromPath, Page, anyone, quick

ROOT = Path(__file__).resolve().parents[2] / "templates" / "assets"
SITE_CSS = "css/site.css"
PREFIX = "/assets/"
IMMUTABLE = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".pbf": "application/x-protobuf",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".topojson": "application/json; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
COMPRESSED_ALREADY = {".gif", ".png", ".webp", ".woff2", ".pbf"}
_CSS_URL = re.compile(r"""url\(\s*["']?(?!data:|#|/|https?:)([^"')]+?)["']?\s*\)""")
_JS_IMPORT = re.compile(r"""((?:\bfrom|\bimport|\bnew URL)\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")
_JS_COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/[ \t]*|//[^\n]*)\n", re.DOTALL | re.MULTILINE)
_JS_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_CSS_SPACE = re.compile(r"\s+")
_CSS_TIGHT = re.compile(r"\s*([{};,>])\s*")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served: its path, its type, its bytes, and those gzipped when that is smaller."""

    url: str
    media_type: str
    body: bytes
    gzipped: bytes | None


class Assets:
    """Every asset under one folder, by the path a template uses and by the hashed path a browser asks for."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self._by_name: dict[str, Asset] = {}
        self._open: list[str] = []
        for path in sorted(p for p in root.rglob("*") if p.suffix in TYPES):
            name = path.relative_to(root).as_posix()
            if not self._is_part_of_site_css(name):
                self._add(name)
        self._add(SITE_CSS)
        self._by_url = {asset.url: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """The hashed address: `css/site.css` → `/assets/css/site.3f9a….css`. An unknown name is an error."""
        return self._by_name[name].url

    def find(self, url: str) -> Asset | None:
        """The asset a browser asked for, or None."""
        return self._by_url.get(url)

    @staticmethod
    def _is_part_of_site_css(name: str) -> bool:
        return name.endswith(".css") and posixpath.dirname(name) in {"css", "css/components"}

    def _add(self, name: str) -> Asset:
        if name in self._by_name:
            return self._by_name[name]
        if name in self._open:
            raise ValueError(f"Assets refer to each other in a circle: {' → '.join([*self._open, name])}")
        self._open.append(name)
        body = self._read(name)
        self._open.pop()
        digest = hashlib.sha256(body).hexdigest()[:12]
        stem, suffix = posixpath.splitext(name)
        packed = None if suffix in COMPRESSED_ALREADY else gzip.compress(body, 9, mtime=0)
        asset = Asset(
            url=f"{PREFIX}{stem}.{digest}{suffix}",
            media_type=TYPES[suffix],
            body=body,
            gzipped=packed if packed is not None and len(packed) < len(body) else None,
        )
        self._by_name[name] = asset
        return asset

    def _read(self, name: str) -> bytes:
        if name == SITE_CSS:
            # layers.css declares the order of the layers, so the order of all other files does not matter.
            parts = sorted(self.root.glob("css/*.css"), key=lambda p: (p.name != "layers.css", p.name))
            parts += sorted(self.root.glob("css/components/*.css"))
            return "\n".join(self._css(part.relative_to(self.root).as_posix()) for part in parts).encode()
        if name.endswith(".css"):
            return self._css(name).encode()
        if name.endswith(".js"):
            text = (self.root / name).read_text(encoding="utf-8")
            if not name.startswith("vendor/"):  # lines that are only comment, and indentation; no line is rewritten
                text = _JS_INDENT.sub("", _JS_COMMENT.sub("", text))
            return _JS_IMPORT.sub(lambda m: f"{m[1]}{m[2]}{self._beside(name, m[3])}{m[2]}", text).encode()
        return (self.root / name).read_bytes()

    def _css(self, name: str) -> str:
        text = _CSS_COMMENT.sub("", (self.root / name).read_text(encoding="utf-8"))
        text = _CSS_TIGHT.sub(r"\1", _CSS_SPACE.sub(" ", text)).replace(";}", "}").strip()
        return _CSS_URL.sub(lambda m: f'url("{self._beside(name, m[1])}")', text)

    def _beside(self, name: str, reference: str) -> str:
        return self._add(posixpath.normpath(posixpath.join(posixpath.dirname(name), reference))).url


@cache
def collected() -> Assets:
    """This process's assets, read from disk once."""
    return Assets()


@quick("/assets/{path:path}", guard=anyone)
def serve(request: AnyRequest, path: FromPath[str]) -> Page:
    """One asset by its hashed name; it may be kept for a year, because another content has another name."""
    asset = collected().find(PREFIX + path.lstrip("/"))
    if asset is None:
        raise NotFoundException
    headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
    body = asset.body
    if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.gzipped
    return Response(body, media_type=asset.media_type, headers=headers)


ROUTES = [serve]
