"""The clinic answers by link and code; the sender follows and takes back; each sees what is theirs and no more."""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlmodel import col, select

from directory.accounts import codes
from directory.accounts.models import AuditEvent, MailboxCode
from directory.lib.db import Databases, reading
from directory.listings.queries import find_location_by_slug
from directory.referrals.models import Referral, ReferralTask
from tests.support.forms import Client, form_of, leads_to, links_of, submit, title_of, words_of
from tests.support.journeys import Mail, clinic_opens, sender_opens
from tests.support.requests import ready_clinic, sent_request
from tests.support.site import SECRET
from tests.support.time import Clock

SECRETS = ("Quillfeather", "pat@example.net", "555-0123", "depress", "Spravato")


@pytest.fixture
def place(databases: Databases, clock: Clock) -> Databases:
    """Harbour Clinic, and a request of Pat's at it."""
    ready_clinic(databases)
    return databases


@pytest.fixture
def noor(client: Client, place: Databases) -> Client:
    """Noor's browser at Harbour Clinic."""
    return client


@pytest.fixture
def pat(make_client: Callable[..., Client], database_url: str) -> Client:
    """Pat's own browser."""
    return make_client(database_url=database_url)


@pytest.fixture
def kit(make_client: Callable[..., Client], database_url: str) -> Client:
    """Kit's browser, at another clinic."""
    return make_client(database_url=database_url)


@pytest.fixture
def mail(databases: Databases) -> Mail:
    """What is mailed."""
    return Mail(databases)


def location(databases: Databases) -> UUID:
    with reading(databases) as db:
        found = find_location_by_slug(db, "harbour-clinic-portland-me")
        assert found is not None
        return found.id


@pytest.fixture
def referral(place: Databases) -> Referral:
    """What Pat sent."""
    return sent_request(place, location(place))


def status(databases: Databases) -> str:
    with reading(databases) as db:
        return db.exec(select(ReferralTask.status)).one()


def test_a_link_shows_that_something_waits_and_changes_nothing(
    noor: Client, referral: Referral, mail: Mail, databases: Databases
) -> None:
    link = mail.link()
    page = noor.get(link)
    assert "Something waits for you" in words_of(page.text)
    assert referral.reference not in page.text
    assert not any(secret in page.text for secret in SECRETS)
    assert status(databases) == "sent"


def test_the_clinic_opens_it_by_code_reads_what_decides_first_and_accepts(
    noor: Client, referral: Referral, mail: Mail, databases: Databases, pat: Client
) -> None:
    page = clinic_opens(noor, mail, mail.link())
    words = words_of(page.text)
    assert status(databases) == "delivered_opened"
    order = ["Leave no voicemail", "Asked for", "What you can do now", "Everything that was answered", "What happened"]
    assert sorted(order, key=words.index) == order
    assert "The sender gave an email address that is not proved yet; the sender’s identity is not checked." in words
    assert "Pat Quillfeather" in words
    assert "Spravato® (esketamine) nasal spray" in words
    answer = submit(noor, "/answer/current/accept", words="We call you on Monday.")
    assert leads_to(answer) == "/answer/done"
    assert "You accepted the request" in words_of(noor.get("/answer/done").text)
    assert status(databases) == "accepted"
    assert "Pat Quillfeather" in noor.get("/answer/current").text
    told = words_of(sender_opens(pat, mail, referral.reference).text)
    assert "The clinic says yes." in told
    assert "We call you on Monday." in told


def test_every_look_at_a_request_is_recorded_before_it_is_shown(
    noor: Client, referral: Referral, mail: Mail, databases: Databases
) -> None:
    clinic_opens(noor, mail, mail.link())
    noor.get("/answer/current")
    with reading(databases) as db:
        rows = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed").order_by(col(AuditEvent.seq))).all()
    assert [(row.actor_label, row.subject_type) for row in rows] == [
        ("harbour-clinic-portland-me", "referral_task"),
        ("harbour-clinic-portland-me", "referral_task"),
    ]


def test_a_declined_request_is_told_in_plain_words_and_never_by_its_code(
    noor: Client, referral: Referral, mail: Mail, databases: Databases, pat: Client
) -> None:
    clinic_opens(noor, mail, mail.link())
    refused = submit(noor, "/answer/current/decline", reason="other")
    assert refused.status_code == 422
    answer = submit(
        noor, "/answer/current/decline", reason="not_eligible_clinical", comment="BP 190/110", words="See Dr Lee."
    )
    assert leads_to(answer) == "/answer/done"
    assert "You declined the request" in words_of(noor.get("/answer/done").text)
    closed = noor.get("/answer/current")
    assert (closed.status_code, "Quillfeather" in closed.text) == (403, False)
    told = sender_opens(pat, mail, referral.reference)
    words = words_of(told.text)
    assert "The clinic thinks another kind of care would serve you better." in words
    assert "See Dr Lee." in words
    assert "BP 190" not in words
    assert "ligible" not in words
    assert "/search?near=04101" in links_of(told.text)


