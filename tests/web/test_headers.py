"""Headers of every kind of answer: security on all of them, caching right for each, cookies only where they are due."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from directory.lib.db import Databases
from directory.web import assets
from tests.support.databases import Maker, ring_for_tests
from tests.support.forms import Client, leads_to, submit
from tests.support.journeys import Mail, begin, clinic_opens, sender_opens
from tests.support.requests import SLUG, ready_clinic, sent_request
from tests.support.routes import litestar_of, ways
from tests.support.service import free_port
from tests.support.time import Clock

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HTTPS = "https://lanternway.example"
NOTHING, ASK_AGAIN, FOR_EVER = "no-store", "no-cache", "public, max-age=31536000, immutable"
OWN = "private, no-cache"
"""A search is nobody else's: no cache between may keep it."""
OPEN_DATA = ALWAYS | {"cross-origin-resource-policy": "cross-origin"}
"""What the public API answers may be used by any site."""
STYLE = assets.collected().url("css/site.css")
CROSS = {"headers": {"Sec-Fetch-Site": "cross-site"}}
TORN = {"content": b"\xff", "headers": {"Content-Type": "multipart/form-data"}}

ANSWERS: list[tuple[int, str, str, str, dict[str, Any]]] = [
    (200, ASK_AGAIN, "GET", "/", {}),
    (200, ASK_AGAIN, "GET", "/crisis", {}),
    (200, ASK_AGAIN, "GET", "/learn/spravato", {}),
    (200, OWN, "GET", "/learn?q=risk", {}),
    (200, ASK_AGAIN, "GET", f"/clinics/{SLUG}", {}),
    (200, ASK_AGAIN, "GET", f"/clinics/{SLUG}/contact.vcf", {}),
    (200, OWN, "GET", "/search?near=04101", {}),
    (200, ASK_AGAIN, "GET", "/api/v1/search?near=04101", {}),
    (200, ASK_AGAIN, "GET", f"/api/v1/clinics/{SLUG}", {}),
    (200, FOR_EVER, "GET", STYLE, {}),
    (200, NOTHING, "GET", "/healthz", {}),
    (200, ASK_AGAIN, "GET", "/robots.txt", {}),
    (200, ASK_AGAIN, "GET", "/.well-known/security.txt", {}),
    (200, ASK_AGAIN, "GET", "/sitemaps/pages.xml", {}),
    (404, NOTHING, "GET", "/sitemaps/nothing.xml", {}),
    (200, NOTHING, "GET", "/requests", {}),
    (200, ASK_AGAIN, "HEAD", "/crisis", {}),
    (200, FOR_EVER, "HEAD", STYLE, {}),
    (200, ASK_AGAIN, "HEAD", "/api/v1/search?near=04101", {}),
    (404, NOTHING, "HEAD", "/nowhere", {}),
    (303, NOTHING, "POST", "/requests/done", {}),
    (400, NOTHING, "POST", "/requests", TORN),
    (403, NOTHING, "GET", "/requests/current", {}),
    (403, NOTHING, "POST", "/requests", CROSS),
    (404, NOTHING, "GET", "/nowhere", {}),
    (404, NOTHING, "GET", "/clinics/nobody", {}),
    (404, NOTHING, "GET", "/clinics/%00", {}),
    (404, NOTHING, "GET", "/api/v1/clinics/%00", {}),
    (404, NOTHING, "GET", "/api/v1/nowhere", {}),
    (404, NOTHING, "GET", "/assets/nowhere.css", {}),
    (404, NOTHING, "GET", "/schema", {}),
    (405, NOTHING, "POST", "/crisis", {}),
    (405, NOTHING, "DELETE", "/api/v1/search", {}),
    (409, NOTHING, "POST", "/ask/danger", {"data": {"draft": "another", "danger": "no"}}),
    (410, NOTHING, "GET", "/requests/current", {"headers": {"Cookie": "follow=made-up"}}),
    (413, NOTHING, "POST", "/requests", {"data": {"reference": "x" * 300_000}}),
    (422, NOTHING, "POST", "/requests", {"data": {"reference": "", "mailbox": "\0"}}),
    (422, NOTHING, "GET", "/api/v1/search?near=xyzzy", {}),
]
"""Status, caching, and a request that ends so."""


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with Harbour Clinic in it; runs on both databases."""
    ready_clinic(databases)
    litestar_of(client).state.search.try_to_catch_up()
    return client


def wrong(answer: Any, *, https: bool = False, always: dict[str, str] = ALWAYS) -> list[str]:
    """What is wrong with the security headers of an answer."""
    found = [
        f"{name} is {answer.headers.get_list(name)}"
        for name in ALWAYS
        if answer.headers.get_list(name) != [always[name]]
    ]
    policy = answer.headers.get_list("content-security-policy")
    if len(policy) != 1 or not policy[0].startswith("default-src 'none'; script-src 'self'; style-src 'self';"):
        found.append(f"the policy is {policy}")
    if (
        any(word in policy[0] for word in ("unsafe-", "*", "http", "nonce-"))
        or "frame-ancestors 'none'" not in policy[0]
    ):
        found.append(f"the policy is open: {policy}")
    kept = answer.headers.get_list("strict-transport-security")
    if kept != (["max-age=31536000; includeSubDomains"] if https else []):
        found.append(f"strict-transport-security is {kept}")
    return found


def test_every_kind_of_answer_has_its_headers(site: Client) -> None:
    begin(site)
    form = f"form-ask={site.cookies['form-ask']}"
    found = {}
    for status, caching, method, path, more in ANSWERS:
        site.cookies.clear()
        headers = {"Cookie": form} if status == 409 else {}
        answer = site.request(method, path, **{**more, "headers": {**headers, **more.get("headers", {})}})
        always = OPEN_DATA if path.startswith("/api/") and status == 200 else ALWAYS
        said = (answer.status_code, answer.headers.get("cache-control"), wrong(answer, always=always))
        if said != (status, caching, []):
            found[f"{method} {path} → {status}"] = said
        if path.startswith("/api/") and status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
        if method == "HEAD":
            assert answer.content == b""
            whole = site.get(path)
            assert dict(answer.headers) == dict(whole.headers), "a HEAD says what GET would"
    assert found == {}, "\n".join(map(str, found.items()))


def test_too_many_and_failed_say_so_with_the_same_headers(site: Client) -> None:
    for _ask in range(4):
        limited = site.post("/requests", data={"reference": "R-7F3K-92", "mailbox": "pat@example.net"})
    assert (limited.status_code, limited.headers["cache-control"], wrong(limited)) == (429, NOTHING, [])
    assert int(limited.headers["retry-after"]) > 0
    inside = litestar_of(site).state
    del inside.templates, inside.search
    for path, kind in (("/crisis", "text/html; charset=utf-8"), ("/api/v1/search", "application/problem+json")):
        failed = site.get(path, params={"near": "04101"})
        said = (failed.status_code, failed.headers["cache-control"], failed.headers["content-type"], wrong(failed))
        assert said == (500, NOTHING, kind, [])
        assert "AttributeError" not in failed.text


def test_what_cannot_be_used_that_way_says_how_it_can(site: Client) -> None:
    assert set(site.put("/requests").headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_an_asset_is_kept_for_each_encoding_apart(site: Client) -> None:
    packed = site.get(STYLE, headers={"Accept-Encoding": "gzip"})
    plain = site.get(STYLE, headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert ("content-encoding" in plain.headers, plain.headers["vary"]) == (False, "Accept-Encoding")
    assert packed.content == plain.content


def test_a_reader_of_public_pages_gets_no_cookie(site: Client) -> None:
    values = {"{slug:str}": SLUG, "{status:int}": "404", "{path:path}": STYLE, "{name:str}": "name", "{token:str}": "x"}
    for way in ways(litestar_of(site)):
        if way.method == "GET":
            path = way.path
            for name, value in values.items():
                path = path.replace(name, value)
            assert "set-cookie" not in site.get(path).headers, path


def flags(answer: Any) -> dict[str, set[str]]:
    """The flags of each cookie that an answer sets, by its name."""
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        first, *rest = line.split("; ")
        found[first.split("=", 1)[0]] = {part.lower() for part in rest}
    return found


@pytest.mark.parametrize("base_url", ["http://lanternway.example", HTTPS])
def test_every_cookie_is_closed_to_scripts_to_other_sites_and_to_subdomains(
    make_client: Callable[..., Client], make_database: Callable[[str], Maker], clock: Clock, base_url: str
) -> None:
    url = make_database("sqlite").migrated()
    databases = Databases(url, keys=ring_for_tests())
    referral = sent_request(databases, ready_clinic(databases))
    client = make_client(database_url=url, base_url=base_url)
    https, mail = base_url == HTTPS, Mail(databases)
    seen: dict[str, set[str]] = {}
    client.event_hooks["response"] = [lambda answer: seen.update(flags(answer))]
    begin(client)
    leads_to(submit(client, f"/clinics/{SLUG}/refer", agree_terms="yes"))
    link = mail.link()
    clinic_opens(client, mail, link.replace(HTTPS, ""))
    sender_opens(client, mail, referral.reference)
    prefix = "__Host-" if https else ""
    assert set(seen) == {
        f"{prefix}{n}" for n in ["form-ask", "form-refer", "code-answer", "code-follow", "answer", "listing", "follow"]
    }
    for name, given in seen.items():
        assert {"path=/", "httponly", "samesite=lax"} <= given, name
        assert ("secure" in given) is https, name
        assert not any(flag.startswith("domain") for flag in given), name
        assert any(flag.startswith("max-age=") for flag in given), name
    dropped = client.post("/requests/done")
    assert {name for name, given in flags(dropped).items() if "max-age=0" in given} >= {
        f"{prefix}follow",
        f"{prefix}form-ask",
    }
    assert wrong(dropped, https=https) == []
    databases.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_when_the_database_is_gone_the_crisis_line_stands(
    make_client: Callable[..., TestClient[Litestar]], kind: str
) -> None:
    gone = {"sqlite": "sqlite:////nowhere/at/all.sqlite3", "postgresql": f"postgresql://x@127.0.0.1:{free_port()}/x"}
    client = make_client(database_url=gone[kind])
    for path in ("/clinics/somewhere", "/search?near=10001", "/readyz", "/api/v1/clinics/somewhere"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["cache-control"], wrong(answer)) == (503, NOTHING, []), path
        if not path.startswith(("/api", "/readyz")):
            assert 'href="tel:988"' in answer.text
            assert "Traceback" not in answer.text
    for path in ("/", "/crisis", "/healthz", "/privacy/consumer-health", STYLE):
        assert (client.get(path).status_code, client.head(path).status_code) == (200, 200), path
