"""Invitations, roles and emergency access: who may give what, and who may look."""

import datetime as dt
import uuid

import pytest
from sqlmodel import select

from directory.accounts import actions, emergency, links, sessions, totp
from directory.accounts.actor import system
from directory.accounts.models import AuditEvent, EmergencyAccess, Invitation, Membership, User, WebSession
from directory.accounts.permissions import Permission, Role
from directory.accounts.sessions import SignedIn
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden, Gone, NotFound, Refused
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import ANA, EDDA, KIT, MO, NOOR, OLA, OPAL, Somebody, person, sign_in
from tests.support.requests import ready_clinic, sent_request
from tests.support.signing_in import link_in, sign_in_by_mail
from tests.support.site import SECRET
from tests.support.time import Clock

HARBOUR, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def mail(databases: Databases) -> Mail:
    return Mail(databases)


def acting(databases: Databases, somebody: Somebody, organization_id: uuid.UUID | None = None) -> SignedIn:
    """Somebody as the guards see them."""
    user = person(databases, somebody, organization_id)
    from directory.accounts.models import Factor

    with unit_of_work(databases) as db:
        token = sessions.begin(db, user.id, factor=Factor.TOTP)
        found = sessions.find(db, token)
    assert found is not None
    return found


def invited(
    databases: Databases, by: SignedIn, mailbox: str = "new@harbour.example", role: Role = Role.EDITOR
) -> Invitation:
    with unit_of_work(databases) as db:
        return actions.invite(db, mailbox=mailbox, role=role, organization_id=HARBOUR, place="Harbour Clinic", by=by)


def path_of(row: Invitation) -> str:
    return f"/invitation/{links.sign(SECRET, actions.INVITATION, row.id, service_clock.today())}"


def roles_of(databases: Databases, mailbox: str) -> list[tuple[str, uuid.UUID | None]]:
    with reading(databases) as db:
        rows = db.exec(select(Membership).join(User).where(User.mailbox == mailbox)).all()  # type: ignore[arg-type]
        return [(row.role, row.organization_id) for row in rows if row.ended_at is None]


def enrol_app(client: Client, clock: Clock) -> str:
    """Choose the app behind a link, type its first code; the words of the page with the recovery codes."""
    assert leads_to(submit(client, "/sign-in/enrol", action="/sign-in/enrol/app")) == "/sign-in/enrol/app"
    secret = client.get("/sign-in/enrol/app").text.split('id="secret">')[1].split("<")[0].replace(" ", "")
    answer = submit(client, "/sign-in/enrol/app", code=totp.code_at(secret, totp.step_at(clock.now())))
    assert answer.status_code == 200, words_of(answer.text)
    return words_of(answer.text)


def test_an_invitation_leads_to_a_first_factor_and_then_to_the_role(
    client: Client, databases: Databases, mail: Mail, clock: Clock
) -> None:
    invited(databases, acting(databases, OLA, HARBOUR))
    link = link_in(mail, "invitation")
    page = words_of(client.get(link).text)
    assert "Harbour Clinic invites you" in page
    assert "Editor" in page
    assert leads_to(submit(client, link)) == "/sign-in/enrol"
    assert roles_of(databases, "new@harbour.example") == []
    assert "Keep these recovery codes" in enrol_app(client, clock)
    assert roles_of(databases, "new@harbour.example") == [("editor", HARBOUR)]
    assert "Editor" in words_of(client.get("/account").text)
    assert client.get(link).status_code == 410


def test_an_invitation_alone_opens_no_session_and_no_role(client: Client, databases: Databases) -> None:
    row = invited(databases, acting(databases, OLA, HARBOUR))
    leads_to(submit(client, path_of(row)))
    assert leads_to(client.get("/account")) == "/sign-in?next=/account"
    assert client.post("/sign-in/factor", data={"code": "000000"}).status_code == 410
    assert roles_of(databases, "new@harbour.example") == []


def test_whoever_has_a_factor_signs_in_as_usual_to_accept(
    client: Client, databases: Databases, mail: Mail, clock: Clock
) -> None:
    person(databases, MO)
    row = invited(databases, acting(databases, OLA, HARBOUR), MO.mailbox)
    mail.read()
    assert leads_to(submit(client, path_of(row))) == f"/account{path_of(row)}"
    assert leads_to(client.get(f"/account{path_of(row)}")).startswith("/sign-in?next=/account/invitation/")
    sign_in_by_mail(client, mail, MO.mailbox, clock, next_page=f"/account{path_of(row)}")
    before = client.cookies["session"]
    assert leads_to(submit(client, f"/account{path_of(row)}")) == "/account?done=accepted"
    assert client.cookies["session"] != before
    assert ("editor", HARBOUR) in roles_of(databases, MO.mailbox)


