"""The pages on which a signed-in clinic keeps its listing: one a section, saved at once or sent for checking."""

from dataclasses import dataclass
from typing import Any

from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.accounts.sessions import SignedIn
from directory.lib import clock
from directory.lib.errors import NotFound, Refused
from directory.listings import drafts, revising
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.listings.telling import tell
from directory.portal import sections, sites
from directory.portal.places import moved_far
from directory.portal.sections import Typed
from directory.verification import editing
from directory.web.forms import texts_of
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import nothing_to_show, page, see_other
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One section of one site, opened by somebody who may edit it."""

    site: Location
    section: Section
    signed_in: SignedIn

    @property
    def path(self) -> str:
        """Its address."""
        return f"/clinic/sites/{self.site.slug}/{self.section}"

    @property
    def editor(self) -> editing.Editor:
        """Who changes something here."""
        return editing.Editor(actor=self.signed_in.actor, user_id=self.signed_in.user_id)


@reads("/clinic/sites/{slug:str}/{section:str}", guard=may(Permission.EDIT_LISTING))
def show(request: AnyRequest, db: Db, slug: FromPath[str], section: FromPath[str]) -> Page:
    """A section with what it says now, what waits, and what was typed here before and not saved."""
    room = _room(request, db, slug, section)
    facts = editing.facts_now(db, room.site.id, room.section)
    draft = drafts.find(db, room.site.id, room.section, room.signed_in.user_id)
    values = sections.values_of(room.section, facts)
    seen = editing.mark_of(facts, room.section)
    if draft is not None:
        values, seen = values | {n: v for n, v in draft.typed.items() if n in values}, draft.seen
    return _page(request, db, room, Typed(values=values), facts, seen=seen, draft=draft)


@writes("/clinic/sites/{slug:str}/{section:str}", guard=may(Permission.EDIT_LISTING))
def save(request: AnyRequest, db: Db, slug: FromPath[str], section: FromPath[str], form: Submitted) -> Page:
    """Saved: live now, or sent for checking. What is wrong, changed meanwhile or dangerous comes back as typed."""
    room, sent = _room(request, db, slug, section), texts_of(form)
    facts = editing.facts_now(db, room.site.id, room.section)
    typed = sections.read(room.section, facts, sent)
    seen, keep = _one(sent, "seen"), _one(sent, "then")
    if keep in ("draft", "keep"):
        drafts.keep(db, room.site.id, room.section, room.signed_in.user_id, typed.values, seen=seen, at=clock.now())
        return nothing_to_show() if keep == "keep" else see_other(f"{room.path}?done=draft")
    if keep == "discard":
        drafts.drop(db, room.site.id, room.section, room.signed_in.user_id)
        return see_other(room.path)
    if typed.errors:
        return _again(request, db, room, typed, facts, seen=seen, sent=sent)
    return _save(request, db, room, typed, facts, seen=seen, sent=sent)


def _save(
    request: AnyRequest, db: Db, room: Room, typed: Typed, facts: dict[str, Any], *, seen: str, sent: sections.Sent
) -> Page:
    chosen = _choices(typed, facts, sent)
    try:
        plans = _plans(
            db, room, typed.facts, facts, seen=editing.mark_of(facts, room.section) if chosen else seen, sent=sent
        )
    except editing.SeenChanged as changed:
        return _both(request, db, room, typed, dict(changed.now), sent=sent)
    except Refused as problem:
        return _again(request, db, room, typed, facts, seen=seen, sent=sent, refused=problem)
    drafts.drop(db, room.site.id, room.section, room.signed_in.user_id)
    if not revising.changes(facts, typed.facts, typed.facts):
        return see_other(f"{room.path}?done=same")
    done = [editing.carry_out(db, planned) for planned in plans]
    live, waits = any(saved.live for saved in done), any(saved.waiting for saved in done)
    return see_other(f"{room.path}?done={('both' if waits else 'live') if live else 'waits' if waits else 'same'}")


def _plans(
    db: Db, room: Room, typed: dict[str, Any], facts: dict[str, Any], *, seen: str, sent: sections.Sent
) -> list[editing.Plan]:
    """What is to be done here, and on the other sites that were chosen: there, only what was changed here."""
    how: dict[str, Any] = {"by": room.editor, "at": clock.now(), "pause": _one(sent, "pause") == "yes"}
    far = room.section is Section.CONTACT and moved_far(facts | typed)
    plans = [editing.plan(db, room.site.id, room.section, typed, seen=seen, moved_far=far, **how)]
    changed = {change.name: change.after for change in revising.changes(facts, typed, typed)}
    everywhere = sections.for_every_site(changed)
    if everywhere:
        others = [card for card in sites.siblings(db, room.site) if card.slug in sent.get("also", [])]
        plans += [editing.plan(db, card.location_id, room.section, everywhere, seen=None, **how) for card in others]
    return plans


def _choices(typed: Typed, facts: dict[str, Any], sent: sections.Sent) -> bool:
    """Take over what the second of two people chose, fact by fact; whether there was anything to choose."""
    chosen = {name.removeprefix("choose."): texts[-1] for name, texts in sent.items() if name.startswith("choose.")}
    for name, which in chosen.items():
        if which == "theirs" and name in typed.facts:
            typed.facts[name] = facts.get(name)
    return bool(chosen)


def _both(request: AnyRequest, db: Db, room: Room, typed: Typed, now: dict[str, Any], *, sent: sections.Sent) -> Page:
    """409: what was typed and what stands now, to choose from."""
    rows = tell(revising.changes(now, typed.facts, typed.facts), now | typed.facts)
    return _page(
        request, db, room, typed, now, seen=editing.mark_of(now, room.section), status=409, conflict=rows, sent=sent
    )


def _again(
    request: AnyRequest,
    db: Db,
    room: Room,
    typed: Typed,
    facts: dict[str, Any],
    *,
    seen: str,
    sent: sections.Sent,
    refused: Refused | None = None,
) -> Page:
    """422 with what was typed, which is kept as a draft as well; and, where it would pause the listing, why."""
    reasons = [reason.words for reason in refused.reasons] if isinstance(refused, editing.WouldPause) else []
    if reasons:
        typed.errors["pause"] = _("Saved like this, the listing is paused at once. Tick the box if that is right.")
    elif refused is not None:
        typed.errors["form"] = refused.message
    drafts.keep(db, room.site.id, room.section, room.signed_in.user_id, typed.values, seen=seen, at=clock.now())
    return _page(request, db, room, typed, facts, seen=seen, status=422, reasons=reasons, sent=sent)


def _page(
    request: AnyRequest, db: Db, room: Room, typed: Typed, facts: dict[str, Any], *, seen: str, **more: Any
) -> Page:
    status, sent = more.pop("status", 200), more.pop("sent", {})
    given: dict[str, Any] = {"draft": None, "conflict": [], "reasons": (), "done": request.query_params.get("done", "")}
    return page(
        request,
        "portal/section.html",
        status=status,
        site_=room.site,
        here=room.path,
        title=sections.TITLES[room.section][0],
        about=sections.TITLES[room.section][1],
        section_code=room.section,
        groups=sections.groups_of(room.section, facts, typed.values),
        values=typed.values,
        errors=typed.errors,
        seen=seen,
        waiting=sites.waiting(db, room.site.id, room.section),
        others=sites.siblings(db, room.site) if room.section in sections.SHARED else [],
        also=sent.get("also", []),
        **given | more,
    )


def _room(request: AnyRequest, db: Db, slug: str, section: str) -> Room:
    signed_in, site = who(request), sites.get_site(db, slug)
    if not signed_in.may(Permission.EDIT_LISTING, site.organization_id):
        raise sites.not_yours()
    if section not in list(Section):
        raise NotFound(_("There is no such page here."))
    return Room(site=site, section=Section(section), signed_in=signed_in)


def _one(sent: sections.Sent, name: str) -> str:
    return sent[name][-1] if sent.get(name) else ""


ROUTES = [show, save]
