"""Who hears which event, which pages there are, and what runs beside them: tables, nothing else."""

from collections.abc import Callable
from typing import Any

from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from sqlmodel import Session

from directory.about import pages as about_pages
from directory.accounts import pages as account_pages
from directory.accounts.events import RoleTaken
from directory.delivery import pages as mail_pages
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.interop import files
from directory.interop import pages as interop
from directory.interop.answers import KeptListings
from directory.interop.limits import Limits
from directory.learn import pages as learn_pages
from directory.learn.library import libraries
from directory.listings.events import ListingChanged, RevisionSettled, RevisionWaits
from directory.moderation import inbox
from directory.moderation import pages as moderation
from directory.moderation.accuracy import KeptFigures
from directory.portal import (
    bulk_pages,
    channel_pages,
    claim_pages,
    confirm_pages,
    desk_pages,
    evidence_pages,
    request_pages,
    section_pages,
    site_pages,
    team_pages,
)
from directory.portal import pages as portal
from directory.referrals import actions as referrals
from directory.referrals import pages as referral_pages
from directory.referrals import sender_actions
from directory.referrals.events import (
    ChannelFailed,
    FiguresCounted,
    LineRefused,
    NoRoom,
    RequestAnswered,
    RequestsUnanswered,
    RequestWaits,
    RequestWaitsNoMore,
)
from directory.search import actions as search
from directory.search import clinic_pages, compare_pages, course_pages, unmet_pages, waiting_pages
from directory.search import pages as search_pages
from directory.search.freshness import LiveIndex
from directory.search.results import ResultsByLanguage
from directory.search.seen import Seen
from directory.search.tally import Tally
from directory.settings import Settings
from directory.verification import actions as verification
from directory.verification import pages as verification_pages
from directory.verification import responses
from directory.verification.events import (
    CheckDue,
    ClaimHandled,
    ClaimWaits,
    DifferenceSettled,
    EvidenceSettled,
    EvidenceWaits,
    ExclusionLifted,
    LicenceChecked,
    LicenceExpiring,
    LineDoubtSettled,
    LineDoubtWaits,
    ObjectionRaised,
    PossibleExclusion,
    SiteChecked,
    SourceDiffers,
)
from directory.verification.figures import Figures
from directory.web import assets, health, pages, tiles
from directory.wiring import loops


def _answered(db: Session, event: RequestAnswered) -> None:
    verification.record_answer(db, event.location_id, at=event.answered_at)


def _channel_failed(db: Session, event: ChannelFailed) -> None:
    verification.channel_failed(db, event.location_id, at=event.at)


def _figures_counted(db: Session, event: FiguresCounted) -> None:
    counted = Figures(
        asked=event.asked,
        acknowledged=event.acknowledged,
        decided=event.decided,
        median_minutes=event.median_minutes,
        answered_at=event.answered_at,
    )
    responses.keep_figures(db, event.location_id, counted, at=event.at)


def _requests_unanswered(db: Session, event: RequestsUnanswered) -> None:
    responses.requests_unanswered(db, event.location_id, at=event.at)


def _no_room(db: Session, event: NoRoom) -> None:
    responses.no_room(db, event.location_id, at=event.at)


def _line_refused(db: Session, event: LineRefused) -> None:
    responses.line_refused(db, event.location_id, treatment=event.treatment, payer=event.payer, at=event.at)