def test_an_invitation_is_for_the_mailbox_it_was_sent_to(client: Client, databases: Databases) -> None:
    row = invited(databases, acting(databases, OLA, HARBOUR))
    sign_in(client, databases, Role.INTAKE, OTHER, somebody=KIT)
    answer = client.post(f"/account{path_of(row)}")
    assert answer.status_code == 403
    assert "another mailbox" in words_of(answer.text)
    assert roles_of(databases, KIT.mailbox) == [("intake", OTHER)]


def test_an_invitation_lives_a_week_and_can_be_taken_back(client: Client, databases: Databases, clock: Clock) -> None:
    ola = acting(databases, OLA, HARBOUR)
    row = invited(databases, ola)
    with unit_of_work(databases) as db:
        actions.withdraw_invitation(db, row.id, organization_id=HARBOUR, by=ola)
    assert client.get(path_of(row)).status_code == 410
    newer = invited(databases, ola)
    link = path_of(newer)
    clock.advance(days=7)
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("somebody", [EDDA, NOOR, KIT, MO], ids=lambda s: s.name)
def test_only_an_owner_invites(databases: Databases, somebody: Somebody) -> None:
    place = None if somebody is MO else OTHER if somebody is KIT else HARBOUR
    with pytest.raises(Forbidden):
        invited(databases, acting(databases, somebody, place))


def test_an_owner_offers_roles_of_the_own_organization_only(databases: Databases) -> None:
    ola = acting(databases, OLA, HARBOUR)
    for role in (Role.MODERATOR, Role.OPERATOR, Role.REFERRER):
        with pytest.raises(Forbidden):
            invited(databases, ola, role=role)
    with unit_of_work(databases) as db, pytest.raises(Forbidden):
        actions.invite(db, mailbox="x@y.example", role=Role.EDITOR, organization_id=OTHER, place="", by=ola)


def held(databases: Databases, somebody: Somebody) -> uuid.UUID:
    with reading(databases) as db:
        rows = db.exec(select(Membership).join(User).where(User.mailbox == somebody.mailbox)).all()  # type: ignore[arg-type]
        return next(row.id for row in rows if row.ended_at is None)


def test_the_last_owner_stays_whoever_presses_what(databases: Databases) -> None:
    ola = acting(databases, OLA, HARBOUR)
    mine = held(databases, OLA)
    for attempt in (
        lambda db: actions.leave(db, mine, by=ola),
        lambda db: actions.end_membership(db, mine, organization_id=HARBOUR, by=ola),
        lambda db: actions.change_role(db, mine, Role.EDITOR, organization_id=HARBOUR, by=ola),
    ):
        with pytest.raises(Conflict), unit_of_work(databases) as db:
            attempt(db)
    acting(databases, Somebody("second@harbour.example", "Second", Role.OWNER), HARBOUR)
    with unit_of_work(databases) as db:
        actions.leave(db, mine, by=ola)
    assert roles_of(databases, OLA.mailbox) == []


def test_an_old_offer_does_not_make_the_last_owner_an_editor(databases: Databases) -> None:
    ola = acting(databases, OLA, HARBOUR)
    row = invited(databases, ola, "second@harbour.example", Role.EDITOR)
    second = person(databases, Somebody("second@harbour.example", "Second", Role.OWNER), HARBOUR)
    with unit_of_work(databases) as db:
        actions.leave(db, held(databases, OLA), by=ola)
    with unit_of_work(databases) as db:
        actions.accept_by_id(db, row.id, second)
    assert roles_of(databases, "second@harbour.example") == [("owner", HARBOUR)]


def test_a_role_changed_by_an_owner_signs_its_person_out_and_tells(databases: Databases, mail: Mail) -> None:
    ola, edda = acting(databases, OLA, HARBOUR), acting(databases, EDDA, HARBOUR)
    with unit_of_work(databases) as db:
        actions.change_role(db, held(databases, EDDA), Role.INTAKE, organization_id=HARBOUR, by=ola)
    assert roles_of(databases, EDDA.mailbox) == [("intake", HARBOUR)]
    assert [(name, to) for name, to, _words in mail.read()] == [("role_changed", EDDA.mailbox)]
    with reading(databases) as db:
        assert db.get_one(WebSession, edda.session_id).ended_at is not None


