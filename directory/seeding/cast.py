"""The people of the demo, who sign in by a mailed link, and what they have under way: a change, an objection to come,
one that runs, reports of mistakes.

Nobody has a factor yet: the first sign-in by the mailed link (development shows it at /dev/mail) makes one.
"""

import datetime as dt
from uuid import UUID

from sqlmodel import Session, select

from directory.accounts import actions as accounts
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import User
from directory.accounts.permissions import Role
from directory.accounts.queries import find_user
from directory.lib import clock, ids
from directory.lib.db import Databases, unit_of_work
from directory.lib.events import Dispatch
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.moderation import reports
from directory.moderation.reasons import NOBODY_ANSWERS
from directory.seeding.demo import LOADER, slug_of
from directory.seeding.invention import invent
from directory.verification import claims, editing

HOUSE = (
    ("mo@lanternway.example", "Mo", Role.MODERATOR),
    ("ana@lanternway.example", "Ana", Role.MODERATOR),
    ("vera@lanternway.example", "Vera", Role.VERIFIER),
    ("cleo@lanternway.example", "Cleo", Role.CLINICAL_REVIEWER),
    ("opal@lanternway.example", "Opal", Role.OPERATOR),
    ("rivera@example.com", "Dr Rivera", Role.REFERRER),
)
CLINICS = (
    ("ola@harbour.example", "Ola", Role.OWNER, 0),
    ("edda@harbour.example", "Edda", Role.EDITOR, 0),
    ("noor@harbour.example", "Noor", Role.INTAKE, 0),
    ("kit@other.example", "Kit", Role.OWNER, 1),
)
"""Mailbox, name, role, and the number of the invented clinic; any other clinic can be claimed."""


def load(databases: Databases, dispatch: Dispatch) -> int:
    """Make those of the cast who are not there yet; gives how many were made."""
    now = clock.now().replace(microsecond=0)
    with unit_of_work(databases, dispatch) as db:
        if find_user(db, CLINICS[0][0]) is not None:
            return 0
        for mailbox, name, role in HOUSE:
            _make(db, mailbox, name, role, None, at=now)
        for mailbox, name, role, number in CLINICS:
            site = _site(db, number)
            if site is not None:
                user = _make(db, mailbox, name, role, site.organization_id, at=now)
                if role is Role.OWNER:
                    _under_way(db, site, user, number, at=now)
        _reported(db, at=now)
        _objected(db, at=now)
    return len(HOUSE) + len(CLINICS)


def _make(db: Session, mailbox: str, name: str, role: Role, organization_id: UUID | None, *, at: dt.datetime) -> User:
    user = User(reference=ids.new_reference("U"), mailbox=mailbox, name=name, created_at=at)
    db.add(user)
    db.flush()
    accounts.give_role(db, user.id, role, organization_id, by=str(LOADER), at=at)
    return user


def _under_way(db: Session, site: Location, user: User, number: int, *, at: dt.datetime) -> None:
    """Ola's clinic waits for a new name; at Kit's the old contact can still object to a new phone number."""
    editor = editing.Editor(actor=Actor(ActorKind.CLINIC, user.reference), user_id=user.id)
    if number == 0:
        typed = {"name": f"{site.name.removesuffix(' (demo)')} and Partners (demo)"}
        section = Section.ABOUT
    else:
        typed, section = {"phone": "+16175550190"}, Section.CONTACT
    editing.save(db, site.id, section, typed, seen=None, by=editor, at=at - dt.timedelta(hours=5))


def _reported(db: Session, *, at: dt.datetime) -> None:
    """A price that is wrong, and a phone that two people found unanswered: the page says that it is being checked."""
    prices, phone = _site(db, 2), _site(db, 3)
    if prices is not None:
        days = dt.timedelta(days=3)
        words = "The page says that they take Medicare. They told me on the phone that they do not."
        mailbox = "pat@example.net"
        reports.file(db, prices.id, "payment", words=words, mailbox=mailbox, network="demo-1", at=at - days)
    if phone is not None:
        for number, hours in (("demo-1", 50), ("demo-2", 20)):
            when = at - dt.timedelta(hours=hours)
            reports.file(db, phone.id, NOBODY_ANSWERS, network=number, at=when)


def _objected(db: Session, *, at: dt.datetime) -> None:
    """Somebody claimed a clinic, and the contact that is listed said no: a person has to say who is right."""
    place = _site(db, 4)
    if place is not None:
        claim = claims.begin(db, place.id, mailbox="stranger@example.org", at=at - dt.timedelta(hours=30))
        claims.prove_mailbox(db, claim, at=at - dt.timedelta(hours=30))
        claims.object_to(db, claim, by=Actor(ActorKind.CLINIC, "listed-contact"), at=at - dt.timedelta(hours=3))


def _site(db: Session, number: int) -> Location | None:
    slug = slug_of(invent(number, now=clock.now()))
    return db.exec(select(Location).where(Location.slug == slug)).one_or_none()
