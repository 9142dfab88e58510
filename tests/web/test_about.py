"""What the directory says of itself is what it does: every figure comes from the code, every cookie is named."""

import ast
import datetime as dt
import html
import re
from collections.abc import Callable
from types import ModuleType

import pytest

from directory.about import cookies, kept, works
from directory.about.spans import span
from directory.accounts import passkeys, sessions, signing_in
from directory.accounts.pages import mailbox
from directory.referrals import attachments, doors, forgetting, rules
from directory.referrals.lifecycle import TIMERS, Does
from directory.terminology import proofs
from directory.web.headers import CONTENT_SECURITY_POLICY
from directory.web.templates import FOLDER
from tests.support.databases import Maker
from tests.support.forms import Client

WORKS, NOTHING = "/about/how-it-works", "/privacy/nothing-follows-you"
NAMES = {"988", "911", "24/7", "1001.952", "42", "2.2"}
"""Digits that are a name and no figure of ours."""


@pytest.fixture
def client(make_client: Callable[..., Client], make_database: Callable[[str], Maker]) -> Client:
    """The application on an empty database; on SQLite alone: these pages ask it for the figures of the day only."""
    return make_client(database_url=make_database("sqlite").migrated())


def said(client: Client, path: str) -> str:
    """The words of a page, without its markup."""
    main = client.get(path).text.split('<main id="main"')[1].split("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (dt.timedelta(minutes=10), "10 minutes"),
        (dt.timedelta(days=1), "24 hours"),
        (dt.timedelta(days=90), "90 days"),
        (dt.timedelta(days=364), "364 days"),
        (rules.KEPT_AFTER_COMPLETION, "1 year"),
        (forgetting.SKELETON_KEPT, "6 years"),
        (dt.timedelta(days=600), "600 days"),
    ],
)
def test_a_length_is_said_as_a_rule_says_it(length: dt.timedelta, words: str) -> None:
    assert span(length) == words


def test_how_it_works_says_what_the_code_does(client: Client) -> None:
    shown = said(client, WORKS)
    for sentence in (*works.checking(), *works.course(), *(word for row in works.proofs() for word in row)):
        assert sentence in shown
    for row in kept.kept():
        assert f"{row.what} {row.how_long}" in shown
    assert "at least every 90 days. We remind it on days 75, 83, and 90." in shown
    assert "After 30 days without an answer the request is closed; after 14 days if" in shown


@pytest.mark.parametrize(
    ("where", "name", "words"),
    [
        (rules, "DRAFT_LIFE", "17 hours"),
        (rules, "KEPT_AFTER_CLOSING", "17 hours after the request is closed"),
        (rules, "KEPT_AFTER_COMPLETION", "17 hours after the request is closed"),
        (attachments, "KEPT_AFTER_CLOSING", "otherwise 17 hours after it is closed"),
        (forgetting, "SKELETON_KEPT", "17 hours after the request is closed"),
    ],
)
def test_a_time_that_is_changed_in_the_code_changes_on_the_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, where: ModuleType, name: str, words: str
) -> None:
    assert words not in said(client, WORKS)
    monkeypatch.setattr(where, name, dt.timedelta(hours=17))
    assert words in said(client, WORKS)


def test_every_timer_that_a_sender_waits_for_is_told_of() -> None:
    told = " ".join(works.course())
    for timer in TIMERS:
        if "sent" in timer.states and timer.does is not Does.STEP:
            assert re.search(rf"\b{timer.after}\b", told), timer
    assert proofs.UNLIST_AT_DAYS == 120
    assert "After 120 days it leaves the list" in " ".join(works.checking())


def test_the_notice_gives_the_times_that_the_code_keeps(client: Client) -> None:
    shown = said(client, "/privacy/consumer-health")
    assert f"A form that is not sent: {span(rules.DRAFT_LIFE)}." in shown
    assert f"its content is destroyed {span(rules.KEPT_AFTER_CLOSING)} after it is closed." in shown
    assert "One that led to treatment: after a year." in shown
    assert span(rules.KEPT_AFTER_COMPLETION) == "1 year"
    assert f"expire within {span(kept.BACKUPS_EXPIRE)} after that." in shown
    assert "What stays for six years is a record without content" in shown
    assert span(forgetting.SKELETON_KEPT) == "6 years"


@pytest.mark.parametrize("name", ["how_it_works", "nothing_follows_you"])
def test_no_figure_stands_in_the_template_itself(name: str) -> None:
    words = " ".join(re.findall(r'_\("([^"]*)"', (FOLDER / f"about/{name}.html").read_text()))
    assert set(re.findall(r"\d[\d./]*", words)) <= NAMES


def test_what_a_browser_keeps_and_the_headers_stand_on_the_page(client: Client) -> None:
    shown = client.get(NOTHING).text
    for row in cookies.cookies():
        assert all(f"<code>{name}</code>" in shown for name in row.names)
        assert f"<dd>{row.how_long}</dd>" in shown
    assert html.escape(CONTENT_SECURITY_POLICY, quote=False) in html.unescape(shown)


def test_the_footer_of_every_page_leads_to_all_of_it(client: Client) -> None:
    footer = client.get("/crisis").text.split("<footer")[1]
    for path in (
        WORKS,
        NOTHING,
        "/privacy/consumer-health",
        "/accuracy",
        "/accessibility",
        "/contact",
        "/crisis",
    ):
        assert f'href="{path}"' in footer
        assert client.get(path).status_code == 200


GIVEN = {
    "flow.cookie": doors.FORM_ASK,
    "code_cookie(purpose)": doors.code_cookie(doors.FOLLOW),
    "what": doors.FOLLOW,
    "sessions.COOKIE": sessions.COOKIE,
    "signing_in.COOKIE": signing_in.COOKIE,
    "passkeys.COOKIE": passkeys.COOKIE,
    "CODE": mailbox.CODE,
}
"""How the code names a cookie where it gives one → one that it can be."""


def test_a_new_cookie_is_noticed_until_the_page_names_it() -> None:
    calls = [
        ast.unparse(node.args[1])
        for file in (FOLDER.parent / "directory").rglob("*.py")
        if file.name != "shell.py"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cookie"
    ]
    assert set(calls) == set(GIVEN), "name it in about/cookies.py, and here"
    assert set(GIVEN.values()) <= {name for row in cookies.cookies() for name in row.names}
    purposes = {value for name, value in vars(doors).items() if name.isupper() and isinstance(value, str)}
    assert purposes <= {name.removeprefix("code-") for row in cookies.cookies() for name in row.names}, (
        "a purpose that opens something is a cookie too"
    )
