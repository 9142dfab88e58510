"""One's own account: factors, sessions, mailbox, and what happens when a session is over."""

import uuid

import pytest
from sqlmodel import select

from directory.accounts import actions, sessions
from directory.accounts.actor import system
from directory.accounts.models import Factor, MailboxChange, RecoveryCode, TotpFactor, User, WebSession
from directory.accounts.permissions import ROOMS, Role
from directory.lib.db import Databases, reading, unit_of_work
from tests.support.forms import Client, form_of, leads_to, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import MO, Person, code_now, put_session, sign_in
from tests.support.routes import litestar_of, ways
from tests.support.signing_in import ask_for_link, change_mailbox, open_link, sign_in_by_mail
from tests.support.time import Clock


@pytest.fixture
def mail(databases: Databases) -> Mail:
    return Mail(databases)


@pytest.fixture
def mo(client: Client, databases: Databases, clock: Clock) -> Person:
    """Mo, signed in on this client."""
    return sign_in(client, databases, Role.MODERATOR)


def only(databases: Databases, table: type) -> object:
    with reading(databases) as db:
        return db.exec(select(table)).one()


def enrolled_app(client: Client, clock: Clock, *, at: str = "/account/factors") -> list[str]:
    """Set up another app; the recovery codes shown with it, if any."""
    assert leads_to(submit(client, at, action=f"{at}/app")) == f"{at}/app"
    page = client.get(f"{at}/app").text
    secret = page.split('id="secret">')[1].split("<")[0].replace(" ", "")
    from directory.accounts import totp

    answer = submit(client, f"{at}/app", code=totp.code_at(secret, totp.step_at(clock.now())))
    assert answer.status_code in {200, 303}, words_of(answer.text)
    return [part.split("</code>")[0] for part in answer.text.split("<li><code>")[1:]]


def test_the_account_shows_what_lets_one_in_and_where_one_is_in(client: Client, mo: Person) -> None:
    words = words_of(client.get("/account").text)
    for said in ("Authenticator app", "Firefox on Linux", "This browser", "Moderator", mo.mailbox, mo.label):
        assert said in words