def test_the_code_pressed_twice_opens_the_request_though_the_first_answer_got_lost(
    noor: Client, referral: Referral, mail: Mail, databases: Databases, pat: Client
) -> None:
    link = mail.link()
    at = leads_to(submit(noor, link))
    waiting, code = noor.cookies["code-answer"], mail.code()
    assert leads_to(noor.post(at, data={"code": code})) == "/answer/current"
    noor.cookies.clear()
    noor.cookies.set("code-answer", waiting)
    assert leads_to(noor.post(at, data={"code": code})) == "/answer/current"
    assert "Pat Quillfeather" in noor.get("/answer/current").text
    assert status(databases) == "delivered_opened"
    at = leads_to(submit(pat, "/requests", reference=referral.reference, mailbox="pat@example.net"))
    waiting, code = pat.cookies["code-follow"], mail.code()
    assert leads_to(pat.post(at, data={"code": code})) == "/requests/current"
    pat.cookies.clear()
    pat.cookies.set("code-follow", waiting)
    assert leads_to(pat.post(at, data={"code": code})) == "/requests/current"
    assert pat.get("/requests/current").status_code == 200


def test_the_answer_button_pressed_twice_answers_once(
    noor: Client, referral: Referral, mail: Mail, databases: Databases
) -> None:
    clinic_opens(noor, mail, mail.link())
    form = form_of(noor.get("/answer/current/accept").text)
    for _press in range(2):
        assert leads_to(noor.post("/answer/current/accept", data={**form.hidden, "words": ""})) == "/answer/done"
    with reading(databases) as db:
        assert db.exec(select(ReferralTask.steps)).one() == 3


def test_a_withdrawn_request_closes_for_the_clinic_at_once(
    noor: Client, referral: Referral, mail: Mail, databases: Databases, pat: Client
) -> None:
    link = mail.link()
    clinic_opens(noor, mail, link)
    page = noor.get("/answer/current/accept")
    sender_opens(pat, mail, referral.reference)
    assert "Withdraw your request?" in words_of(pat.get("/requests/current/withdraw").text)
    assert leads_to(submit(pat, "/requests/current/withdraw")) == "/requests/current?done=withdraw"
    assert "This request was withdrawn." in words_of(pat.get("/requests/current").text)
    assert status(databases) == "cancelled"
    for answer in (noor.get("/answer/current"), noor.post(link), noor.get("/answer/current/decline")):
        assert answer.status_code == 403
        assert "Quillfeather" not in answer.text
    late = noor.post("/answer/current/accept", data=form_of(page.text).hidden)
    assert late.status_code == 409
    assert "is closed (Withdrawn)" in words_of(late.text)


def test_the_senders_page_tells_what_comes_next_and_when_in_neutral_titles(
    pat: Client, referral: Referral, mail: Mail
) -> None:
    page = sender_opens(pat, mail, referral.reference)
    words = words_of(page.text)
    assert title_of(page.text) == "Your request – Lanternway"
    assert "Your request was sent. The clinic has not opened it yet." in words
    assert "If the clinic has not answered by Thursday, March 12, 2026, we remind it." in words
    assert "Without an answer the request ends on Thursday, April 9, 2026." in words
    assert "tel:+12075550142" in links_of(page.text)
    assert "You sent the request" in words
    assert not any(secret in words for secret in ("Quillfeather", "Spravato", "Depression"))


def test_until_the_mail_has_gone_the_page_does_not_call_it_delivered(
    pat: Client, referral: Referral, databases: Databases
) -> None:
    mail = Mail(databases)
    at = leads_to(submit(pat, "/requests", reference=referral.reference, mailbox="PAT@example.net"))
    with reading(databases) as db:
        code = codes.code_for(SECRET, db.exec(select(MailboxCode.id)).one())
    assert leads_to(submit(pat, at, code=code)) == "/requests/current"
    assert "It has not reached its mailbox yet." in words_of(pat.get("/requests/current").text)
    mail.read()
    assert "The clinic has not opened it yet." in words_of(pat.get("/requests/current").text)


def test_what_is_answered_never_tells_whether_a_request_exists(
    pat: Client, referral: Referral, mail: Mail, make_client: Callable[..., Client], database_url: str
) -> None:
    mail.read()
    pages = []
    for reference, mailbox in [
        (referral.reference, "pat@example.net"),
        (referral.reference, "somebody@example.net"),
        ("R-ZZZZ-ZZ", "pat@example.net"),
    ]:
        browser = make_client(database_url=database_url)
        at = leads_to(submit(browser, "/requests", reference=reference, mailbox=mailbox))
        pages.append((at, words_of(browser.get(at).text)))
        wrong = submit(browser, at, code="000000")
        pages[-1] += (wrong.status_code, words_of(wrong.text))  # type: ignore[assignment]
    assert pages[0] == pages[1] == pages[2]
    assert [mailbox for name, mailbox, _words in mail.read() if name == "code"] == ["pat@example.net"]


