"""Passkeys: a challenge works once, in one browser, for five minutes; the device must have verified its user."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from directory.accounts.models import Passkey, PasskeyChallenge, WebSession
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading
from tests.support.authenticator import Authenticator
from tests.support.forms import Client, leads_to, words_of
from tests.support.journeys import BASE
from tests.support.people import Person, sign_in, sign_out
from tests.support.time import Clock

HOST = "lanternway.example"


def device(**changes: Any) -> Authenticator:
    return Authenticator(**{"origin": BASE, "host": HOST} | changes)


@pytest.fixture
def mo(client: Client, databases: Databases, clock: Clock) -> Person:
    return sign_in(client, databases, Role.MODERATOR)


def enrolled(client: Client, with_device: Authenticator, *, name: str = "Laptop") -> Any:
    """Add a passkey in the account; the answer."""
    options = client.post("/account/factors/passkey/challenge").json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    return client.post("/account/factors/passkey", data={"answer": with_device.create(options), "name": name})


def signed_in_with(client: Client, with_device: Authenticator) -> Any:
    """Sign out, then sign in with the device; the answer."""
    sign_out(client)
    return client.post("/sign-in/passkey", data={"answer": with_device.get(asked(client))})


def asked(client: Client) -> dict[str, Any]:
    options: dict[str, Any] = client.post("/sign-in/passkey/challenge").json()
    return options


def test_a_passkey_is_added_and_signs_in_without_a_mailbox(client: Client, databases: Databases, mo: Person) -> None:
    mine = device()
    answer = enrolled(client, mine)
    assert "Keep these recovery codes" in words_of(answer.text)
    assert "Laptop" in words_of(client.get("/account").text)
    assert leads_to(signed_in_with(client, mine)) == "/queue"
    assert "Moderator" in words_of(client.get("/account").text)
    with reading(databases) as db:
        assert {row.factor for row in db.exec(select(WebSession)).all()} == {"passkey"}


def test_a_challenge_names_no_account_and_no_key(client: Client, mo: Person) -> None:
    enrolled(client, device())
    sign_out(client)
    options = asked(client)
    assert options.get("allowCredentials", []) == []
    assert options["userVerification"] == "required"
    assert options["rpId"] == HOST


def refused(client: Client, with_device: Authenticator) -> bool:
    answer = signed_in_with(client, with_device)
    return answer.status_code == 422 and "session" not in {cookie.name for cookie in client.cookies.jar}


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://lanternway.example.evil.example"},
        {"host": "evil.example"},
        {"verifies": False},
        {"credential_id": b"0" * 32},
    ],
    ids=["another origin", "another host", "user not verified", "unknown key"],
)
def test_what_is_wrong_with_an_answer_is_refused_without_saying_what(
    client: Client, mo: Person, changes: dict[str, Any]
) -> None:
    mine = device()
    enrolled(client, mine)
    for name, value in changes.items():
        setattr(mine, name, value)
    assert refused(client, mine)
    assert "did not open anything" in words_of(signed_in_with(client, mine).text)


def test_another_key_under_a_known_id_is_refused(client: Client, mo: Person) -> None:
    mine = device()
    enrolled(client, mine)
    assert refused(client, device(credential_id=mine.credential_id, user=mine.user, count=50))


def test_a_counter_that_does_not_move_on_is_a_copy(client: Client, mo: Person) -> None:
    mine = device()
    enrolled(client, mine)
    assert leads_to(signed_in_with(client, mine)) == "/queue"
    mine.count -= 1
    mine.counts = False
    assert refused(client, mine)


def test_devices_without_a_counter_are_taken(client: Client, mo: Person) -> None:
    mine = device(counts=False)
    enrolled(client, mine)
    for _time in range(2):
        assert leads_to(signed_in_with(client, mine)) == "/queue"


def test_an_answer_works_once(client: Client, databases: Databases, mo: Person) -> None:
    mine = device(counts=False)
    enrolled(client, mine)
    sign_out(client)
    answer = {"answer": mine.get(asked(client))}
    cookie = client.cookies["passkey"]
    leads_to(client.post("/sign-in/passkey", data=answer))
    sign_out(client)
    client.cookies.set("passkey", cookie, domain=HOST, path="/")
    assert client.post("/sign-in/passkey", data=answer).status_code == 422
    with reading(databases) as db:
        assert db.exec(select(PasskeyChallenge)).all() == []


def test_a_challenge_is_one_browsers(client: Client, mo: Person) -> None:
    mine = device()
    enrolled(client, mine)
    sign_out(client)
    answer = mine.get(asked(client))
    client.cookies.clear()
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 422
    asked(client)
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 422


def test_a_challenge_lives_five_minutes(client: Client, mo: Person, clock: Clock) -> None:
    mine = device()
    enrolled(client, mine)
    sign_out(client)
    answer = mine.get(asked(client))
    clock.advance(minutes=5)
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 422


def test_a_challenge_for_signing_in_adds_no_key(client: Client, databases: Databases, mo: Person) -> None:
    options = asked(client) | {"user": {"id": "AAAA"}}
    answer = client.post("/account/factors/passkey", data={"answer": device().create(options), "name": "x"})
    assert answer.status_code == 422
    with reading(databases) as db:
        assert db.exec(select(Passkey)).all() == []


def test_a_key_of_a_device_that_did_not_verify_its_user_is_not_added(
    client: Client, databases: Databases, mo: Person
) -> None:
    assert enrolled(client, device(verifies=False)).status_code == 422
    with reading(databases) as db:
        assert db.exec(select(Passkey)).all() == []


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 7}', '{"id": "AAAA", "response": {}}', "x" * 30_000]
)
def test_nonsense_is_refused(client: Client, mo: Person, answer: str) -> None:
    enrolled(client, device())
    sign_out(client)
    asked(client)
    assert client.post("/sign-in/passkey", data={"answer": answer}).status_code == 422
    sign_in_again = client.post("/account/factors/passkey", data={"answer": answer})
    assert sign_in_again.status_code == 403


def test_one_persons_passkey_proves_nothing_for_another(
    client: Client, databases: Databases, mo: Person, clock: Clock
) -> None:
    mine = device()
    enrolled(client, mine)
    sign_in(client, databases, Role.VERIFIER)
    clock.advance(minutes=11)
    answer = client.post("/account/prove/passkey", data={"answer": mine.get(asked(client)), "next": "/account/factors"})
    assert answer.status_code == 422
    sign_in(client, databases, Role.MODERATOR)
    clock.advance(minutes=11)
    proved = client.post("/account/prove/passkey", data={"answer": mine.get(asked(client)), "next": "/account/factors"})
    assert leads_to(proved) == "/account/factors"


def test_where_the_site_has_no_name_there_are_no_passkeys(
    make_client: Callable[..., Client], database_url: str
) -> None:
    bare = make_client(database_url=database_url, base_url="http://127.0.0.1:8000")
    assert "data-passkey" not in bare.get("/sign-in").text
    assert bare.post("/sign-in/passkey/challenge").status_code == 503
