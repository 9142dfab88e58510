"""A patient asks a clinic to be seen, page by page, as a browser without scripts does."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from directory import wiring
from directory.delivery.models import OutboxMessage
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import TooMany
from directory.listings import actions as listings
from directory.referrals import content, limits
from directory.referrals.models import Draft, Referral, Source
from tests.support.clinics import AT
from tests.support.forms import Client, form_of, leads_to, links_of, submit, title_of, words_of
from tests.support.journeys import AGREED, PAT, answer_all, begin
from tests.support.requests import SLUG, ready_clinic
from tests.support.time import Clock

BEGIN = f"/clinics/{SLUG}/ask"


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with Harbour Clinic in it."""
    ready_clinic(databases)
    return client


def test_the_form_begins_with_the_question_whether_somebody_is_in_danger(site: Client) -> None:
    assert begin(site) == "/ask/danger"


def finished(site: Client, **changed: dict[str, Any]) -> str:
    return answer_all(site, begin(site), PAT | changed)


def sent(site: Client, clock: Clock, **changed: dict[str, Any]) -> str:
    assert finished(site, **changed) == "/ask/check"
    clock.advance(minutes=3)
    assert leads_to(submit(site, "/ask/check")) == "/ask/sent"
    page = site.get("/ask/sent")
    assert page.status_code == 200
    return str(page.text)


def requests(databases: Databases) -> list[Referral]:
    with reading(databases) as db:
        return list(db.exec(select(Referral)).all())


def content_of(databases: Databases) -> dict[str, Any]:
    with reading(databases) as db:
        return content.answers_of(sealed.ring_of(db), db.exec(select(Referral)).one())


def test_a_request_is_asked_in_short_pages_checked_sent_and_told(
    site: Client, databases: Databases, clock: Clock
) -> None:
    page = sent(site, clock)
    [referral] = requests(databases)
    assert referral.reference in page
    assert "If the clinic has not answered by Thursday, March 12, 2026, we remind it." in words_of(page)
    assert "988" in page
    kept = content_of(databases)
    assert kept["zip5"] == "04101"
    assert (kept["phone"], kept["accessibility"]) == ("+12075550123", ["handiaccess", "mobility"])
    assert (referral.source, referral.has_mailbox) == (Source.PATIENT, True)
    assert set(kept).isdisjoint({"danger", "agree_collect", "done"})
    with reading(databases) as db:
        assert db.exec(select(func.count()).select_from(OutboxMessage)).one() == 2


def test_nothing_is_asked_before_the_notice_the_consents_and_the_disclosures(site: Client) -> None:
    page = site.get(BEGIN).text
    words = words_of(page)
    assert "This form is not monitored. It is not for emergencies." in words
    assert "/privacy/consumer-health" in links_of(page)
    for sentence in ("How clinics come to be listed.", "What clinics pay.", "How one clinic is chosen."):
        assert sentence in words
    refused = submit(site, BEGIN, agree_collect="yes")
    assert refused.status_code == 422
    assert title_of(refused.text).startswith("Error: ")
    assert "share it with this clinic" in words_of(refused.text)


def test_the_versions_that_were_shown_are_kept_with_the_request(
    site: Client, databases: Databases, clock: Clock
) -> None:
    sent(site, clock)
    [referral] = requests(databases)
    assert referral.consent_version == "patient-2026-11-23"
    assert referral.notice_version in site.get("/privacy/consumer-health").text
    assert referral.disclosure_version in site.get("/about/disclosures").text
    assert referral.consented_at < referral.created_at


def test_a_wrong_answer_comes_back_as_typed_with_a_sentence(site: Client) -> None:
    at = begin(site)
    for name, wrong, words in [
        ("danger", {}, "Choose yes or no"),
        ("name", {"patient_name": "x" * 121}, "Use 120 characters or fewer"),
        ("contact", {"phone": "2075550123", "prefers": "email"}, "enter an email address, or choose another way"),
        ("place", {"zip5": "4101"}, "Enter a ZIP code of five digits"),
        ("treatment", {"treatment": "KET_IM"}, "This clinic does not give that treatment"),
        ("note", {"note": "x" * 501}, "Use 500 characters or fewer"),
    ]:
        at = answer_all(site, at, PAT, until=name)
        page = submit(site, at, **wrong)
        assert page.status_code == 422
        assert words in words_of(page.text)
        assert title_of(page.text).startswith("Error: ")
        typed = [value for field, value in wrong.items() if field != "treatment"]
        assert all(value in page.text for value in typed)


def test_yes_to_the_danger_question_opens_the_page_of_988_and_is_kept_nowhere(
    site: Client, databases: Databases
) -> None:
    at = begin(site)
    assert leads_to(submit(site, at, danger="yes")) == "/ask/help"
    page = site.get("/ask/help").text
    assert "Please get help right now" in words_of(page)
    assert "tel:988" in links_of(page)
    assert "autofocus" in page
    assert "/ask/for" in links_of(page)
    assert site.get("/ask/for").status_code == 200
    with reading(databases) as db:
        draft = db.exec(select(Draft)).one()
        kept = content.answers_of(sealed.ring_of(db), draft)
    assert "danger" not in str(kept)