def test_a_team_is_none_of_another_owners_business(databases: Databases) -> None:
    acting(databases, EDDA, HARBOUR)
    stranger = acting(databases, Somebody("owner@other.example", "Owner", Role.OWNER), OTHER)
    member = held(databases, EDDA)
    with unit_of_work(databases) as db:
        with pytest.raises(Forbidden):
            actions.end_membership(db, member, organization_id=HARBOUR, by=stranger)
        with pytest.raises(NotFound):
            actions.end_membership(db, member, organization_id=OTHER, by=stranger)
        with pytest.raises(NotFound):
            actions.leave(db, member, by=stranger)


def test_somebody_who_lost_everything_enrols_anew_and_keeps_the_role(
    client: Client, databases: Databases, mail: Mail, clock: Clock
) -> None:
    ola, edda = acting(databases, OLA, HARBOUR), acting(databases, EDDA, HARBOUR)
    with unit_of_work(databases) as db:
        actions.let_team_enrol_anew(db, held(databases, EDDA), organization_id=HARBOUR, by=ola)
    with reading(databases) as db:
        assert db.get_one(WebSession, edda.session_id).ended_at is not None
    told = mail.read()
    assert {name for name, _to, _words in told} == {"factor_changed", "invitation"}
    with reading(databases) as db:
        row = db.exec(select(Invitation)).one()
    leads_to(submit(client, path_of(row)))
    enrol_app(client, clock)
    assert roles_of(databases, EDDA.mailbox) == [("editor", HARBOUR)]


def test_an_owner_lets_nobody_of_the_house_enrol_anew(databases: Databases) -> None:
    ola = acting(databases, OLA, HARBOUR)
    person(databases, Somebody(MO.mailbox, "Mo", Role.MODERATOR))
    person(databases, Somebody(MO.mailbox, "Mo", Role.EDITOR), HARBOUR)
    with reading(databases) as db:
        rows = db.exec(select(Membership).where(Membership.role == "editor")).all()
    with unit_of_work(databases) as db, pytest.raises(Forbidden):
        actions.let_team_enrol_anew(db, rows[0].id, organization_id=HARBOUR, by=ola)


def test_the_command_line_makes_the_first_moderator(
    client: Client, databases: Databases, mail: Mail, clock: Clock
) -> None:
    with unit_of_work(databases) as db:
        row = actions.invite_to_house(db, mailbox="mo@x.example", role=Role.MODERATOR, by=system("command-line"))
        with pytest.raises(Refused):
            actions.invite_to_house(db, mailbox="mo@x.example", role=Role.OWNER, by=system("command-line"))
    assert row.expires_at - row.invited_at == dt.timedelta(days=1)
    leads_to(submit(client, path_of(row)))
    enrol_app(client, clock)
    assert roles_of(databases, "mo@x.example") == [("moderator", None)]
    assert "Moderator" in words_of(client.get("/account").text)


# --- emergency access -----------------------------------------------------------------------------------------------

WHY = "The clinic phones: a request opens for nobody there."


def ask(databases: Databases, opal: SignedIn, reason: str = WHY) -> EmergencyAccess:
    with unit_of_work(databases) as db:
        return emergency.ask(db, reason=reason, by=opal, operator_mailbox="desk@lanternway.example")


def reads_requests(databases: Databases, somebody: SignedIn) -> bool:
    from directory.accounts.models import Factor

    with unit_of_work(databases) as db:
        found = sessions.find(db, sessions.begin(db, somebody.user_id, factor=Factor.TOTP))
    assert found is not None
    return found.may(Permission.READ_ANY_REQUEST)


def test_an_operator_reads_requests_for_an_hour_after_a_second_person_agreed(
    databases: Databases, mail: Mail, clock: Clock
) -> None:
    opal, mo = acting(databases, OPAL), acting(databases, MO)
    row = ask(databases, opal)
    assert not reads_requests(databases, opal)
    told = {to for name, to, _words in mail.read() if name == "emergency_access"}
    assert told == {OPAL.mailbox, MO.mailbox, "desk@lanternway.example"}
    with unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=mo, operator_mailbox="")
    assert {to for _name, to, _words in mail.read()} == {OPAL.mailbox, MO.mailbox}
    assert reads_requests(databases, opal)
    assert not reads_requests(databases, mo), "it is one operator's, not the second person's"
    clock.advance(minutes=60)
    assert not reads_requests(databases, opal)
    with reading(databases) as db:
        recorded = [event.action for event in db.exec(select(AuditEvent)).all()]
    assert {"emergency_asked", "emergency_approved"} <= set(recorded)


