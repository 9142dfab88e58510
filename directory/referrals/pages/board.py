"""A signed-in clinician's own referrals: the board, each one without a new code, and the list as a file."""

import csv
import io
import json

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.errors import NotFound
from directory.referrals import board
from directory.referrals.pages import sender_side
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import File, attachment, page
from directory.wording.say import _

HOME = "/referrals"
ONE = f"{HOME}/{{reference:str}}"
SENDS = may(Permission.SEND_REQUESTS)
_FORMULA = ("=", "+", "-", "@")


@reads(HOME, guard=SENDS)
def list_page(request: AnyRequest, db: Db) -> Page:
    """One's own referrals: tabs with counts, fifty a page; nothing on it tells who is meant."""
    names = ("tab", "page", "clinic", "state", "waited", "since", "until")
    given = {name: request.query_params.get(name, "") for name in names}
    number = int(given["page"]) if given["page"].isdecimal() and len(given["page"]) < 6 else 1
    me, wanted = who(request).user_id, board.read_wanted(given)
    found = board.find_board(db, me, tab=given["tab"], page=number, wanted=wanted, now=clock.now())
    states = [(row.code, row.clinician) for row in REFERRAL_STATUSES if row.code != "draft"]
    return page(
        request,
        "referrals/board.html",
        board=found,
        tabs=[(tab, label, found.counts[tab]) for tab, label in board.LABELS.items()],
        any_at_all=any(found.counts.values()) or bool(wanted.query()),
        clinics=[("", _("Any clinic")), *board.find_clinics(db, me)],
        states=[("", _("Any state")), *states],
    )


@reads(f"{HOME}/export/{{kind:str}}", guard=SENDS)
def export(request: AnyRequest, db: Db, kind: FromPath[str]) -> Page:
    """The list as a file, without those under 42 CFR Part 2; recorded, and kept by no cache."""
    if kind not in {"csv", "json"}:
        raise NotFound(_("There is no such page."))
    signed_in = who(request)
    by = _actor(signed_in.label)
    audit.viewed(
        databases_of(request), by, subject_type="user_account", subject_id=signed_in.user_id, action="exported"
    )
    rows = board.as_rows(db, signed_in.user_id)
    if kind == "json":
        text = json.dumps(rows, ensure_ascii=False, indent=2)
        return attachment(text.encode(), media_type="application/json", filename="referrals.json", private=True)
    written = io.StringIO()
    writer = csv.writer(written)
    names = ("reference", "clinic", "town", "sent_at", "status", "status_at", "appointment_at", "reason")
    writer.writerow(names)
    writer.writerows([[_harmless(row[name]) for name in names] for row in rows])
    body = written.getvalue().encode()
    return attachment(body, media_type="text/csv", filename="referrals.csv", private=True)


@reads(ONE, guard=SENDS)
def show(request: AnyRequest, db: Db, reference: FromPath[str]) -> Page:
    """One referral, as behind the mailed code."""
    return sender_side.show(request, db, _door(request, db, reference))


@reads(f"{ONE}/data", guard=SENDS)
def data(request: AnyRequest, db: Db, reference: FromPath[str]) -> Page:
    """What is kept of it, for how long, and the ways to take it along."""
    return sender_side.data_page(request, db, _door(request, db, reference))


@reads(f"{ONE}/data/{{kind:str}}", guard=SENDS)
def data_file(request: AnyRequest, db: Db, reference: FromPath[str], kind: FromPath[str]) -> Page:
    """What is kept of it, as a file."""
    return sender_side.data_file(request, db, _door(request, db, reference), kind)


@reads(f"{ONE}/letter.pdf", guard=SENDS)
def letter(request: AnyRequest, db: Db, reference: FromPath[str]) -> File:
    """The letter that went to the clinic."""
    return sender_side.letter(request, db, _door(request, db, reference))


@reads(f"{ONE}/documents/{{number:int}}", guard=SENDS)
def document(request: AnyRequest, db: Db, reference: FromPath[str], number: FromPath[int]) -> File:
    """A document that was attached to it."""
    return sender_side.document(request, db, _door(request, db, reference), number)


@reads(f"{ONE}/{{name:str}}", guard=SENDS)
def step_page(request: AnyRequest, db: Db, reference: FromPath[str], name: FromPath[str]) -> Page:
    """The form of one thing to do."""
    return sender_side.step_page(request, db, _door(request, db, reference), name)


@writes(f"{ONE}/{{name:str}}", guard=SENDS)
def take(request: AnyRequest, db: Db, reference: FromPath[str], name: FromPath[str], form: Submitted) -> Page:
    """Do it."""
    return sender_side.take(request, db, _door(request, db, reference), name, form)


def _door(request: AnyRequest, db: Db, reference: str) -> sender_side.Door:
    """One's own referral; a stranger's is answered as one that there is not."""
    signed_in = who(request)
    referral = board.get_mine(db, signed_in.user_id, reference)
    return sender_side.Door(
        referral=referral, by=_actor(signed_in.label), base=f"{HOME}/{referral.reference}", home=HOME
    )


def _actor(label: str) -> Actor:
    return Actor(ActorKind.CLINICIAN, label)


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


ROUTES = [list_page, export, show, data, data_file, letter, document, step_page, take]
