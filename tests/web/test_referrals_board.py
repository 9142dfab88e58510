"""The board of a signed-in clinician: one's own referrals and nobody else's, each without a new code, and the files."""

import csv
import io
import json
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import clinic_actions, queries
from directory.referrals.clinic_actions import Said
from directory.referrals.models import Referral
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.people import RIVERA, person, sign_in
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock


@pytest.fixture
def rivera(client: Client, databases: Databases, clock: Clock) -> Client:
    """Dr Rivera, signed in; her account is there before anything is sent."""
    person(databases, RIVERA)
    return client


@pytest.fixture
def sent(rivera: Client, databases: Databases) -> list[Referral]:
    """Two referrals of Dr Rivera's, one under 42 CFR Part 2, and one of another clinician's."""
    place = ready_clinic(databases)
    mine = sent_request(databases, place, key="a", clinician=True)
    part2 = sent_request(databases, place, key="b", clinician=True, part2="yes", part2_consent="yes")
    other = sent_request(databases, place, key="c", clinician=True, sender_mailbox="other@example.com")
    sign_in(rivera, databases, Role.REFERRER)
    return [mine, part2, other]


def clinic_does(databases: Databases, referral: Referral, verb: str, **given: Any) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        clinic_actions.act(db, task.id, verb, by=NOOR, at=AT, version=task.steps, **given)


def test_the_board_lists_ones_own_by_what_they_wait_for_and_tells_nobodys_name(
    rivera: Client, databases: Databases, sent: list[Referral]
) -> None:
    page = rivera.get("/referrals?tab=waiting")
    assert [f"/referrals/{each.reference}" in links_of(page.text) for each in sent] == [True, True, False]
    assert "With the clinic 2" in words_of(page.text)
    assert "Quillfeather" not in page.text
    clinic_does(databases, sent[0], "ask", said=Said(question="Which antidepressants?"))
    page = rivera.get("/referrals")
    assert "Waiting on you 1" in words_of(page.text)
    assert f"/referrals/{sent[0].reference}" in links_of(page.text)
    for odd in ("?page=99", "?page=x", "?tab=nonsense"):
        assert rivera.get(f"/referrals{odd}").status_code == 200
    assert "/referrals" in links_of(rivera.get("/account").text)


def test_a_referral_of_ones_own_opens_without_a_code_and_the_question_is_answered_there(
    rivera: Client, databases: Databases, sent: list[Referral]
) -> None:
    clinic_does(databases, sent[0], "ask", said=Said(question="Which antidepressants?"))
    here = f"/referrals/{sent[0].reference}"
    page = rivera.get(here)
    assert "Which antidepressants?" in words_of(page.text)
    assert "/referrals" in links_of(page.text)
    assert "Done on this computer" not in words_of(page.text)
    leads_to(submit(rivera, f"{here}/reply", reply="Sertraline and venlafaxine."))
    with reading(databases) as db:
        task = queries.find_task_of(db, sent[0].id)
        step = queries.find_history(db, task.id)[-1]
        assert (task.status, step.verb, step.by_role) == ("sent", "reply", "sender")
        assert step.by_actor.startswith("clinician:U-")
    assert rivera.get(f"{here}/data/json").status_code == 200
    assert rivera.get(f"{here}/letter.pdf").content.startswith(b"%PDF-")


def test_anothers_referral_is_not_there_whatever_is_tried(
    rivera: Client, databases: Databases, sent: list[Referral]
) -> None:
    here = f"/referrals/{sent[2].reference}"
    for path in (here, f"{here}/data", f"{here}/data/json", f"{here}/withdraw", f"{here}/letter.pdf"):
        assert rivera.get(path).status_code == 404, path
    assert rivera.post(f"{here}/withdraw").status_code == 404
    with reading(databases) as db:
        assert queries.find_task_of(db, sent[2].id).status != "cancelled"


def test_the_list_is_taken_along_without_part_2_recorded_and_kept_by_no_cache(
    rivera: Client, databases: Databases, sent: list[Referral]
) -> None:
    answer = rivera.get("/referrals/export/csv")
    assert answer.headers["cache-control"] == "no-store"
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["reference"], row["status"]) == (sent[0].reference, "sent")
    assert [each["reference"] for each in json.loads(rivera.get("/referrals/export/json").text)] == [row["reference"]]
    assert rivera.get("/referrals/export/xml").status_code == 404
    with reading(databases) as db:
        assert len(db.exec(select(AuditEvent).where(AuditEvent.action == "exported")).all()) == 2