def test_nobody_agrees_with_themselves_and_nobody_without_the_right(databases: Databases, clock: Clock) -> None:
    opal = acting(databases, OPAL)
    row = ask(databases, opal)
    vera = acting(databases, Somebody("vera@lanternway.example", "Vera", Role.VERIFIER))
    for second in (opal, vera, acting(databases, NOOR, HARBOUR)):
        with pytest.raises(Forbidden), unit_of_work(databases) as db:
            emergency.approve(db, row.id, by=second, operator_mailbox="")
    clock.advance(hours=4)
    with pytest.raises(Forbidden), unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=acting(databases, ANA), operator_mailbox="")
    assert not reads_requests(databases, opal)


def test_only_an_operator_asks_and_says_why(databases: Databases) -> None:
    with pytest.raises(Forbidden):
        ask(databases, acting(databases, MO))
    with pytest.raises(Refused):
        ask(databases, acting(databases, OPAL), "because")


def test_it_is_ended_early_and_cannot_be_agreed_to_afterwards(databases: Databases) -> None:
    opal, mo = acting(databases, OPAL), acting(databases, MO)
    row = ask(databases, opal)
    with unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=mo, operator_mailbox="")
    with unit_of_work(databases) as db:
        emergency.end(db, row.id, by=mo)
    assert not reads_requests(databases, opal)
    with pytest.raises(Conflict), unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=acting(databases, ANA), operator_mailbox="")


def test_a_verifier_never_reads_requests_even_while_an_emergency_runs(databases: Databases) -> None:
    opal, mo = acting(databases, OPAL), acting(databases, MO)
    row = ask(databases, opal)
    with unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=mo, operator_mailbox="")
    vera = acting(databases, Somebody("vera@lanternway.example", "Vera", Role.VERIFIER))
    assert not reads_requests(databases, vera)
    assert not vera.may(Permission.ANSWER_REQUESTS)


def test_the_pages_of_an_emergency(client: Client, databases: Databases) -> None:
    sign_in(client, databases, Role.OPERATOR)
    assert submit(client, "/house/emergency", action="/house/emergency", reason="no").status_code == 422
    leads_to(submit(client, "/house/emergency", action="/house/emergency", reason=WHY))
    words = words_of(client.get("/house/emergency").text)
    assert "Waits for a second person" in words
    assert "Agree" not in words, "who asked is not offered to agree"
    sign_in(client, databases, Role.MODERATOR)
    with reading(databases) as db:
        row = db.exec(select(EmergencyAccess)).one()
    assert client.post("/house/emergency", data={"reason": WHY}).status_code == 403
    leads_to(client.post(f"/house/emergency/{row.id}/approve"))
    assert "Running" in words_of(client.get("/house/emergency").text)
    leads_to(client.post(f"/house/emergency/{row.id}/end"))
    assert "Running" not in words_of(client.get("/house/emergency").text)
    sign_in(client, databases, Role.VERIFIER)
    assert client.get("/house/emergency").status_code == 403


def test_in_an_emergency_one_request_is_read_by_its_reference_and_the_look_is_recorded_first(
    client: Client, databases: Databases, clock: Clock
) -> None:
    asked = sent_request(databases, ready_clinic(databases))
    opal = sign_in(client, databases, Role.OPERATOR)
    press = {"reference": asked.reference.lower()}
    assert client.get("/house/requests").status_code == 403
    assert client.post("/house/requests", data=press).status_code == 403
    row = ask(databases, acting(databases, OPAL))
    assert client.post("/house/requests", data=press).status_code == 403
    with unit_of_work(databases) as db:
        emergency.approve(db, row.id, by=acting(databases, MO), operator_mailbox="")
    assert submit(client, "/house/requests", reference="").status_code == 422
    assert client.post("/house/requests", data={"reference": "R-0000-00"}).status_code == 404
    shown = submit(client, "/house/requests", **press)
    assert "Pat Quillfeather" in words_of(shown.text)
    assert "Read in an emergency" in words_of(shown.text)
    with reading(databases) as db:
        looks = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed")).all()
    assert [(look.actor_kind, look.actor_label) for look in looks] == [("operator", opal.label)]
    clock.advance(minutes=14)
    client.get("/account")
    with unit_of_work(databases) as db:
        emergency.end(db, row.id, by=acting(databases, MO))
    assert client.post("/house/requests", data=press).status_code == 403


def test_an_invitation_that_was_used_is_over_for_actions_too(databases: Databases) -> None:
    row = invited(databases, acting(databases, OLA, HARBOUR), NOOR.mailbox)
    user = person(databases, Somebody(NOOR.mailbox, "Noor", Role.INTAKE), OTHER)
    with unit_of_work(databases) as db:
        actions.accept_by_id(db, row.id, user)
    with pytest.raises(Gone), unit_of_work(databases) as db:
        actions.accept_by_id(db, row.id, user)
