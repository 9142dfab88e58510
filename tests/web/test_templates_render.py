"""Every page template is rendered through the routes with real data; a new one fails until a page here shows it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import col, select

from directory.accounts import actions, links, totp
from directory.accounts.actor import system
from directory.accounts.models import EmergencyAccess
from directory.accounts.permissions import Role
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.languages import CLOSE, OPEN, PSEUDO
from directory.listings.models import Location, Organization
from directory.referrals import actions as referrals
from directory.referrals import clinic_actions
from directory.referrals import queries as referral_queries
from directory.referrals.models import ReferralTask, TermsAccepted
from directory.search import actions as search
from directory.seeding import bulk
from tests.house.markup import Template, templates
from tests.support import documents, house, rooms, unmarked
from tests.support.databases import Maker, ring_for_tests
from tests.support.entries import an_entry
from tests.support.forms import Client, form_of, leads_to, submit
from tests.support.journeys import PAT, RIVERA, Mail, answer_all, begin, clinic_opens, sender_opens
from tests.support.people import CAST, person, sign_in, sign_out
from tests.support.requests import NOOR, SLUG, ready_clinic, sent_request
from tests.support.routes import litestar_of
from tests.support.signing_in import ask_for_link, change_mailbox, link_in
from tests.support.site import SECRET
from tests.support.time import Clock

HELPER = {"helper": {"helper_name": "Sam Quillfeather", "relationship": "partner", "they_agree": "yes"}}
ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
MAIL = "20260310T150000000000-0a.eml"
READ = (
    "/",
    "/crisis",
    "/patterns",
    "/patterns/step",
    "/api/docs",
    "/privacy/consumer-health",
    "/about/disclosures",
    "/about/how-it-works",
    "/privacy/nothing-follows-you",
    "/accessibility",
    "/contact",
    "/ask/help",
    "/ask/under-18",
    "/refer/emergency",
    "/requests/closed",
    "/answer/done",
    "/clinic/update",
    "/dev/mail",
    "/learn",
    "/learn?q=depression",
    "/learn/depression",
    f"/dev/mail/{MAIL}",
    "/clinics/doubted-clinic",
    "/clinics/phone-only-clinic/ask",
    "/search?near=10001&radius=100",
    "/search?near=10001&radius=100&treatment=SPRAVATO",
    "/search?near=59001&radius=5",
    "/search?near=Springfield",
    "/search?near=96910",
    "/tell-me?near=96910",
    "/tell-me/sent",
    "/unmet-need",
    "/unmet-need?state=GU",
    f"/clinics/{SLUG}",
    f"/clinics/{SLUG}/course?near=04103&treatment=KET_IV",
    f"/clinics/{SLUG}/course?near=Springfield",
    f"/clinics/{SLUG}/letter",
    f"/clinics/{SLUG}/questions",
    f"/compare?c={SLUG}",
    f"/compare?near=04101&c={SLUG}&c=phone-only-clinic",
    f"/compare/questions?c={SLUG}&c=phone-only-clinic",
)


def clinics_of_every_kind(databases: Databases) -> None:
    """Harbour Clinic, a clinic that is doubted, one that takes no requests here, and more than fit on one page."""
    ready_clinic(databases)
    ready_clinic(databases, slug="doubted-clinic", mailbox="a@example.org", npi="1003000126")
    ready_clinic(databases, slug="phone-only-clinic", mailbox="b@example.org", npi="1003000134")
    bulk.load(databases, lines=1_500)
    with unit_of_work(databases) as db:
        guam = {"latitude": 13.47, "longitude": 144.75, "state": "GU"}
        search.add_unmet(db, {(dt.date(2026, 2, 1), "66010"): 12, (dt.date(2026, 2, 1), "23005"): 80})
        search.write_entries(db, [an_entry("full", accepting_patients="nopt", **guam)])
    with unit_of_work(databases) as db:
        of = update(Location)
        db.execute(of.where(col(Location.slug) == "doubted-clinic").values(status="SUSPENDED"))
        db.execute(of.where(col(Location.slug) == "phone-only-clinic").values(referrals_on=False))


def pages_of_accounts(client: Client, databases: Databases, mail: Mail, clock: Clock) -> None:
    """The pages of people who sign in, each once: the way in, the account, the team, what is over."""
    with unit_of_work(databases) as db:
        organization_id = db.exec(select(Organization.id).order_by("name")).first()
        row = actions.invite_to_house(db, mailbox="new@x.example", role=Role.VERIFIER, by=system("tests"))
    mail.read()
    for path in ("/sign-in", "/sign-in/sent", "/sign-in/lost"):
        client.get(path)
    invitation = f"/invitation/{links.sign(SECRET, actions.INVITATION, row.id, clock.now().date())}"
    leads_to(submit(client, invitation))
    client.get("/sign-in/enrol")
    leads_to(submit(client, "/sign-in/enrol", action="/sign-in/enrol/app"))
    secret = client.get("/sign-in/enrol/app").text.split('id="secret">')[1].split("<")[0].replace(" ", "")
    submit(client, "/sign-in/enrol/app", code=totp.code_at(secret, totp.step_at(clock.now())))
    assert client.get(invitation).status_code == 410
    ask_for_link(client, "new@x.example")
    client.get(link := link_in(mail))
    leads_to(submit(client, link))
    client.get("/sign-in/factor")
    sign_in(client, databases, Role.OWNER, organization_id)
    for path in ("/account", "/account/prove", "/account/mailbox", "/account/mailbox/code", "/team"):
        assert client.get(path).status_code == 200, path
    moved = change_mailbox(client, mail, "ola@new.example")
    client.get(moved)
    sign_in(client, databases, Role.REFERRER)
    with reading(databases) as db:
        place = db.exec(select(Location.id).where(Location.slug == SLUG)).one()
    mine = sent_request(databases, place, key="template", clinician=True)
    for path in ("/referrals", "/referrals/templates", f"/referrals/{mine.reference}/template"):
        assert client.get(path).status_code == 200, path
    sign_in(client, databases, Role.OPERATOR)
    assert client.get("/house/emergency").status_code == 200
    emergency_opens_one_request(client, databases)
    sign_in(client, databases, Role.VERIFIER)
    assert client.get(f"/house/clinics/{SLUG}/evidence").status_code == 200
    sign_out(client)
    assert client.post("/account/name", data={"name": "x"}).status_code == 403
    client.cookies.delete("sign-in")
    assert client.get("/sign-in/factor").status_code == 410


def waits_for_a_place(client: Client, mail: Mail) -> None:
    """The page behind the link of somebody who wants to be told when a place opens."""
    mail.read()
    submit(client, "/tell-me", near="96910", radius="25", treatment="KET_SC", mailbox="waits@x.example")
    [words] = [words for name, _to, words in mail.read() if name == "place_confirm"]
    assert client.get(words.text.split("http://lanternway.example")[1].split()[0]).status_code == 200


def emergency_opens_one_request(client: Client, databases: Databases) -> None:
    """The pages that an operator reads a request on, while an emergency runs."""
    asked = sent_request(
        databases, ready_clinic(databases, slug="asked-clinic", mailbox="c@example.org", npi="1003000142")
    )
    opal, mo = person(databases, CAST[Role.OPERATOR]), person(databases, CAST[Role.MODERATOR])
    now = service_clock.now()
    with unit_of_work(databases) as db:
        db.add(
            EmergencyAccess(
                asked_by_id=opal.id,
                reason="A request that nobody at the clinic can open.",
                asked_at=now,
                approved_at=now,
                approved_by_id=mo.id,
                expires_at=now + dt.timedelta(hours=1),
            )
        )
    assert submit(client, "/house/requests", reference=asked.reference).status_code == 200


def the_clinics_steps(client: Client, databases: Databases) -> None:
    """Every page of a request behind the mailed code, up to an appointment whose request was withdrawn."""
    here = "/answer/current"
    with unit_of_work(databases) as db:
        db.execute(delete(TermsAccepted))
    leads_to(submit(client, here, agree="yes"))
    client.get(here)
    late = form_of(client.get(f"{here}/accept").text).hidden
    for name in ("decline", "waitlist", "by-phone", "redirect"):
        assert client.get(f"{here}/{name}").status_code == 200, name
    leads_to(submit(client, f"{here}/ask", question="Which mornings?"))
    leads_to(submit(client, f"{here}/reply", reply="All of them."))
    leads_to(submit(client, f"{here}/accept"))
    assert client.post(f"{here}/accept", data=late).status_code == 409
    for name in ("visit", "complete"):
        assert client.get(f"{here}/{name}").status_code == 200, name
    soon = service_clock.today() + dt.timedelta(days=7)
    day = {"appointment_month": soon.month, "appointment_day": soon.day, "appointment_year": soon.year}
    leads_to(submit(client, f"{here}/schedule", **day, time="9 am"))
    for name in ("no-show", "cancel-appointment"):
        assert client.get(f"{here}/{name}").status_code == 200, name
    with unit_of_work(databases) as db:
        task = db.exec(select(ReferralTask).where(ReferralTask.status == "scheduled")).one()
        referral = referral_queries.get_referral(db, task.referral_id)
        referrals.withdraw(db, referral.id, by=referrals.sender_of(referral), at=service_clock.now())
    assert client.get(f"{here}/confirm-cancel").status_code == 200


def the_senders_steps(client: Client, databases: Databases, mail: Mail) -> None:
    """Every page of a clinician's own request behind the mailed code."""
    here = "/requests/current"
    with reading(databases) as db:
        place = db.exec(select(Location.id).where(Location.slug == SLUG)).one()
    sent = sent_request(databases, place, key="the-senders", clinician=True, at=service_clock.now())
    with unit_of_work(databases) as db:
        task = referral_queries.find_task_of(db, sent.id)
        said = clinic_actions.Said(question="Which mornings?")
        clinic_actions.act(db, task.id, "ask", by=NOOR, at=service_clock.now(), version=task.steps, said=said)
    sender_opens(client, mail, sent.reference, "rivera@example.com")
    leads_to(submit(client, f"{here}/reply", reply="All of them."))
    for name in ("by-phone", "contact", "mistake", "withdraw", "delete", "data"):
        assert client.get(f"{here}/{name}").status_code == 200, name
    call = {"answer": "no", "spoke_with": "I with Noor", "what": "They are full."}
    today = service_clock.today()
    day = {"spoken_month": today.month, "spoken_day": today.day, "spoken_year": today.year}
    ready_clinic(databases, slug="elsewhere-clinic", mailbox="d@example.org", npi="1003000159")
    leads_to(submit(client, f"{here}/by-phone", **call, **day))
    assert "Ask another clinic" in client.get(here).text
    guest = sent_request(databases, place, key="guest", clinician=True, sender_mailbox="guest@example.org")
    sender_opens(client, mail, guest.reference, "guest@example.org")
    assert client.get(f"{here}/account").status_code == 200


