"""The whole way of a request over HTTP: Pat asks, Dr Rivera refers, Noor answers, each with the mail that came."""

import re
from typing import Any

from sqlmodel import col, select

from directory import settings as settings_module
from directory.accounts.renderer import Letters
from directory.delivery.actions import mailbox_of
from directory.delivery.leases import Job
from directory.delivery.letters import Rendered
from directory.delivery.models import OutboxMessage, OutboxState
from directory.lib import clock as service_clock
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import content, queries
from directory.web.templates import environment
from tests.support.forms import Client, leads_to, submit
from tests.support.requests import SLUG
from tests.support.site import SECRET

BASE = "http://lanternway.example"
AGREED = {"agree_collect": "yes", "agree_share": "yes"}

PAT: dict[str, dict[str, Any]] = {
    "danger": {"danger": "no"},
    "for": {"for_whom": "self"},
    "adult": {"adult": "yes"},
    "name": {"patient_name": "Pat Quillfeather"},
    "contact": {"phone": "207 555 0123", "email": "pat@example.net", "prefers": "email"},
    "reach": {"voicemail": "no", "through": "", "reach_note": "after 5 p.m."},
    "place": {"zip5": "04101-1234"},
    "about": {"condition": "TRD"},
    "treatment": {"treatment": "SPRAVATO"},
    "insurance": {"payer": "commppo", "plan": "Blue Gold"},
    "needs": {"language": "es", "accessibility": ["handiaccess", "mobility"], "ride": "not_sure"},
    "ranking": {},
    "note": {"note": "Mornings are best."},
}
"""What Pat types, by page."""

RIVERA: dict[str, dict[str, Any]] = {
    "sender": {
        "sender_name": "Dr Rosa Rivera, MD",
        "npi": "1234567893",
        "organization": "Rivera Psychiatry",
        "sender_phone": "207-555-0177",
        "sender_mailbox": "rivera@example.com",
    },
    "reply": {"role": "psychiatrist", "stays": "yes", "answer_by": "mail"},
    "patient": {"patient_name": "Pat Quillfeather", "birth": "5/6/1980", "zip5": "04101"},
    "contact": {"phone": "207 555 0123", "email": "", "prefers": "call", "voicemail": "yes", "through": ""},
    "risk": {"risk": "MODERATE", "risk_on": "today", "safety_plan": "YES"},
    "question": {"treatment": "SPRAVATO", "urgency": "soon", "question": "Please evaluate for esketamine."},
    "diagnosis": {"diagnosis": "F33.2", "diagnosis_2": "F4312", "episode_start": "6/2024"},
    "trials": {
        "trials-1-drug": "Zoloft",
        "trials-1-dose": "200 mg",
        "trials-1-start": "7/1/2024",
        "trials-1-end": "10/1/2024",
        "trials-1-outcome": "NO_RESPONSE",
        "trials-1-adherence": "GOOD",
        "trials-2-drug": "venlafaxine",
        "trials-2-dose": "225",
        "trials-2-start": "11/2024",
        "trials-2-end": "now",
        "trials-2-outcome": "PARTIAL",
    },
    "medicines": {
        "medicines": "venlafaxine 225 mg",
        "allergies": "none",
        "cns_depressant": "NO",
        "psychostimulant": "NO",
        "maoi": "NO",
        "theophylline": "NO",
        "thyroid": "UNKNOWN",
    },
    "scales": {"scales-1-scale": "PHQ9", "scales-1-total": "19", "scales-1-on": "yesterday"},
    "before": {
        "had_esketamine": "NO",
        "had_ketamine": "NO",
        "had_ect": "NO",
        "had_tms": "YES",
        "had_stimulation": "NO",
        "had_psychotherapy": "YES",
        "before_note": "TMS 2024, 30 sessions, partial; CBT since 1/2025",
    },
    "screen": {"aneurysm": "NO", "avm": "YES", "ich": "UNKNOWN", "hypersens": "NO", "bp_hazard": "NO"},
    "precautions": {
        "cv_recent": "NO",
        "psychosis": "NO",
        "sud": "YES",
        "icp_iop": "NO",
        "cystitis": "NO",
        "cognitive": "NO",
        "resp": "NO",
        "nasal": "NO",
    },
    "body": {"bp": "128/82", "bp_on": "today", "pregnant": "NO", "lactation": "NO", "hepatic": "NONE"},
    "coverage": {"payer": "medib", "pa_status": "NOT_STARTED", "investigate": "yes", "plan": "", "member_id": ""},
    "checks": {"pdmp_on": "", "uds_on": "", "rems": "NO"},
    "needs": {"language": "en", "ride": "yes"},
    "ranking": {},
    "consent": {"basis": "agreed", "part2": "yes", "part2_consent": "yes"},
    "documents": {},
}
"""What Dr Rivera types, by page."""