def test_under_eighteen_the_form_stops_with_somewhere_else_to_go(site: Client, databases: Databases) -> None:
    at = answer_all(site, begin(site), PAT, until="adult")
    assert leads_to(submit(site, at, adult="no")) == "/ask/under-18"
    assert "Nothing was sent" in words_of(site.get("/ask/under-18").text)
    assert leads_to(site.get("/ask/check")) == "/ask/adult"


def test_somebody_who_asks_for_another_says_who_and_is_not_asked_for_a_note(
    site: Client, databases: Databases, clock: Clock
) -> None:
    helper = {"helper_name": "Robin Quillfeather", "relationship": "partner", "they_agree": "yes"}
    at = answer_all(site, begin(site), PAT | {"for": {"for_whom": "other"}, "helper": helper})
    assert at == "/ask/check"
    assert "Robin Quillfeather (Husband, wife or partner)" in words_of(site.get(at).text)
    assert site.get("/ask/note").status_code == 303
    clock.advance(minutes=3)
    leads_to(submit(site, at))
    assert requests(databases)[0].source == Source.PROXY
    assert "note" not in content_of(databases)


def test_a_note_that_a_changed_mind_left_behind_is_not_sent(site: Client, databases: Databases, clock: Clock) -> None:
    assert finished(site) == "/ask/check"
    at = leads_to(submit(site, "/ask/for?return=check", for_whom="other"))
    assert at == "/ask/helper"
    leads_to(submit(site, at, helper_name="Robin", relationship="friend", they_agree="yes"))
    clock.advance(minutes=3)
    leads_to(submit(site, "/ask/check"))
    assert "Mornings" not in str(content_of(databases))


def test_change_leads_back_to_the_check(site: Client) -> None:
    assert finished(site) == "/ask/check"
    page = site.get("/ask/check").text
    assert "/ask/name?return=check" in links_of(page)
    shown = site.get("/ask/name?return=check").text
    assert 'value="Pat Quillfeather"' in shown
    assert leads_to(submit(site, "/ask/name?return=check", patient_name="Pat Q.")) == "/ask/check"
    assert "Pat Q." in site.get("/ask/check").text


def test_without_email_the_clinic_will_phone_and_the_page_says_so(
    site: Client, databases: Databases, clock: Clock
) -> None:
    page = words_of(sent(site, clock, contact={"phone": "2075550123", "prefers": "call"}))
    assert "the clinic will phone you" in page
    assert "Write down or print the reference." in page
    [referral] = requests(databases)
    assert (referral.has_mailbox, referral.mailbox_sealed) == (False, None)


def test_a_form_survives_a_reload_and_is_taken_up_where_it_was_left(site: Client) -> None:
    at = answer_all(site, begin(site), PAT, until="place")
    assert at == "/ask/place"
    assert leads_to(site.get("/ask")) == "/ask/place"
    assert 'value="after 5 p.m."' in site.get("/ask/reach").text
    assert "Your answers are still here." in words_of(site.get(BEGIN).text)


def test_a_form_survives_a_restart_of_the_server(
    site: Client, make_client: Callable[..., Client], database_url: str
) -> None:
    answer_all(site, begin(site), PAT, until="place")
    again = make_client(database_url=database_url)
    again.cookies.update(site.cookies)
    assert leads_to(again.get("/ask")) == "/ask/place"


def test_after_a_day_the_form_is_gone_and_the_page_says_how_to_go_on(site: Client, clock: Clock) -> None:
    begin(site)
    clock.advance(hours=24, minutes=1)
    page = site.get("/ask/name")
    assert page.status_code == 410
    assert "kept for 24 hours" in words_of(page.text)


def test_without_a_form_there_is_no_question_to_answer(site: Client) -> None:
    assert site.get("/ask/name").status_code == 410
    assert site.post("/ask/name", data={"patient_name": "Pat"}).status_code == 410
    assert site.get("/ask/nonsense").status_code == 410
    begin(site)
    assert site.get("/ask/nonsense").status_code == 404


def test_a_page_of_another_form_is_a_conflict_and_changes_nothing(site: Client, databases: Databases) -> None:
    ready_clinic(databases, slug="kits-clinic", mailbox="kit@example.org", npi="1003000126")
    at = begin(site)
    old = form_of(site.get("/ask/for").text)
    leads_to(submit(site, "/clinics/kits-clinic/ask", **AGREED))
    answer = site.post(at.replace("danger", "for"), data={**old.hidden, "for_whom": "other"})
    assert answer.status_code == 409
    assert "begun another request" in words_of(answer.text)


def test_sent_twice_by_button_or_back_it_is_one_request(site: Client, databases: Databases, clock: Clock) -> None:
    assert finished(site) == "/ask/check"
    page = form_of(site.get("/ask/check").text, with_field="key")
    clock.advance(minutes=3)
    for _press in range(3):
        assert leads_to(site.post("/ask/check", data=page.hidden)) == "/ask/sent"
    assert leads_to(site.get("/ask/check")) == "/ask/sent"
    assert leads_to(site.get("/ask/name")) == "/ask/sent"
    assert leads_to(site.post("/ask/name", data={**page.hidden, "patient_name": "Other"})) == "/ask/sent"
    assert len(requests(databases)) == 1


