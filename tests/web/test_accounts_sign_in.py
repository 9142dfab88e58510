"""Signing in: a link alone opens nothing, each code once, each link once, and no answer tells who has an account."""

import re

import pytest
from sqlmodel import select

from directory.accounts.models import SignInLink, TotpFactor, User, WebSession
from directory.lib import ids
from directory.lib.db import Databases, database_now, reading, unit_of_work
from tests.support.forms import Client, form_of, leads_to, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import MO, code_now, person, put_session
from tests.support.signing_in import ask_for_link, link_in, open_link, sign_in_by_mail
from tests.support.time import Clock

FACTOR = "/sign-in/factor"


@pytest.fixture
def mail(databases: Databases) -> Mail:
    return Mail(databases)


@pytest.fixture
def mo(databases: Databases, clock: Clock) -> User:
    return person(databases, MO)


def sessions_open(databases: Databases) -> int:
    with reading(databases) as db:
        return len(db.exec(select(WebSession).where(WebSession.ended_at == None)).all())  # noqa: E711


def is_in(client: Client) -> bool:
    return "session" in {cookie.name for cookie in client.cookies.jar}


def test_a_link_and_the_code_of_an_app_sign_in(
    client: Client, databases: Databases, mail: Mail, mo: User, clock: Clock
) -> None:
    assert sign_in_by_mail(client, mail, "Mo@Lanternway.example ", clock) == "/queue"
    assert is_in(client)
    assert sessions_open(databases) == 1


def test_the_cookie_of_the_session_is_out_of_reach_for_scripts_and_other_sites(
    client: Client, mail: Mail, mo: User, clock: Clock
) -> None:
    ask_for_link(client, MO.mailbox)
    open_link(client, mail)
    answer = submit(client, FACTOR, action=FACTOR, code=code_now(clock.now()))
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_a_link_alone_opens_no_session(client: Client, databases: Databases, mail: Mail, mo: User) -> None:
    ask_for_link(client, MO.mailbox)
    assert open_link(client, mail) == FACTOR
    assert sessions_open(databases) == 0
    assert not is_in(client)
    for path in ("/sign-in/enrol", "/sign-in/enrol/app"):
        assert client.get(path).status_code == 403, "who has a factor cannot make another one behind a link"
    assert client.post("/sign-in/enrol/app").status_code == 403
    assert client.post("/sign-in/enrol/app/confirm", data={"code": "000000"}).status_code == 403
    assert client.post("/sign-in/enrol/passkey", data={"answer": "{}"}).status_code in {403, 503}
    assert sessions_open(databases) == 0


def test_opening_the_page_behind_the_link_changes_nothing(
    client: Client, databases: Databases, mail: Mail, mo: User
) -> None:
    ask_for_link(client, MO.mailbox)
    link = link_in(mail)
    for _scanner in range(3):
        assert client.get(link).status_code == 200
    with reading(databases) as db:
        assert db.exec(select(SignInLink)).one().opened_at is None
    assert leads_to(submit(client, link)) == FACTOR


def test_a_link_opens_once(client: Client, mail: Mail, mo: User) -> None:
    ask_for_link(client, MO.mailbox)
    link = link_in(mail)
    leads_to(submit(client, link))
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410


def test_a_link_opens_nothing_in_another_browser(client: Client, mail: Mail, mo: User) -> None:
    ask_for_link(client, MO.mailbox)
    link = link_in(mail)
    client.cookies.clear()
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "Open this link in the browser in which you asked for it" in words_of(answer.text)


def test_a_link_lives_ten_minutes(client: Client, mail: Mail, mo: User, clock: Clock) -> None:
    ask_for_link(client, MO.mailbox)
    link = link_in(mail)
    clock.advance(minutes=10)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "/sign-in" in answer.text


def test_a_link_that_nobody_made_is_not_found(client: Client, mail: Mail, mo: User) -> None:
    ask_for_link(client, MO.mailbox)
    link = link_in(mail)
    assert client.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code in {404, 410}
    assert client.get("/sign-in/open/made-up").status_code == 404


def test_the_browsers_token_is_a_new_one_once_the_link_is_opened(
    client: Client, databases: Databases, mail: Mail, mo: User
) -> None:
    ask_for_link(client, MO.mailbox)
    planted = client.cookies["sign-in"]
    open_link(client, mail)
    assert client.cookies["sign-in"] != planted
    client.cookies.clear()
    client.cookies.set("sign-in", planted)
    assert client.get(FACTOR).status_code == 410


def test_a_session_id_planted_before_signing_in_is_not_kept(client: Client, mail: Mail, mo: User, clock: Clock) -> None:
    planted = ids.new_token()
    client.cookies.set("session", planted, domain="lanternway.example", path="/")
    sign_in_by_mail(client, mail, MO.mailbox, clock)
    after = [cookie.value for cookie in client.cookies.jar if cookie.name == "session"]
    assert planted not in after
    assert len(after) == 1


