"""Tell me when one opens: asked, confirmed by the mailed link, told once by a mail that says nothing, and deleted."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from directory.accounts.actor import system
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import subject_access
from directory.search import actions as search
from directory.search import waiting
from directory.search.entries import Line
from directory.search.models import Waiting
from tests.support.entries import an_entry
from tests.support.forms import Client, links_of, submit, words_of
from tests.support.journeys import Mail
from tests.support.routes import litestar_of
from tests.support.time import Clock

PAT = "pat@example.net"
WISH = {"near": "04101", "radius": "50", "treatment": "SPRAVATO", "mailbox": PAT}


def ask(client: Client, **typed: str) -> Any:
    return submit(client, "/tell-me?near=04101&radius=25", **WISH | typed)


def opens(client: Client, databases: Databases, **changes: Any) -> None:
    """A clinic comes into the search, and everybody who searches knows of it."""
    with unit_of_work(databases) as db:
        search.write_entries(db, [an_entry("opened", **changes)])
    litestar_of(client).state.search.catch_up()


def the_link(databases: Databases, message: str, *, to: str = PAT) -> str:
    """Where the one waiting mail of this kind leads."""
    [(mailbox, words)] = [(to, words) for name, to, words in Mail(databases).read() if name == message]
    assert mailbox == to
    found = re.search(r"(/tell-me/\S+)", words.text)
    assert found is not None
    return found[1]


def kept(databases: Databases) -> list[Waiting]:
    with reading(databases) as db:
        return list(db.exec(select(Waiting)).all())


def told(databases: Databases, clock: Clock) -> int:
    return waiting.tell(databases, at=clock.now())


def confirmed(client: Client, databases: Databases, **typed: str) -> str:
    """Somebody waits; where the link leads."""
    assert ask(client, **typed).headers["location"] == "/tell-me/sent"
    link = the_link(databases, "place_confirm", to=typed.get("mailbox", PAT))
    assert submit(client, link, action=link).status_code == 303
    return link


def test_who_waits_is_told_once_and_forgotten(client: Client, databases: Databases, clock: Clock) -> None:
    link = confirmed(client, databases)
    assert "We will tell you" in client.get(link).text
    assert told(databases, clock) == 0
    opens(client, databases)
    assert told(databases, clock) == 1
    [row] = kept(databases)
    assert row.mailbox_sealed is None
    link = the_link(databases, "place_opened")
    page = client.get(link)
    assert "A place has opened" in page.text
    assert "04101" not in page.text + link
    assert "pravato" not in page.text
    there = submit(client, link, action=f"{link}/places")
    assert there.headers["location"] == "/search?near=04101&radius=50&treatment=SPRAVATO&accepting=1"
    opens(client, databases, name="Another")
    assert told(databases, clock) == 0
    clock.advance(days=8)
    assert client.get(link).status_code == 410
    with unit_of_work(databases) as db:
        waiting.sweep(db, at=clock.now())
    assert kept(databases) == []


def test_nothing_of_it_stands_in_the_database_as_it_was_typed(client: Client, databases: Databases) -> None:
    confirmed(client, databases)
    with reading(databases) as db:
        dumped = [repr(tuple(row)) for table in ("waiting", "outbox_message") for row in db.execute(
            text(f"SELECT * FROM {table}")
        )]  # fmt: skip
    assert len(dumped) == 2
    for said in (PAT, "pat", "04101", "SPRAVATO", "example"):
        assert all(said not in row for row in dumped)


def test_only_what_was_asked_for_is_told(client: Client, databases: Databases, clock: Clock) -> None:
    confirmed(client, databases)
    others: list[dict[str, Any]] = [
        {"accepting_patients": "nopt"},
        {"accepting_patients": ""},
        {"lines": (Line(treatment="KET_IV"),)},
        {"latitude": 44.8012, "longitude": -68.7778},  # Bangor, 108 miles
    ]
    for changes in others:
        opens(client, databases, **changes)
        assert told(databases, clock) == 0, changes
    opens(client, databases, latitude=44.1004, longitude=-70.2148)  # Lewiston, 31 miles
    assert told(databases, clock) == 1


def test_a_clinic_that_takes_patients_again_counts_as_opened(
    client: Client, databases: Databases, clock: Clock
) -> None:
    entry = an_entry("full", accepting_patients="nopt")
    with unit_of_work(databases) as db:
        search.write_entries(db, [entry])
    litestar_of(client).state.search.catch_up()
    confirmed(client, databases, treatment="")
    assert told(databases, clock) == 0
    with unit_of_work(databases) as db:
        search.write_entries(db, [an_entry("full", location_id=entry.location_id)])
    assert told(databases, clock) == 1


def test_what_opens_between_asking_and_confirming_is_not_missed(
    client: Client, databases: Databases, clock: Clock
) -> None:
    ask(client)
    link = the_link(databases, "place_confirm")
    opens(client, databases)
    assert told(databases, clock) == 0, "nobody has confirmed"
    submit(client, link, action=link)
    assert told(databases, clock) == 1


def test_a_state_is_waited_for_as_a_whole(client: Client, databases: Databases, clock: Clock) -> None:
    confirmed(client, databases, near="Maine", radius="25", treatment="")
    opens(client, databases, latitude=46.8606, longitude=-68.0117)  # Caribou, 250 miles from Portland
    assert told(databases, clock) == 1


def test_who_does_not_confirm_is_forgotten_after_two_days(client: Client, databases: Databases, clock: Clock) -> None:
    ask(client)
    link = the_link(databases, "place_confirm")
    clock.advance(hours=47)
    assert client.get(link).status_code == 200
    clock.advance(hours=1)
    assert client.post(link).status_code == 410
    with unit_of_work(databases) as db:
        waiting.sweep(db, at=clock.now())
    assert kept(databases) == []


def test_after_a_year_all_is_deleted_without_a_word(client: Client, databases: Databases, clock: Clock) -> None:
    link = confirmed(client, databases)
    clock.advance(days=364)
    assert client.get(link).status_code == 200, "the link deletes for as long as there is something to delete"
    clock.advance(days=1)
    opens(client, databases)
    assert told(databases, clock) == 0
    with unit_of_work(databases) as db:
        waiting.sweep(db, at=clock.now())
    assert kept(databases) == []
    assert [name for name, _to, _words in Mail(databases).read()] == []


def test_one_press_deletes_all_at_once(client: Client, databases: Databases, clock: Clock) -> None:
    for when in ("asked", "waits", "told"):
        ask(client)
        link = the_link(databases, "place_confirm")
        if when != "asked":
            submit(client, link, action=link)
        if when == "told":
            opens(client, databases)
            assert told(databases, clock) == 1
        assert "It is deleted" in submit(client, link, action=f"{link}/delete").text
        assert kept(databases) == []
        assert client.get(link).status_code == 410
        assert client.post(f"{link}/delete").status_code == 200
        assert [name for name, _to, _words in Mail(databases).read()] == [], "the mail that waited was called off"


def test_looking_at_the_link_confirms_and_deletes_nothing(client: Client, databases: Databases, clock: Clock) -> None:
    ask(client)
    link = the_link(databases, "place_confirm")
    for path in (link, f"{link}/delete", f"{link}/places"):
        client.get(path)
    [row] = kept(databases)
    assert row.confirmed_at is None
    opens(client, databases)
    assert told(databases, clock) == 0


def test_what_fits_already_is_shown_instead_of_waited_for(client: Client, databases: Databases) -> None:
    opens(client, databases)
    page = ask(client)
    assert page.status_code == 422
    assert "1 clinic that takes new patients fits this today." in words_of(page.text)
    assert "/search?near=04101&radius=50&treatment=SPRAVATO&accepting=1" in links_of(page.text)
    assert f'value="{PAT}"' in page.text
    assert kept(databases) == []


def test_what_cannot_be_used_is_said_and_nothing_is_lost(client: Client, databases: Databases) -> None:
    mailbox = "Enter an email address, such as name@example.org"
    wrong = [
        ({"near": ""}, "Type a ZIP code, a town or a state"),
        ({"near": "Springfield"}, "Add the state, as in “Springfield, MO”"),
        ({"near": "xyzzy"}, "We do not know a place called “xyzzy”"),
        ({"radius": "7"}, "Choose how far away it may be"),
        ({"treatment": "KET_HOME"}, "Choose a treatment from the list"),
        ({"mailbox": "pat"}, mailbox),
        ({"mailbox": "pat@example.net, kim@example.net"}, mailbox),
        ({"website": "x"}, "A field that people cannot see was filled in."),
    ]
    for typed, said in wrong:
        page = ask(client, **typed)
        assert page.status_code == 422
        assert said in words_of(page.text)
        assert 'value="50" selected' in page.text or "radius" in typed
        assert 'value="SPRAVATO" selected' in page.text or "treatment" in typed
    assert kept(databases) == []


def test_the_same_mailbox_is_not_flooded_and_the_answer_tells_nothing(
    client: Client, databases: Databases, clock: Clock
) -> None:
    answers = [ask(client, near=near).headers["location"] for near in ("04101", "04101", "04401", "10001", "59001")]
    assert answers == ["/tell-me/sent"] * 5
    mails = [name for name, _to, _words in Mail(databases).read()]
    # The second press is the first question again; it and two more make three tries of the day.
    assert mails == ["place_confirm"] * 2
    clock.advance(days=1)
    ask(client, near="59001")
    assert len(Mail(databases).read()) == 1


def test_one_network_cannot_ask_without_end(client: Client, databases: Databases) -> None:
    statuses = [ask(client, mailbox=f"p{n}@example.net").status_code for n in range(11)]
    assert statuses == [303] * 10 + [429]


def test_a_person_gets_out_and_has_deleted_what_is_kept(client: Client, databases: Databases, clock: Clock) -> None:
    confirmed(client, databases)
    with reading(databases) as db:
        [held] = subject_access.export(db, PAT)["waits_for_a_place"]
    assert (held["near"], held["radius_miles"], held["treatment"]) == ("04101", 50, "SPRAVATO")
    assert json.dumps(held)
    with unit_of_work(databases) as db:
        subject_access.forget(db, PAT, by=system("desk"), at=clock.now())
    assert kept(databases) == []


def test_a_row_cannot_keep_a_mailbox_after_the_mail_or_be_told_unconfirmed(databases: Databases, clock: Clock) -> None:
    now = clock.now()
    sound: dict[str, Any] = {
        "asked_at": now, "ends_at": now + dt.timedelta(days=1), "seen_version": 0, "ring_key_id": "k",
        "wish_sealed": b"w", "mailbox_sealed": b"m",
    }  # fmt: skip
    broken = [
        {"confirmed_at": now, "told_at": now},
        {"told_at": now, "mailbox_sealed": None},
        {"mailbox_sealed": None},
        {"ends_at": now},
    ]
    for changes in broken:
        with pytest.raises(IntegrityError), unit_of_work(databases) as db:
            db.add(Waiting(**sound | changes))
    with unit_of_work(databases) as db:
        db.add(Waiting(**sound))
        assert sealed.ring_of(db).active_id
