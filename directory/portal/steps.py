"""What a clinic should do next with its listing, and why: what keeps it off the search first. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from directory.listings.fields import Section
from directory.listings.revision import Revision, RevisionState
from directory.portal.sections import title_of
from directory.terminology.proofs import REMIND_AT_DAYS
from directory.verification.proofs import VerifiedClinic
from directory.verification.rules import why_not_public
from directory.wording import say
from directory.wording.say import _, joined

PROVED_BY_A_DOCUMENT = {"S1", "S3", "supervision"}
"""Reasons of the gate that a document can take away."""
LICENCE_ENDS_SOON = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: what, why, where. `tone` is a colour role; without `href` it waits for us."""

    title: str
    why: str
    href: str = ""
    tone: str = "act"


_WHERE = {
    "phone": Section.CONTACT, "S1": Section.PEOPLE, "S2": Section.PEOPLE, "lines": Section.TREATMENTS,
    "age": Section.TREATMENTS, "S3": Section.TREATMENTS, "supervision": Section.SUPERVISION, "claim": Section.ABOUT,
    "S4": Section.SUPERVISION, "S5": Section.SUPERVISION, "S6": Section.SUPERVISION, "S7": Section.SUPERVISION,
    "S8": Section.SUPERVISION, "S9": Section.SUPERVISION, "S10": Section.SUPERVISION,
}  # fmt: skip
"""Reason of the gate → the section in which the clinic can do something about it; the others are ours to check."""


def next_steps(clinic: VerifiedClinic, history: Iterable[Revision], half: Iterable[Section], slug: str) -> list[Step]:
    """The steps in the order in which they matter."""
    home = f"/clinic/sites/{slug}"
    return [
        *_gate(clinic, home),
        *_answered(history, home),
        *_half(half, home),
        *_confirm(clinic, home),
        *_licences(clinic, home),
        *_missing(clinic, home),
    ]


def _gate(clinic: VerifiedClinic, home: str) -> Iterator[Step]:
    ours = []
    for reason in {reason.words: reason for reason in why_not_public(clinic)}.values():
        section = _WHERE.get(reason.code)
        if section is None:
            ours.append(reason.words)
        else:
            yield Step(title=title_of(section), why=reason.words, href=f"{home}/{section}", tone="stop")
    if {reason.code for reason in why_not_public(clinic)} & PROVED_BY_A_DOCUMENT:
        why = _(
            "A license, the REMS program’s confirmation or a policy: a person of ours reads it, and writes it down."
        )
        yield Step(title=_("Send us proof"), why=why, href=f"{home}/evidence")
    if ours:
        yield Step(title=_("We are checking"), why=joined(" ", ours), tone="wait")


def _answered(history: Iterable[Revision], home: str) -> Iterator[Step]:
    latest: dict[str, Revision] = {}
    for row in history:
        latest.setdefault(row.section, row)
    for row in latest.values():
        if row.state in (RevisionState.RETURNED, RevisionState.REFUSED):
            title = _("{section}: we could not take your change").format(section=title_of(Section(row.section)))
            yield Step(title=title, why=row.words, href=f"{home}/{row.section}")


def _half(half: Iterable[Section], home: str) -> Iterator[Step]:
    for section in half:
        title = _("{section}: finish what you began").format(section=title_of(section))
        yield Step(
            title=title, why=_("What you typed is kept as a draft and is not saved yet."), href=f"{home}/{section}"
        )


def _confirm(clinic: VerifiedClinic, home: str) -> Iterator[Step]:
    if clinic.confirmed_at is None:
        return
    days = (clinic.at - clinic.confirmed_at).days
    if days >= REMIND_AT_DAYS[0] or clinic.clinic.terms.code in ("STALE", "UNLISTED"):
        why = _(
            "It was last confirmed {days} days ago. After 90 days the page says so, after 120 it is off the search."
        )
        yield Step(
            title=_("Confirm that everything is still correct"), why=why.format(days=days), href=f"{home}/confirm"
        )


def _licences(clinic: VerifiedClinic, home: str) -> Iterator[Step]:
    soon = (clinic.at + LICENCE_ENDS_SOON).date()
    for person in clinic.clinic.team:
        for held in person.qualifications:
            if held.expires_on is not None and held.expires_on <= soon:
                why = _(
                    "{title} of {name} ends on {day}. Enter the new date as soon as you have it, or send the license."
                )
                yield Step(
                    title=_("Renew a license"),
                    why=why.format(title=held.title, name=person.name, day=say.day(held.expires_on)),
                    href=f"{home}/people",
                )


def _missing(clinic: VerifiedClinic, home: str) -> Iterator[Step]:
    site = clinic.clinic
    wanted = (
        (
            site.channel_proved_at,
            Section.CONTACT,
            _("No request can be sent to you until an address is proved by a test."),
        ),
        (site.periods, Section.HOURS, _("People cannot see when you are open.")),
        (site.wait_days is not None, Section.HOURS, _("People ask first how long they have to wait.")),
        (any(line.price for line in site.lines), Section.PRICES, _("People want to know what a session costs.")),
        (any(line.payers for line in site.lines), Section.PRICES, _("People filter by the insurance you take.")),
        (site.languages, Section.ACCESS, _("People filter by the language that staff speak.")),
    )
    for there, section, why in wanted:
        if not there:
            yield Step(title=title_of(section), why=why, href=f"{home}/{section}", tone="quiet")
