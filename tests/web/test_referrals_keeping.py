"""A guest who refers gets an account: by the mailbox alone, with the earlier referrals, and vouched for by nobody."""

from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import select

from directory import wiring
from directory.accounts import actions as accounts
from directory.accounts import links, totp
from directory.accounts.actor import system
from directory.accounts.models import AuditEvent, Invitation, Membership
from directory.accounts.permissions import Role
from directory.accounts.queries import find_user
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import queries, sender_actions, templates, vetting
from directory.referrals.actions import sender_of
from directory.referrals.models import Referral, VettedSender
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.journeys import Mail, sender_opens
from tests.support.requests import CLINICIAN, ready_clinic, sent_request
from tests.support.site import SECRET
from tests.support.time import Clock

MAILBOX, NPI = CLINICIAN["sender_mailbox"], CLINICIAN["npi"]


@pytest.fixture
def clinic(databases: Databases, clock: Clock) -> Any:
    """Harbour Clinic, and no sender who is vetted."""
    found = ready_clinic(databases)
    with unit_of_work(databases) as db:
        db.execute(delete(VettedSender))
    return found


def offers(databases: Databases) -> list[Invitation]:
    with reading(databases) as db:
        return list(db.exec(select(Invitation).where(Invitation.mailbox == MAILBOX)).all())


def take(databases: Databases, offer: Invitation) -> None:
    """The offer is accepted by whoever reads the mailbox."""
    with unit_of_work(databases, wiring.dispatch) as db:
        accounts.begin_with_invitation(db, offer)
        user = find_user(db, MAILBOX)
        assert user is not None
        accounts.accept(db, db.get_one(Invitation, offer.id), user)


def ask(databases: Databases, referral: Referral) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        sender_actions.keep_together(db, referral.id, by=sender_of(referral))


def test_a_guest_asks_for_an_account_and_finds_the_earlier_referrals_on_the_board(
    clinic: Any, databases: Databases, client: Client
) -> None:
    first = sent_request(databases, clinic, clinician=True)
    other = sent_request(databases, clinic, key="other", clinician=True, sender_mailbox="other@example.com")
    mail = Mail(databases)
    mail.read()
    page = sender_opens(client, mail, first.reference, MAILBOX)
    assert "/requests/current/account" in links_of(page.text)
    for _press in range(2):
        assert leads_to(submit(client, "/requests/current/account")) == "/requests/current?done=account"
    assert "We mailed a link to your address" in words_of(client.get("/requests/current?done=account").text)
    [offer] = offers(databases)
    assert offer.invited_by == f"clinician:{first.reference}"
    leads_to(submit(client, f"/invitation/{links.sign(SECRET, accounts.INVITATION, offer.id, AT.date())}"))
    client.get("/sign-in/enrol")
    leads_to(submit(client, "/sign-in/enrol", action="/sign-in/enrol/app"))
    secret = client.get("/sign-in/enrol/app").text.split('id="secret">')[1].split("<")[0].replace(" ", "")
    submit(client, "/sign-in/enrol/app", code=totp.code_at(secret, totp.step_at(service_clock.now())))
    board = links_of(client.get("/referrals").text)
    assert f"/referrals/{first.reference}" in board
    assert f"/referrals/{other.reference}" not in board
    with reading(databases) as db:
        user = find_user(db, MAILBOX)
        assert user is not None
        assert templates.own_data(db, user.id)["npi"] == NPI
        taken = db.exec(select(AuditEvent).where(AuditEvent.action == "taken_over")).all()
        assert [(row.actor_label, row.subject_id) for row in taken] == [(user.reference, first.id)]
    page = client.get(f"/referrals/{first.reference}")
    assert "Keep my referrals in one place" not in words_of(page.text)


def test_the_way_to_an_account_is_told_where_people_sign_in(client: Client) -> None:
    page = client.get("/sign-in")
    assert "You refer patients and have no account yet?" in words_of(page.text)
    assert "/requests" in links_of(page.text)


def test_an_account_that_was_asked_for_vouches_for_nobody_until_somebody_of_ours_does(
    clinic: Any, databases: Databases
) -> None:
    first = sent_request(databases, clinic, clinician=True)
    ask(databases, first)
    take(databases, *offers(databases))
    second = sent_request(databases, clinic, key="second", clinician=True)
    with reading(databases) as db:
        assert queries.get_referral(db, second.id).sent_by_user_id is not None
        assert queries.find_task_of(db, second.id).status == "held_for_sender_check"
        assert not vetting.is_known(db, MAILBOX, NPI, at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        offer = accounts.invite_to_house(db, mailbox=MAILBOX, role=Role.REFERRER, by=system("tests"))
    take(databases, offer)
    with reading(databases) as db:
        assert vetting.is_known(db, MAILBOX, NPI, at=AT)
        assert len(db.exec(select(Membership)).all()) == 1


def test_patients_and_unproved_mailboxes_are_offered_none(clinic: Any, databases: Databases) -> None:
    patient = sent_request(databases, clinic)
    sent = sent_request(databases, clinic, key="c", clinician=True)
    with unit_of_work(databases) as db:
        clinician = queries.get_referral(db, sent.id)
        assert sender_actions.may_keep(clinician)
        clinician.mailbox_proved_at = None
        assert not sender_actions.may_keep(clinician)
        assert not sender_actions.may_keep(queries.get_referral(db, patient.id))
        sender_actions.keep_together(db, patient.id, by=system("tests"))
    assert offers(databases) == []