def the_patients_door(client: Client, databases: Databases, mail: Mail) -> None:
    """The page at which the patient of a clinician's referral says once when they were born."""
    place = ready_clinic(databases, slug="followed-clinic", mailbox="f@example.org", npi="1003000167")
    given = {"email": "followed@example.net", "patient_mail": "yes"}
    sent = sent_request(
        databases, place, key="followed", clinician=True, at=service_clock.now(), patient_name="Fay Example", **given
    )
    mail.read()
    assert sender_opens(client, mail, sent.reference, given["email"]).status_code == 200


def not_rendered(found: list[Template], rendered: set[str]) -> set[str]:
    """Templates of pages that nothing rendered; those of mails have a house test of their own."""
    return {template.name for template in found if not template.name.startswith("messages/")} - rendered


def rendered_by(client: Client) -> set[str]:
    """The names of all templates that this application has loaded: it does so when it first renders one."""
    return {str(name) for _loader, name in litestar_of(client).state.templates.cache}


def test_every_page_is_rendered_with_real_data(
    make_client: Callable[..., Client], make_database: Callable[[str], Maker], clock: Clock, tmp_path: Path
) -> None:
    url = make_database("sqlite").demo()
    databases = Databases(url, keys=ring_for_tests())
    clinics_of_every_kind(databases)
    (tmp_path / "var" / "mail").mkdir(parents=True)
    (tmp_path / "var" / "mail" / MAIL).write_text("To: a@example.net\nDate: Tue, 10 Mar 2026 15:00:00 +0000\n\nWords\n")
    client = make_client(database_url=url, demo="yes", peer="127.0.0.1", native=PSEUDO)
    told: dict[str, set[str]] = {}
    client.event_hooks["response"].append(lambda answer: unmarked.gather(told, answer))
    mail = Mail(databases)
    for answers in (PAT | {"for": {"for_whom": "other"}} | HELPER, PAT):
        assert answer_all(client, begin(client), answers) == "/ask/check"
        client.get("/ask/check")
    clock.advance(minutes=5)
    assert leads_to(submit(client, "/ask/check")) == "/ask/sent"
    reference = client.get("/ask/sent").text.split('class="reference">')[1][:9]
    link = mail.link()
    assert client.post(f"{link}/renew").status_code == 200
    clinic_opens(client, mail, link)
    the_clinics_steps(client, databases)
    sender_opens(client, mail, reference)
    assert client.get("/requests/current/sent").status_code == 200
    the_senders_steps(client, databases, mail)
    the_patients_door(client, databases, mail)
    assert answer_all(client, begin(client, form="refer"), RIVERA) == "/refer/check"
    typed = form_of(client.get("/refer/documents").text).hidden | {"add": "yes"}
    client.post("/refer/documents", data=typed, files={"file": ("labs.pdf", documents.pdf())})
    clock.advance(minutes=5)
    mail.read()
    assert leads_to(submit(client, "/refer/check")) == "/refer/code"
    assert leads_to(submit(client, "/refer/code", code=mail.code())) == "/refer/sent"
    clinic_opens(client, mail, mail.link())
    reference = client.get("/refer/sent").text.split('class="reference">')[1][:9]
    sender_opens(client, mail, reference, "rivera@example.com")
    pages_of_accounts(client, databases, mail, clock)
    waits_for_a_place(client, mail)
    for path in (*READ, *(f"/patterns/errors/{status}" for status in ERRORS)):
        assert client.get(path).status_code in {200, 422}, path
    rooms.walk(client, databases, SLUG)
    rooms.claim(client, databases, "phone-only-clinic")
    house.walk(client, databases, SLUG)
    assert not_rendered(templates(), rendered_by(client)) == set()
    assert unmarked.in_english(told) == {}
    databases.close()


def test_english_outside_brackets_is_noticed_wherever_it_stands() -> None:
    page = f'<p>{OPEN}Within a <b>week</b>··{CLOSE} Within a week</p><img alt="Treatment"><script>Condition</script>'
    told = {text: {"/search"} for text in unmarked.outside(page)}
    assert set(unmarked.in_english(told)) == {"Within a week", "Treatment"}


def test_a_template_that_no_page_shows_is_noticed() -> None:
    found = [Template("search/new.html", ""), Template("search/home.html", ""), Template("messages/a/body.txt", "")]
    assert not_rendered(found, {"search/home.html"}) == {"search/new.html"}