def test_a_code_is_accepted_once(client: Client, databases: Databases, mail: Mail, mo: User, clock: Clock) -> None:
    sign_in_by_mail(client, mail, MO.mailbox, clock)
    client.cookies.clear()
    ask_for_link(client, MO.mailbox)
    open_link(client, mail)
    used = submit(client, FACTOR, action=FACTOR, code=code_now(clock.now()))
    assert used.status_code == 422
    assert not is_in(client)
    assert leads_to(submit(client, FACTOR, action=FACTOR, code=code_now(clock.now(), steps=1))) == "/queue"


def test_five_wrong_codes_and_the_link_is_over(
    client: Client, databases: Databases, mail: Mail, mo: User, clock: Clock
) -> None:
    ask_for_link(client, MO.mailbox)
    open_link(client, mail)
    for left in (4, 3, 2, 1):
        answer = submit(client, FACTOR, action=FACTOR, code="000000")
        assert answer.status_code == 422
        assert f"try {left} more" in words_of(answer.text)
    assert client.post(FACTOR, data={"code": "000000"}).status_code == 422
    assert client.post(FACTOR, data={"code": code_now(clock.now())}).status_code == 410
    assert sessions_open(databases) == 0


def test_the_secret_of_an_app_is_sealed(databases: Databases, mo: User) -> None:
    with reading(databases) as db:
        row = db.exec(select(TotpFactor)).one()
    assert b"JBSWY3DP" not in row.secret_sealed


def answer_for(client: Client, mailbox: str) -> tuple[int, str, str, str]:
    client.cookies.clear()
    answer = submit(client, "/sign-in", action="/sign-in", mailbox=mailbox)
    then = client.get("/sign-in/sent")
    cookies = ";".join(re.sub(r"=[\w-]{43}", "=…", c) for c in answer.headers.get_list("set-cookie"))
    return answer.status_code, answer.headers["location"], cookies, words_of(then.text)


def test_no_answer_tells_whether_there_is_an_account(
    client: Client, databases: Databases, mail: Mail, mo: User
) -> None:
    known, unknown = answer_for(client, MO.mailbox), answer_for(client, "nobody@elsewhere.example")
    assert known == unknown
    assert [mailbox for _name, mailbox, _words in mail.read()] == [MO.mailbox]
    with reading(databases) as db:
        assert len(db.exec(select(SignInLink)).all()) == 2, "the same rows are written for both"


def test_six_links_an_hour_for_one_mailbox_are_too_many_whether_it_exists_or_not(client: Client, mo: User) -> None:
    words = set()
    for mailbox in (MO.mailbox, "nobody@elsewhere.example"):
        for _time in range(5):
            ask_for_link(client, mailbox)
        refused = submit(client, "/sign-in", action="/sign-in", mailbox=mailbox)
        assert refused.status_code == 429
        words.add((words_of(refused.text), refused.headers["retry-after"]))
    assert len(words) == 1


def test_what_is_no_mailbox_is_said_so_and_kept(client: Client) -> None:
    for typed in ("", "mo", "mo@x.example, evil@y.example"):
        answer = submit(client, "/sign-in", action="/sign-in", mailbox=typed)
        assert answer.status_code == 422
        assert "Enter" in words_of(answer.text)


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/requests", "/requests"),
        ("//evil.example/", "/queue"),
        ("https://evil.example/", "/queue"),
        ("/\\evil.example", "/queue"),
        ("/no-such-page", "/queue"),
        ("/sign-out", "/queue"),
    ],
)
def test_a_sign_in_leads_to_pages_of_ours_only(
    client: Client, mail: Mail, mo: User, clock: Clock, *, wanted: str, leads: str
) -> None:
    assert sign_in_by_mail(client, mail, MO.mailbox, clock, next_page=wanted) == leads


def test_another_site_cannot_send_the_form_in_somebodys_name(client: Client, mail: Mail, mo: User) -> None:
    page = form_of(client.get("/sign-in").text, action="/sign-in")
    answer = client.post(
        "/sign-in", data={**page.hidden, "mailbox": MO.mailbox}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert mail.read() == []


def test_an_account_that_was_closed_does_not_come_in(
    client: Client, databases: Databases, mail: Mail, mo: User
) -> None:
    ask_for_link(client, MO.mailbox)
    open_link(client, mail)
    with unit_of_work(databases) as db:
        row = db.exec(select(User)).one()
        row.closed_at = database_now(db)
        db.add(row)
    assert client.get(FACTOR).status_code == 410
    ask_for_link(client, MO.mailbox)
    assert mail.read() == []


def test_signing_out_ends_the_session_on_the_server(
    client: Client, databases: Databases, mail: Mail, mo: User, clock: Clock
) -> None:
    sign_in_by_mail(client, mail, MO.mailbox, clock)
    token = client.cookies["session"]
    assert leads_to(client.post("/sign-out")) == "/sign-in?out=yes"
    assert "You are signed out." in words_of(client.get("/sign-in?out=yes").text)
    assert sessions_open(databases) == 0
    put_session(client, token)
    assert leads_to(client.post("/sign-out")) == "/sign-in?out=yes"


def test_a_public_page_touches_no_session(client: Client, databases: Databases) -> None:
    for path in ("/", "/crisis", "/sign-in"):
        answer = client.get(path)
        assert answer.headers.get_list("set-cookie") == []
    assert sessions_open(databases) == 0