def begin(client: Client, *, slug: str = SLUG, form: str = "ask") -> str:
    """Agree to what stands before the form; where its first question is."""
    return leads_to(submit(client, f"/clinics/{slug}/{form}", **(AGREED if form == "ask" else {"agree_terms": "yes"})))


def answer_all(client: Client, at: str, answers: dict[str, dict[str, Any]], *, until: str = "check") -> str:
    """Answer page after page; where it ends."""
    for _page in range(30):
        name = at.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
        if name == until or name not in answers:
            return at
        at = leads_to(submit(client, at, **answers[name]))
    raise AssertionError(f"still at {at} after thirty pages")


class Mail:
    """What waits in the outbox, said as it would be said when it is sent; what was read is marked as sent."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        written = environment(settings_module.load({"DIRECTORY_BASE_URL": BASE, "DIRECTORY_SECRET": SECRET}))
        self.letters = Letters(written, base_url=BASE, secret=SECRET)

    def read(self) -> list[tuple[str, str, Rendered]]:
        """(message, mailbox, words) of all that waits, by message; it counts as sent from now on."""
        found = []
        with unit_of_work(self._databases) as db:
            waiting = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED.value)
            for row in db.exec(waiting.order_by(col(OutboxMessage.message))).all():
                job = Job(
                    row.id, row.message, row.ids, row.about_id, "", row.message_key, row.queued_at, 1, 0, None, "token"
                )
                found.append((row.message, mailbox_of(db, row), self.letters(db, job)))
                row.state, row.settled_at = OutboxState.SENT.value, service_clock.now()
                db.add(row)
        return found

    def words(self, message: str) -> Rendered:
        """The words of the one waiting message of this name."""
        [only] = [words for name, _mailbox, words in self.read() if name == message]
        return only

    def born(self, reference: str) -> str:
        """The patient's date of birth, as the request holds it."""
        with reading(self._databases) as db:
            referral = queries.find_by_reference(db, reference)
            assert referral is not None
            return str(content.answers_of(sealed.ring_of(db), referral)["born"])

    def code(self) -> str:
        """The six digits of the one code that waits."""
        found = re.search(r"\b(\d{6})\b", self.words("code").text)
        assert found is not None
        return found.group(1)

    def link(self) -> str:
        """The path of the link of the one message to the clinic that waits."""
        [words] = [words for name, _mailbox, words in self.read() if name in {"referral_arrived", "referral_reminder"}]
        found = re.search(rf"{BASE}(/answer/\S+)", words.text)
        assert found is not None
        return found.group(1)


def clinic_opens(noor: Client, mail: Mail, link: str) -> Any:
    """Follow a link, ask for the code, enter it; the page of the request."""
    at = leads_to(submit(noor, link))
    assert at == "/answer/code"
    assert leads_to(submit(noor, at, code=mail.code())) == "/answer/current"
    return noor.get("/answer/current")


def sender_opens(pat: Client, mail: Mail, reference: str, mailbox: str = "pat@example.net") -> Any:
    """Look one's own request up, enter the code; the page of the request."""
    at = leads_to(submit(pat, "/requests", reference=reference, mailbox=mailbox))
    assert at == "/requests/code"
    assert leads_to(submit(pat, at, code=mail.code())) == "/requests/current"
    answer = pat.get("/requests/current")
    if answer.status_code == 303:  # the patient of a clinician's referral, at the first visit
        assert leads_to(submit(pat, leads_to(answer), born=mail.born(reference))) == "/requests/current"
        answer = pat.get("/requests/current")
    return answer