def test_the_key_of_another_form_with_other_answers_is_refused(
    site: Client, databases: Databases, clock: Clock, make_client: Callable[..., Client], database_url: str
) -> None:
    assert finished(site) == "/ask/check"
    key = form_of(site.get("/ask/check").text, with_field="key").hidden["key"]
    clock.advance(minutes=3)
    leads_to(submit(site, "/ask/check"))
    other = make_client(database_url=database_url)
    assert answer_all(other, begin(other), PAT | {"name": {"patient_name": "Somebody Else"}}) == "/ask/check"
    clock.advance(minutes=3)
    answer = submit(other, "/ask/check", key=key)
    assert answer.status_code == 422
    assert "other answers" in words_of(answer.text)
    assert len(requests(databases)) == 1


def test_a_machine_that_fills_in_everything_is_stopped_in_words_and_loses_nothing(
    site: Client, databases: Databases, clock: Clock
) -> None:
    assert finished(site) == "/ask/check"
    clock.advance(minutes=3)
    answer = submit(site, "/ask/check", website="http://spam.example")
    assert answer.status_code == 422
    assert "A field that people cannot see was filled in" in words_of(answer.text)
    assert requests(databases) == []
    assert leads_to(submit(site, "/ask/check")) == "/ask/sent"


def test_who_is_quicker_than_a_person_is_asked_to_look_again(site: Client, databases: Databases, clock: Clock) -> None:
    assert finished(site) == "/ask/check"
    answer = submit(site, "/ask/check")
    assert (answer.status_code, requests(databases)) == (422, [])
    assert "quicker than a person reads" in words_of(answer.text)
    clock.advance(seconds=5)
    assert leads_to(submit(site, "/ask/check")) == "/ask/sent"


def test_what_is_missing_is_asked_before_it_is_sent(site: Client, databases: Databases, clock: Clock) -> None:
    at = answer_all(site, begin(site), PAT, until="about")
    draft = form_of(site.get(at).text).hidden["draft"]
    clock.advance(minutes=3)
    assert leads_to(site.post("/ask/check", data={"draft": draft})) == "/ask/about"
    assert requests(databases) == []


def test_what_was_typed_is_deleted_when_asked(site: Client, databases: Databases) -> None:
    at = answer_all(site, begin(site), PAT, until="about")
    assert leads_to(submit(site, at, action="/ask/delete")) == "/"
    assert site.get("/ask/about").status_code == 410
    with reading(databases) as db:
        assert db.exec(select(func.count()).select_from(Draft)).one() == 0


def test_nothing_that_was_typed_stands_in_an_address(site: Client, clock: Clock) -> None:
    at = begin(site)
    for _page in range(20):
        name = at.rsplit("/", 1)[1]
        assert "?" not in at
        if name not in PAT:
            break
        at = leads_to(submit(site, at, **PAT[name]))


def test_pages_of_a_form_are_kept_by_no_cache(site: Client) -> None:
    page = site.get(begin(site))
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_a_clinic_that_takes_no_requests_says_so_and_gives_its_phone(site: Client, databases: Databases) -> None:
    location_id = ready_clinic(databases, slug="off-clinic", mailbox="off@example.org", npi="1003000126")
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_referrals_on(db, location_id, False, at=AT)
    page = site.get("/clinics/off-clinic/ask")
    assert page.status_code == 200
    assert "Requests cannot be sent to this clinic from here" in words_of(page.text)
    assert "tel:+12075550142" in links_of(page.text)
    refused = site.post("/clinics/off-clinic/ask", data=AGREED)
    assert refused.status_code == 422
    assert "does not take requests from here" in words_of(refused.text)


def test_one_network_sends_forty_requests_an_hour_and_loses_no_answer_at_the_next(
    site: Client, databases: Databases, clock: Clock
) -> None:
    assert finished(site) == "/ask/check"
    clock.advance(minutes=3)
    for _request in range(limits.REQUESTS_PER_NETWORK):
        limits.send_request(databases, "testclient", "")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("directory.referrals.pages.ask.network_of", lambda _request: "testclient")
        refused = submit(site, "/ask/check")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 3000
        assert requests(databases) == []
        clock.advance(hours=1, minutes=1)
        assert leads_to(submit(site, "/ask/check")) == "/ask/sent"


def test_one_mailbox_is_written_to_for_twelve_requests_a_day(databases: Databases, clock: Clock) -> None:
    for number in range(limits.REQUESTS_PER_MAILBOX):
        limits.send_request(databases, f"192.0.2.{number}", "victim@example.net")
    with pytest.raises(TooMany, match="email address today"):
        limits.send_request(databases, "192.0.2.99", "victim@example.net")
    limits.send_request(databases, "192.0.2.99", "other@example.net")


def test_a_clinic_that_is_not_there_is_not_found(site: Client) -> None:
    assert site.get("/clinics/nobody/ask").status_code == 404
    assert site.post("/clinics/nobody/ask", data=AGREED).status_code == 404