def test_another_app_is_added_told_and_brings_the_first_recovery_codes(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    codes = enrolled_app(client, clock)
    assert len(set(codes)) == 10
    words = mail.words("factor_changed").text
    assert "A new way to sign in was added" in words
    assert client.cookies["session"] != mo.token, "a change of rights makes a new id"
    with reading(databases) as db:
        assert sessions.find(db, mo.token) is None
        stored = repr(db.exec(select(RecoveryCode)).all())
    assert not any(code in stored for code in codes)


def test_a_wrong_first_code_adds_nothing(client: Client, databases: Databases, mo: Person) -> None:
    submit(client, "/account/factors", action="/account/factors/app")
    answer = submit(client, "/account/factors/app", code="000000")
    assert answer.status_code == 422
    with reading(databases) as db:
        assert len(db.exec(select(TotpFactor).where(TotpFactor.confirmed_at != None)).all()) == 1  # noqa: E711


def test_the_last_factor_cannot_be_removed(client: Client, databases: Databases, mo: Person, clock: Clock) -> None:
    app = only(databases, TotpFactor)
    assert isinstance(app, TotpFactor)
    answer = client.post(f"/account/factors/app/{app.id}/remove")
    assert answer.status_code == 409
    assert "only way to sign in" in words_of(answer.text)
    enrolled_app(client, clock)
    assert leads_to(client.post(f"/account/factors/app/{app.id}/remove")) == "/account?done=removed"


def test_a_factor_is_renamed_and_nobody_elses_is(client: Client, databases: Databases, mo: Person) -> None:
    app = only(databases, TotpFactor)
    assert isinstance(app, TotpFactor)
    sign_in(client, databases, Role.VERIFIER)
    for verb in ("rename", "remove"):
        assert client.post(f"/account/factors/app/{app.id}/{verb}", data={"name": "Mine"}).status_code == 404
    sign_in(client, databases, Role.MODERATOR)
    leads_to(client.post(f"/account/factors/app/{app.id}/rename", data={"name": "My phone"}))
    assert "My phone" in words_of(client.get("/account").text)


def test_changing_what_lets_one_in_asks_again_after_ten_minutes(
    client: Client, databases: Databases, mo: Person, clock: Clock
) -> None:
    clock.advance(minutes=10)
    assert leads_to(client.get("/account/factors")) == "/account/prove?next=/account/factors"
    assert leads_to(client.post("/account/codes")) == "/account/prove?next=/account"
    wrong = submit(client, "/account/prove?next=/account/factors", action="/account/prove", code="000000")
    assert wrong.status_code == 422
    right = submit(client, "/account/prove?next=/account/factors", action="/account/prove", code=code_now(clock.now()))
    assert leads_to(right) == "/account/factors"
    assert client.get("/account/factors").status_code == 200
    again = submit(client, "/account/prove", action="/account/prove", code=code_now(clock.now()))
    assert again.status_code == 422, "a code that was used proves nothing"


def test_a_recovery_code_opens_the_account_alone_and_works_once(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    codes = enrolled_app(client, clock)
    mail.read()
    for attempt in (200, 422):
        client.cookies.clear()
        ask_for_link(client, mo.mailbox)
        open_link(client, mail)
        typed = codes[0].upper().replace("-", " ")
        answer = submit(client, "/sign-in/factor?with=recovery", action="/sign-in/factor", code=typed)
        if attempt == 200:
            assert leads_to(answer) == "/account"
            words = words_of(client.get("/account").text)
            assert "You signed in with a recovery code" in words
            assert "9 recovery codes are left" in words
            assert client.get("/house/emergency").status_code == 403
            assert "A recovery code was used" in mail.words("factor_changed").text
        else:
            assert answer.status_code == 422


def test_a_new_factor_makes_a_recovered_session_whole(client: Client, databases: Databases, clock: Clock) -> None:
    sign_in(client, databases, Role.MODERATOR, factor=Factor.RECOVERY)
    assert client.get("/house/emergency").status_code == 403
    enrolled_app(client, clock)
    assert client.get("/house/emergency").status_code == 200


def test_another_browser_is_signed_out(client: Client, databases: Databases, mo: Person) -> None:
    here = client.cookies["session"]
    there = sign_in(client, databases, Role.MODERATOR)
    with reading(databases) as db:
        other = sessions.find(db, here)
    assert other is not None
    assert leads_to(client.post(f"/account/sessions/{other.session_id}/end")) == "/account?done=ended"
    put_session(client, here)
    assert leads_to(client.get("/account")) == "/sign-in?next=/account"
    stranger = sign_in(client, databases, Role.VERIFIER)
    assert stranger.user_id != there.user_id
    with reading(databases) as db:
        found = sessions.find(db, there.token)
    assert found is not None
    assert client.post(f"/account/sessions/{found.session_id}/end").status_code == 404


def test_after_fifteen_minutes_a_page_asks_to_sign_in_and_comes_back(
    client: Client, mail: Mail, mo: Person, clock: Clock
) -> None:
    clock.advance(minutes=15)
    at = leads_to(client.get("/account/factors"))
    assert at == "/sign-in?next=/account/factors"
    assert sign_in_by_mail(client, mail, mo.mailbox, clock, next_page="/account/factors") == "/account/factors"


def test_what_was_typed_into_a_session_that_ended_comes_back_to_be_sent_again(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    clock.advance(minutes=16)
    answer = client.post("/account/name", data={"name": 'Mo the "second" <b>'})
    assert answer.status_code == 403
    again = form_of(answer.text, with_field="name")
    assert again.action == "/account/name"
    assert again.hidden == {"name": 'Mo the "second" <b>'}
    assert "nothing you typed is lost" in words_of(answer.text)
    sign_in_by_mail(client, mail, mo.mailbox, clock)
    assert leads_to(client.post(again.action, data=again.hidden)) == "/account?done=saved"
    user = only(databases, User)
    assert isinstance(user, User)
    assert user.name == 'Mo the "second" <b>'


def test_one_press_extends_a_session_and_seeing_is_written_once_a_minute(
    client: Client, databases: Databases, mo: Person, clock: Clock
) -> None:
    clock.advance(minutes=13)
    assert client.post("/account/extend").json() == {"left_s": 900}
    clock.advance(seconds=30)
    assert client.post("/account/extend").json() == {"left_s": 870}
    clock.advance(minutes=14)
    assert client.get("/account").status_code == 200


def test_the_mailbox_changes_once_the_new_one_is_proved_and_the_old_one_is_told(
    client: Client, databases: Databases, mail: Mail, mo: Person
) -> None:
    assert leads_to(submit(client, "/account/mailbox", mailbox="Mo@New.example")) == "/account/mailbox/code"
    user = only(databases, User)
    assert isinstance(user, User)
    assert user.mailbox == mo.mailbox, "nothing changes before the code"
    [(_name, to, words)] = mail.read()
    assert to == "mo@new.example"
    code = next(line for line in words.text.splitlines() if line.isdigit())
    wrong = submit(client, "/account/mailbox/code", code=f"{(int(code) + 1) % 10**6:06d}")
    assert wrong.status_code == 422
    assert leads_to(submit(client, "/account/mailbox/code", code=code)) == "/account?done=mailbox"
    assert "mo@new.example" in words_of(client.get("/account").text)
    [(name, told, _words)] = mail.read()
    assert (name, told) == ("mailbox_changed", mo.mailbox)


def test_the_old_mailbox_undoes_the_change_by_one_press(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    clock.advance(minutes=2)
    link = change_mailbox(client, mail, "thief@elsewhere.example")
    enrolled_app(client, clock)
    client.cookies.clear()
    assert client.get(link).status_code == 200
    assert isinstance(change := only(databases, MailboxChange), MailboxChange)
    assert change.objected_at is None, "opening the page changes nothing"
    assert "The change is undone" in words_of(submit(client, link).text)
    with reading(databases) as db:
        assert db.exec(select(User)).one().mailbox == mo.mailbox
        assert len(db.exec(select(TotpFactor)).all()) == 1, "what was added since is gone"
        assert [row for row in db.exec(select(WebSession)).all() if row.ended_at is None] == []
    assert client.post(link).status_code == 410


def test_an_old_mailbox_that_objects_never_ends_up_with_an_account_without_factors(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    """Somebody leaves a mailbox that others read, and replaces the app: the old one must not get in by objecting."""
    clock.advance(minutes=2)
    link = change_mailbox(client, mail, "safe@new.example")
    old_app = only(databases, TotpFactor)
    assert isinstance(old_app, TotpFactor)
    enrolled_app(client, clock)
    leads_to(client.post(f"/account/factors/app/{old_app.id}/remove"))
    client.cookies.clear()
    words = words_of(submit(client, link).text)
    assert "the account is closed until a person of ours has spoken with you" in words
    mail.read()
    ask_for_link(client, mo.mailbox)
    assert mail.read() == [], "a closed account gets no link, so nobody enrols behind one"
    with unit_of_work(databases) as db:
        found = db.exec(select(User)).one()
        actions.let_enrol_anew(db, found, by=system("command-line"))
    assert {name for name, _to, _words in mail.read()} == {"factor_changed", "invitation"}


def test_a_mailbox_of_another_account_cannot_be_taken(
    client: Client, databases: Databases, mail: Mail, mo: Person
) -> None:
    sign_in(client, databases, Role.VERIFIER)
    leads_to(submit(client, "/account/mailbox", mailbox=MO.mailbox))
    code = next(line for line in mail.words("code").text.splitlines() if line.isdigit())
    answer = submit(client, "/account/mailbox/code", code=code)
    assert answer.status_code == 409
    assert mail.read() == []


def test_a_sign_in_leads_to_where_one_works_and_the_menu_shows_it(client: Client, databases: Databases) -> None:
    pages = {way.path for way in ways(litestar_of(client)) if way.method == "GET"}
    assert {path for _permission, path, _label in ROOMS} <= pages
    sign_in(client, databases, Role.OWNER, uuid.uuid4())
    page = client.get("/account").text
    assert 'href="/clinic"' in page
    assert 'href="/queue"' not in page
    sign_in(client, databases, Role.MODERATOR)
    page = client.get("/account").text
    assert 'href="/queue"' in page
    assert 'href="/clinic"' not in page
    sign_in(client, databases, Role.MODERATOR, factor=Factor.RECOVERY)
    assert 'href="/queue"' not in client.get("/account").text


def test_a_public_page_does_not_show_who_is_signed_in(client: Client, mo: Person) -> None:
    assert 'href="/account"' not in client.get("/crisis").text
    assert 'href="/account"' in client.get("/account").text


def test_reading_a_page_twice_in_a_minute_writes_nothing(
    client: Client, databases: Databases, mo: Person, clock: Clock
) -> None:
    before = only(databases, WebSession)
    client.get("/account")
    assert only(databases, WebSession) == before
    clock.advance(seconds=61)
    client.get("/account")
    assert only(databases, WebSession) != before


def test_new_recovery_codes_end_the_old_ones(
    client: Client, databases: Databases, mail: Mail, mo: Person, clock: Clock
) -> None:
    old = enrolled_app(client, clock)
    page = client.post("/account/codes")
    new = [part.split("</code>")[0] for part in page.text.split("<li><code>")[1:]]
    assert len(new) == 10
    assert not set(old) & set(new)
    from directory.accounts import factors

    with unit_of_work(databases) as db:
        assert not factors.check_code(db, mo.user_id, old[0])
        assert factors.check_code(db, mo.user_id, new[0])
        assert not factors.check_code(db, mo.user_id, new[0])