HANDLERS: dict[type, tuple[Callable[[Session, Any], None], ...]] = {
    ListingChanged: (verification.recheck, responses.settle, search.follow),
    RoleTaken: (sender_actions.role_taken,),
    DeliverySent: (referrals.delivery_sent,),
    DeliveryDelayed: (referrals.delivery_delayed,),
    DeliveryFailed: (referrals.delivery_failed,),
    RequestAnswered: (_answered,),
    ChannelFailed: (_channel_failed,),
    FiguresCounted: (_figures_counted,),
    RequestsUnanswered: (_requests_unanswered,),
    NoRoom: (_no_room,),
    LineRefused: (_line_refused,),
    LineDoubtWaits: (inbox.line_doubt_waits,),
    LineDoubtSettled: (inbox.line_doubt_settled,),
    RequestWaits: (inbox.request_waits,),
    RequestWaitsNoMore: (inbox.request_waits_no_more,),
    PossibleExclusion: (inbox.possible_exclusion,),
    ExclusionLifted: (inbox.exclusion_lifted,),
    ClaimWaits: (inbox.claim_waits,),
    ObjectionRaised: (inbox.objection_raised,),
    ClaimHandled: (inbox.claim_handled,),
    RevisionWaits: (inbox.revision_waits,),
    RevisionSettled: (inbox.revision_settled,),
    LicenceExpiring: (inbox.licence_expiring,),
    LicenceChecked: (inbox.licence_checked,),
    SourceDiffers: (inbox.source_differs,),
    DifferenceSettled: (inbox.difference_settled,),
    CheckDue: (inbox.check_due,),
    SiteChecked: (inbox.site_checked,),
    EvidenceWaits: (inbox.evidence_waits,),
    EvidenceSettled: (inbox.evidence_settled,),
}
"""Event → who is told, before the commit and in the same session; handlers only write rows."""


def dispatch(db: Session, event: object) -> None:
    """Hand `event` to its handlers. An event nobody hears is a mistake in this table."""
    for handler in HANDLERS[type(event)]:
        handler(db, event)


def routes(settings: Settings) -> list[Any]:
    """Every page and endpoint there is."""
    return [
        *search_pages.ROUTES,
        *interop.ROUTES,
        *files.ROUTES,
        *about_pages.ROUTES,
        *clinic_pages.ROUTES,
        *compare_pages.ROUTES,
        *course_pages.ROUTES,
        *waiting_pages.ROUTES,
        *unmet_pages.ROUTES,
        *learn_pages.ROUTES,
        *referral_pages.ROUTES,
        *portal.ROUTES,
        *team_pages.ROUTES,
        *moderation.ROUTES,
        *account_pages.ROUTES,
        *confirm_pages.ROUTES,
        *site_pages.ROUTES,
        *channel_pages.ROUTES,
        *evidence_pages.ROUTES,
        *section_pages.ROUTES,
        *request_pages.ROUTES,
        *bulk_pages.ROUTES,
        *claim_pages.ROUTES,
        *desk_pages.ROUTES,
        *verification_pages.ROUTES,
        *pages.ROUTES,
        *assets.ROUTES,
        *(tiles.ROUTES if settings.tiles else ()),
        *health.ROUTES,
        *mail_pages.ROUTES,
    ]


def error_handlers() -> dict[Any, Any]:
    """Failures that a package answers with a page of its own."""
    return {**account_pages.HANDLERS, **referral_pages.HANDLERS}


def openapi(settings: Settings) -> OpenAPIConfig | None:
    """What machines are told of the API; None switches Litestar's own public schema pages off."""
    return None


def prepare(state: State, *, searches: bool = True) -> None:
    """Put into `state` what the pages ask for; `searches=False` for a process that answers no searches."""
    state.readiness = []
    state.accuracy = KeptFigures(state.databases)
    if searches:
        libraries()  # a page that cannot be shown stops the start, not a reader
        state.results = ResultsByLanguage(state.templates)
        state.search = LiveIndex(state.databases)
        state.search.try_to_catch_up()
        state.tally = Tally(state.databases)
        state.seen = Seen(state.databases)
        state.kept_json = KeptListings()
        state.api_limits = Limits(state.settings.api_per_minute)
        state.readiness.append(state.search.missing)


def start_loops(state: State) -> list[Any]:
    """Start what runs beside a server process. Each has `stop()`, which waits for what is under way."""
    state.search.start()
    state.tally.start()
    state.seen.start()
    return [state.search, state.tally, state.seen, *(start_work(state) if state.settings.worker_inside else [])]


def start_work(state: State) -> list[Any]:
    """Start what sends and what keeps time."""
    loop = loops.work(state.settings, state.databases, state.templates, state.dispatch)
    loop.start()
    return [loop]
