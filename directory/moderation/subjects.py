"""What somebody who decides an item must see: what would change, what proves it, what happened before, both pages.

Of a request it shows reference, clinic, state, and who says to have sent it when that is asked: nobody here reads it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts.queries import find_memberships
from directory.lib.errors import DirectoryError
from directory.listings import revising, revisions
from directory.listings.assembly import build
from directory.listings.facts import facts_of
from directory.listings.models import Practitioner, Qualification
from directory.listings.queries import get_location, get_rows
from directory.listings.revision import Revision
from directory.listings.telling import Told, tell
from directory.moderation import checks, duplicates, naming, page_reviews, reports, standing
from directory.moderation.claim_words import CHANGE_STATES, CLAIM_STATES, PROOF_LABELS
from directory.moderation.kinds import Kind
from directory.moderation.models import QueueItem
from directory.moderation.reasons import REPORT_REASONS
from directory.moderation.subject import Line, OtherChange, Place, Subject
from directory.referrals import notes, vetting
from directory.referrals import queries as referrals
from directory.search.clinic_view import ClinicView, view_of
from directory.terminology.exclusions import EXCLUSIONS
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.listing_status import LISTING_STATUSES
from directory.terminology.payers import PAYERS
from directory.terminology.proofs import FactGroup
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.terminology.treatments import TREATMENTS
from directory.verification import claims, exclusions, objections
from directory.verification import evidence as documents
from directory.verification.claim import Claim
from directory.verification.claiming import proved
from directory.verification.models import EvidenceFile, LineDoubt, SourceDifference
from directory.verification.proofs import verified
from directory.verification.queries import find_results, get_verified
from directory.wording import say
from directory.wording.say import _, joined


def subject_of(db: Session, item: QueueItem, *, at: dt.datetime) -> Subject:
    """What this item is about, as it stands now."""
    return _SUBJECTS[Kind(item.kind)](db, item, at)


def place_of(db: Session, location_id: UUID) -> Place:
    """A clinic by its id. Raises NotFound."""
    row = get_location(db, location_id)
    return Place(
        location_id=row.id,
        slug=row.slug,
        name=row.name,
        town=f"{row.city}, {row.state}",
        status=LISTING_STATUSES[row.status],
        time_zone=row.time_zone,
    )


def evidence_of(db: Session, location_id: UUID, *, at: dt.datetime) -> list[tuple[str, str, str]]:
    """What stands behind a listing: each group of facts with its newest check, and every document: (of, what, by)."""
    found = get_verified(db, location_id, at=at)
    names = naming.names_of(db, [checks.newest.by for checks in found.checks.values() if checks.newest is not None])
    rows = [
        (found.proofs[code].label, found.proofs[code].words, checks.newest.source or names[checks.newest.by])
        for code, checks in found.checks.items()
        if checks.newest is not None
    ]
    files = select(EvidenceFile).where(EvidenceFile.location_id == location_id, col(EvidenceFile.removed_at).is_(None))
    for file in db.exec(files.order_by(col(EvidenceFile.uploaded_at).desc())).all():
        what = _("Document: {title}, {day}").format(title=file.title or file.media_type, day=_day(file.uploaded_at))
        rows.append((documents.label_of(file.fact_group), what, file.uploaded_by))
    return rows


def history_of(db: Session, location_id: UUID, *, limit: int = 12) -> list[tuple[str, str, str, str]]:
    """What was changed lately: (when, section, by, state), the newest first."""
    rows = revisions.find_history(db, location_id, limit=limit)
    names = naming.names_of(db, [row.by for row in rows])
    return [(_day(row.at), row.section, names.get(row.by, row.by), row.state.lower()) for row in rows]


def said_of(db: Session, location_id: UUID, *, at: dt.datetime) -> list[Line]:
    """What a listing says, or would say once it is public: only what it does say."""
    return [(label, value) for label, value in _said(view_of(get_verified(db, location_id, at=at))) if value]


def _edit(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = revisions.get(db, item.about_id)
    facts = facts_of(get_rows(db, row.location_id))
    found = revising.changes(row.before, row.after)
    cools = _day(row.cools_until) if row.cools_until else ""
    lines = [
        (_("Section"), row.section),
        (_("Changed by"), _author(db, row.by, row.user_id)),
        (_("Sent"), say.moment(row.at, "America/New_York")),
        (_("Checked because"), "; ".join(revising.because(found))),
    ]
    if cools:
        lines.append((_("Cooling-off"), _("The old contact can object until {day}.").format(day=cools)))
    asks = {"method"}
    if any(change.name in ("rems_setting", "lines.SPRAVATO.active") for change in found):
        asks.add("rems")
    if any(change.name.endswith(".roles") for change in found):
        asks.add("exclusions")
    return Subject(
        lines=tuple(lines),
        words=row.why,
        diff=tuple(tell(found, facts | row.before | row.after)),
        sides=_now_and_then(db, row.location_id, row.after, at),
        titles=(_("The public page now"), _("With this change")),
        places=(place_of(db, row.location_id),),
        asks=frozenset(asks),
    )


def _report(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = reports.get(db, item.about_id)
    answer = _("By mail; the address is deleted then") if row.mailbox_sealed else _("Nobody asked for one")
    lines = (
        (_("What is wrong"), REPORT_REASONS.label(row.reason)),
        (_("Reported"), say.moment(row.at, "America/New_York")),
        (_("Answer"), answer),
    )
    return _about_page(db, row.location_id, at, lines=lines, words=reports.words_of(db, row))


def _request(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    task = referrals.get_task(db, item.about_id)
    reference = referrals.get_referral(db, task.referral_id).reference
    lines = (
        (_("Request"), reference),
        (_("State"), REFERRAL_STATUSES.label(task.status)),
        (_("Since"), say.moment(task.status_at, task.time_zone)),
        *((_("In our words"), words) for words in notes.of_house(db, task.id)),
    )
    return Subject(lines=lines, places=(place_of(db, task.location_id),))


def _sender(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    found, who = _request(db, item, at), vetting.identity_of(db, referrals.get_task(db, item.about_id), at=at)
    return replace(found, lines=(*found.lines, *who.lines, *((_("Look twice"), words) for words in who.warnings)))


def _mistake(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    """What must be known of a disclosure: whether and when the clinic had opened it, and whom to phone about it.

    Nobody here reads the request itself.
    """
    found, task = _request(db, item, at), referrals.get_task(db, item.about_id)
    reported = next(step for step in referrals.find_history(db, task.id) if step.verb == "report_error")
    opened = say.moment(task.opened_at, task.time_zone) if task.opened_at else _("Never")
    lines = (
        (_("Stood at"), REFERRAL_STATUSES.label(reported.from_status)),
        (_("Opened by the clinic"), opened),
        (_("Taken back"), say.moment(reported.at, task.time_zone)),
    )
    who = vetting.identity_of(db, task, at=at)
    return replace(found, lines=(*found.lines, *lines, *who.lines))


def _exclusion(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    match = exclusions.get_match(db, item.about_id)
    who = exclusions.subject_of(db, match)
    named = f"{who.given_name} {who.family_name}" if isinstance(who, Practitioner) else who.legal_name
    ours = (
        (_("Listed here as"), named),
        (_("NPI here"), who.npi or _("Not stated")),
        (_("How it fits"), EXCLUSIONS.label(match.kind)),
    )
    theirs = tuple((f"{_('On the list')}: {name}", value) for name, value in match.row.items() if value)
    return Subject(lines=(*ours, *theirs), places=_places(db, item))


def _licence(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = db.get_one(Qualification, item.about_id)
    person = db.get_one(Practitioner, row.practitioner_id)
    lines = (
        (_("Holder"), f"{person.given_name} {person.family_name}, {person.credential}"),
        (_("License"), f"{row.title} {row.number}, {row.state or ''}"),
        (_("Status here"), LICENCE_STATUSES.label(row.status)),
        (_("Ends"), say.day(row.expires_on) if row.expires_on else _("Not stated")),
        (_("Issuer"), row.source_url or _("Not stated")),
    )
    return Subject(lines=lines, places=_places(db, item), asks=frozenset({"licence"}))


def _evidence(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = db.get_one(EvidenceFile, item.about_id)
    waits = row.removed_at is None
    found = _about_page(db, row.location_id, at, lines=standing.document_lines(db, row))
    if waits and row.fact_group in checks.PAGES:
        found = replace(found, desk=_check_page(db, row.location_id, row.fact_group, f"?document={row.id}"))
    return replace(found, document=row.id if waits else None)


def _rems(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = get_location(db, item.about_id)
    desk = _check_page(db, row.id, FactGroup.REMS)
    return replace(_about_page(db, row.id, at, lines=standing.rems_lines(row)), desk=desk)


def _supervision(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    desk = _check_page(db, item.about_id, FactGroup.SUPERVISION)
    return replace(_about_page(db, item.about_id, at, lines=standing.supervision_lines(db, item.about_id)), desk=desk)


def _check_page(db: Session, location_id: UUID, group: str, asked: str = "") -> Line:
    path, name = checks.PAGES[group]
    address = f"/house/clinics/{get_location(db, location_id).slug}/checks/{path}{asked}"
    return address, _("Write down what you saw: {page}").format(page=name)


def _difference(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = db.get_one(SourceDifference, item.about_id)
    lines = ((_("Registry"), row.source), (_("Fact"), row.field), (_("Here"), row.ours), (_("There"), row.theirs))
    return Subject(lines=lines, places=_places(db, item))


def _line_doubt(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = db.get_one(LineDoubt, item.about_id)
    lines = (
        (_("Treatment"), TREATMENTS.label(row.treatment) if row.treatment else _("Every one")),
        (_("Payer"), PAYERS.label(row.payer) if row.payer else _("Every one")),
        (_("Last refused"), say.day(row.at.date())),
    )
    return _about_page(db, row.location_id, at, lines=lines)


def _claim(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = db.get_one(Claim, item.about_id)
    lines = ((_("Claimed by"), row.mailbox), (_("Since"), say.moment(row.begun_at, "America/New_York")))
    return replace(
        _about_page(db, row.location_id, at, lines=lines), desk=("/desk/claims", _("To the desk for claims"))
    )


def _objection(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    about = objections.get(db, item.about_id)
    facts = facts_of(get_rows(db, about.location_id))
    others = tuple(
        OtherChange(revision_id=row.id, day=_day(row.at), rows=_told(row, facts))
        for row in objections.changes_of(db, about)
    )
    if isinstance(about, Claim):
        proofs = joined(", ", (PROOF_LABELS[kind] for kind in proved(claims.find_proofs(db, about.id))))
        lines = [
            (_("Against"), _("A claim of this listing")),
            (_("Claimed by"), about.mailbox),
            (_("Since"), say.moment(about.begun_at, "America/New_York")),
            (_("What proved it"), proofs or _("Nothing yet")),
            (_("How it stands"), CLAIM_STATES[about.state]),
        ]
        return replace(_about_page(db, about.location_id, at, lines=tuple(lines)), changes=others)
    lines = [
        (_("Against"), _("A change of how the clinic is reached")),
        (_("Changed by"), _author(db, about.by, about.user_id)),
        (_("Sent"), say.moment(about.at, "America/New_York")),
        (_("How it stands"), CHANGE_STATES[about.state]),
    ]
    page = _about_page(db, about.location_id, at, lines=tuple(lines), words=about.why)
    return replace(page, diff=_told(about, facts), changes=others)


def _told(row: Revision, facts: Mapping[str, Any]) -> tuple[Told, ...]:
    return tuple(tell(revising.changes(row.before, row.after), {**facts, **row.before, **row.after}))


def _pair(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    row = duplicates.get_pair(db, item.about_id)
    first, second = place_of(db, row.first_id), place_of(db, row.second_id)
    one, other = (dict(_said(view_of(get_verified(db, each, at=at)))) for each in (row.first_id, row.second_id))
    sides = tuple((label, one.get(label, ""), other.get(label, "")) for label in {**one, **other})
    return Subject(
        lines=((_("Why"), duplicates.WHY[row.why]),),
        sides=sides,
        titles=(_("The first: {name}").format(name=first.slug), _("The second: {name}").format(name=second.slug)),
        places=(first, second),
    )


def _page(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    article = page_reviews.find_page(item.about_id)
    if article is None:
        return Subject(lines=((_("Page"), _("It was changed or taken away since")),))
    about = article.about
    lines = (
        (_("Page"), about.title),
        (_("Review due"), say.day(about.next_review_on)),
        (_("Language"), _("Spanish, a translation") if article.is_translation else _("English")),
        (_("Reviewed by"), about.reviewed_by or _("Nobody yet")),
    )
    return Subject(lines=lines, desk=(article.href_in_its_language, _("To the page")))


def _about_place(db: Session, item: QueueItem, at: dt.datetime) -> Subject:
    assert item.location_id is not None
    row = get_location(db, item.location_id)
    lines = ((_("Status"), LISTING_STATUSES.label(row.status)), (_("Note"), row.status_note or _("None")))
    return _about_page(db, row.id, at, lines=lines)


def _about_page(
    db: Session, location_id: UUID, at: dt.datetime, *, lines: tuple[Line, ...], words: str = ""
) -> Subject:
    said = _said(view_of(get_verified(db, location_id, at=at)))
    return Subject(
        lines=lines,
        words=words,
        sides=tuple((label, value, "") for label, value in said),
        titles=(_("The public page now"), ""),
        places=(place_of(db, location_id),),
    )


def _now_and_then(
    db: Session, location_id: UUID, after: Mapping[str, Any], at: dt.datetime
) -> tuple[tuple[str, str, str], ...]:
    now = dict(_said(view_of(get_verified(db, location_id, at=at))))
    try:
        rows = revisions.trial(db, location_id, after, by="system:preview", at=at)
        then = dict(_said(view_of(verified(build(rows), find_results(db, [location_id])[location_id], at=at))))
    except DirectoryError:  # something else has changed since, and the change no longer fits
        then = {}
    sides = [(label, now.get(label, ""), then.get(label, "")) for label in {**now, **then}]
    return tuple(sorted(sides, key=lambda side: side[1] == side[2]))  # what differs stands first


def _said(view: ClinicView) -> Iterator[Line]:
    clinic = view.clinic
    yield _("Name"), clinic.name
    yield _("Address"), ", ".join(view.address)
    yield _("Phone"), say.phone(clinic.phone) if clinic.phone else ""
    yield _("Website"), clinic.url or ""
    yield _("About"), clinic.description
    yield _("New patients"), view.accepting.label
    yield _("First visit"), view.wait
    lines = [view.spravato] if view.spravato else []
    yield _("Treatments"), joined("; ", (line.title for line in [*lines, *view.off_label]))
    yield _("Team"), "; ".join(person.name for person in view.team)
    yield _("Supervision"), "; ".join(f"{row.label}: {row.value}" for row in view.supervision)
    yield _("Notice"), view.notice or ""


def _places(db: Session, item: QueueItem) -> tuple[Place, ...]:
    return (place_of(db, item.location_id),) if item.location_id is not None else ()


def _author(db: Session, by: str, user_id: UUID | None) -> str:
    called = naming.names_of(db, [by]).get(by, by)
    if user_id is None:
        return called
    roles = sorted({row.role for row in find_memberships(db, user_id)})
    return f"{called} ({joined(', ', roles) or _('no role any more')})"


def _day(at: dt.datetime) -> str:
    return say.day(at.date())


_SUBJECTS: Mapping[Kind, Callable[[Session, QueueItem, dt.datetime], Subject]] = {
    Kind.CLAIM: _claim,
    Kind.OBJECTION: _objection,
    Kind.SENSITIVE_EDIT: _edit,
    Kind.REPORT: _report,
    Kind.UNDELIVERABLE: _request,
    Kind.NO_ROUTE: _request,
    Kind.SILENT_REQUEST: _request,
    Kind.CLINIC_GONE: _request,
    Kind.LINE_DOUBT: _line_doubt,
    Kind.UNVETTED_SENDER: _sender,
    Kind.SENT_BY_MISTAKE: _mistake,
    Kind.LICENCE_EXPIRY: _licence,
    Kind.POSSIBLE_EXCLUSION: _exclusion,
    Kind.SOURCE_DIFFERENCE: _difference,
    Kind.DUPLICATE: _pair,
    Kind.RECHECK: _about_place,
    Kind.REINSTATEMENT: _about_place,
    Kind.EVIDENCE: _evidence,
    Kind.REMS_CHECK: _rems,
    Kind.SUPERVISION_CHECK: _supervision,
    Kind.PAGE_REVIEW: _page,
}