def test_a_code_for_a_request_is_asked_three_times_an_hour_and_no_more(pat: Client, referral: Referral) -> None:
    for _time in range(3):
        leads_to(submit(pat, "/requests", reference=referral.reference, mailbox="pat@example.net"))
    refused = submit(pat, "/requests", reference=referral.reference, mailbox="pat@example.net")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def test_done_on_this_computer_leaves_nothing_open(pat: Client, referral: Referral, mail: Mail) -> None:
    page = sender_opens(pat, mail, referral.reference)
    assert form_of(page.text, action="/requests/done")
    assert leads_to(pat.post("/requests/done")) == "/requests/closed"
    assert pat.get("/requests/current").status_code == 403


def test_after_half_an_hour_the_page_asks_for_a_new_code(
    noor: Client, referral: Referral, mail: Mail, clock: Clock
) -> None:
    clinic_opens(noor, mail, mail.link())
    clock.advance(minutes=31)
    answer = noor.get("/answer/current")
    assert answer.status_code in {403, 410}
    assert "Quillfeather" not in answer.text


def test_kit_of_another_clinic_sees_nothing_of_harbours(
    kit: Client, referral: Referral, mail: Mail, databases: Databases
) -> None:
    kits = ready_clinic(databases, slug="kits-clinic", mailbox="kit@example.org", npi="1003000126")
    harbours_link = mail.link()
    sent_request(databases, kits, key="kits", patient_name="Someone Else")
    page = clinic_opens(kit, mail, mail.link())
    assert "Someone Else" in page.text
    assert "Quillfeather" not in page.text
    leads_to(submit(kit, harbours_link))
    [mailbox] = [mailbox for name, mailbox, _words in mail.read() if name == "code"]
    assert mailbox == "intake@harbour.example.org"
    assert "Quillfeather" not in kit.get("/answer/current").text


def test_without_a_code_nothing_is_shown_and_nothing_can_be_done(client: Client, databases: Databases) -> None:
    for path in (
        "/answer/current",
        "/answer/current/decline",
        "/answer/done",
        "/requests/current",
        "/requests/current/withdraw",
    ):
        assert client.get(path).status_code == 403, path
    for path in ("/answer/current/accept", "/answer/current/decline", "/requests/current/withdraw"):
        assert client.post(path).status_code == 403, path
    for path in ("/answer/code", "/requests/code"):
        assert client.post(path, data={"code": "123456"}).status_code == 410, path


def test_a_link_of_nine_days_is_too_old_and_says_which_works(
    noor: Client, referral: Referral, mail: Mail, clock: Clock
) -> None:
    link = mail.link()
    clock.advance(days=9)
    page = noor.get(link)
    assert page.status_code == 410
    assert "Use the link in the newest mail." in words_of(page.text)
    assert noor.get("/answer/nonsense").status_code == 404
    assert noor.post("/answer/nonsense/renew").status_code == 404
    mail.read()
    assert "A new link is on its way" in words_of(noor.post(form_of(page.text).action).text)
    [(message, mailbox, words)] = mail.read()
    assert (message, mailbox) == ("referral_link", "intake@harbour.example.org")
    new = urlsplit(next(part for part in words.text.split() if "/answer/" in part)).path
    assert new != link
    assert noor.get(new).status_code == 200
    for _time in range(2):
        noor.post(f"{link}/renew")
    assert noor.post(f"{link}/renew").status_code == 429


def test_a_request_without_a_mailbox_is_opened_by_nobody(pat: Client, place: Databases, mail: Mail) -> None:
    referral = sent_request(place, location(place), email="", key="no-mail")
    mail.read()
    leads_to(submit(pat, "/requests", reference=referral.reference, mailbox="pat@example.net"))
    assert mail.read() == []
    assert "You gave no email address?" in words_of(pat.get("/requests").text)


def test_mail_and_addresses_hold_no_word_about_a_person_or_health(noor: Client, referral: Referral, mail: Mail) -> None:
    for _message, _mailbox, words in mail.read():
        told = f"{words.subject} {words.text} {words.html}".lower()
        for secret in ("quillfeather", "spravato", "ketamine", "depress", "harbour", "988", "555"):
            assert secret not in told
        for part in told.split():
            assert not urlsplit(part).query or "reference=r-" in part


def test_a_clinician_is_told_the_coded_reason_in_words(
    noor: Client, place: Databases, mail: Mail, pat: Client, clock: Clock
) -> None:
    referral = sent_request(place, location(place), clinician=True, key="c")
    page = clinic_opens(noor, mail, mail.link())
    words = words_of(page.text)
    assert "The sender’s mailbox is proved; the sender’s identity is not checked." in words
    assert "History of intracerebral hemorrhage: not known" in words
    assert "F33.2" in words
    leads_to(submit(noor, "/answer/current/decline", reason="no_capacity"))
    clock.advance(hours=1)
    told = words_of(sender_opens(pat, mail, referral.reference, "rivera@example.com").text)
    assert "No capacity" in told
