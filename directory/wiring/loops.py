"""What runs beside the pages: the loop that sends mail, and the chores that keep time."""

from typing import Any

from sqlmodel import Session

from directory.accounts import audit, codes, factors, grants, passkeys, sessions, signing_in
from directory.accounts.renderer import Letters
from directory.delivery import actions as delivery
from directory.delivery import post, sending
from directory.delivery.channels import Channel
from directory.delivery.leases import Job
from directory.delivery.loop import Chore, Loop, Pass
from directory.delivery.models import Lane
from directory.geography import geocode
from directory.lib import clock, rewrapping, throttle
from directory.lib.db import Databases, unit_of_work
from directory.lib.events import Dispatch
from directory.listings import channels, drafts, geocoding
from directory.moderation import actions as moderation
from directory.moderation import digest, duplicates, page_reviews, reports
from directory.referrals import attachments, consequences, continuity, forgetting
from directory.referrals import timers as request_timers
from directory.referrals.messages import is_still_wanted
from directory.search import actions as search
from directory.search import seen, waiting
from directory.settings import Settings
from directory.verification import editing, evidence, looking_up, newcomers, reminders, responses
from directory.verification import timers as listing_timers
from directory.verification.sources.nppes_api import RegistryApi

THREADS = {Lane.MAIL: 1, Lane.WEBHOOK: 4}
"""Threads that send, a lane: one connection to our mail server; up to four partners' servers at once."""

MINUTE_S, HOUR_S = 60.0, 3600.0


def work(settings: Settings, databases: Databases, environment: Any, dispatch: Dispatch) -> Loop:
    """The loop of a worker, not yet started."""
    channels = post.open_channels(settings)
    letters = Letters(environment, base_url=settings.base_url, secret=settings.secret, wanted=_is_wanted)

    calling = sending.Busy()

    def lane(channel: Channel) -> Pass:
        return lambda stopping: sending.deliver_due(
            databases,
            channel,
            letters,
            dispatch=dispatch,
            operator_mailbox=settings.operator_mailbox,
            stopping=stopping,
            busy=calling if channel.lane is Lane.WEBHOOK else None,
        )

    lanes = [lane(channel) for channel in channels for _thread in range(THREADS[channel.lane])]
    return Loop(lanes, chores=chores(settings, databases, dispatch))


def _is_wanted(db: Session, job: Job) -> bool:
    return is_still_wanted(db, job.message, job.about_id) and reminders.is_still_wanted(db, job.message, job.about_id)


def chores(settings: Settings, databases: Databases, dispatch: Dispatch) -> list[Chore]:
    """What is done again and again; each is safe to repeat and safe beside another worker doing the same."""

    def keep_time() -> None:
        request_timers.run_due(databases, dispatch=dispatch, operator_mailbox=settings.operator_mailbox)

    geocoder = geocode.open_geocoder(settings.geocoder)

    def place_addresses() -> None:
        if geocoder is not None:
            geocoding.run_due(databases, dispatch, geocoder, at=clock.now())

    def hold_newcomers() -> None:
        newcomers.check(databases, dispatch, settings.data_dir, at=clock.now())

    registry = RegistryApi(settings.nppes_api_url) if settings.nppes_api_url else None

    def ask_registry() -> None:
        if registry is not None:
            looking_up.run_due(databases, dispatch, registry, at=clock.now())

    return [
        Chore("requests", MINUTE_S / 2, keep_time),
        Chore("listings", HOUR_S, lambda: listing_timers.sweep(databases, dispatch, at=clock.now())),
        Chore("reminders", HOUR_S, lambda: reminders.remind(databases, dispatch, at=clock.now())),
        Chore("proofs", HOUR_S, lambda: listing_timers.fade(databases, dispatch, at=clock.now())),
        Chore("gone", MINUTE_S * 5, lambda: continuity.look_after(databases, dispatch, at=clock.now())),
        Chore("figures", HOUR_S * 6, lambda: consequences.count_anew(databases, dispatch, at=clock.now())),
        Chore("doubts", HOUR_S, lambda: responses.hand_over(databases, dispatch, at=clock.now())),
        Chore("changes", MINUTE_S, lambda: editing.settle_cooled(databases, dispatch, at=clock.now())),
        Chore("addresses", MINUTE_S * 5, place_addresses),
        Chore("newcomers", MINUTE_S * 5, hold_newcomers),
        Chore("registry", HOUR_S, ask_registry),
        Chore("queue", MINUTE_S * 10, lambda: moderation.escalate(databases, at=clock.now())),
        Chore("duplicates", HOUR_S * 24, lambda: duplicates.look_for_duplicates(databases, at=clock.now())),
        Chore("pages", HOUR_S * 24, lambda: page_reviews.look_for_overdue(databases, at=clock.now())),
        Chore("digest", MINUTE_S * 5, lambda: digest.send_when_due(databases, settings.on_duty, at=clock.now())),
        Chore("waiting", MINUTE_S * 5, lambda: waiting.tell(databases, at=clock.now())),
        Chore("attachments", MINUTE_S * 5, lambda: attachments.sweep(databases, settings.data_dir, at=clock.now())),
        Chore("purge", HOUR_S, lambda: purge(databases, settings)),
        Chore("audit", HOUR_S * 24, lambda: forget_audit(databases)),
    ]


def forget_audit(databases: Databases) -> None:
    """The audit log is kept for six years, as long as who asked whom."""
    audit.forget(databases, clock.now() - forgetting.SKELETON_KEPT)


def purge(databases: Databases, settings: Settings) -> None:
    """Forget what has had its time: settled mail, used codes, ended grants, old counters; re-seal after a rotation."""
    with unit_of_work(databases) as db:
        delivery.purge(db)
        codes.purge(db)
        grants.purge(db)
        drafts.drop_old(db, at=clock.now())
        passkeys.purge(db)
        sessions.purge(db)
        signing_in.purge(db)
        delivery.reseal(db)
        factors.reseal(db)
        reports.reseal(db)
        reports.forget_networks(db, at=clock.now())
        channels.reseal(db)
        waiting.reseal(db)
        waiting.sweep(db, at=clock.now())
        search.forget_views(db, before=clock.today() - seen.KEPT)
        forgetting.forget_old(db, at=clock.now())
        evidence.sweep(db, settings.data_dir, at=clock.now())
        for wrapped in rewrapping.wrapped_tables():
            rewrapping.rewrap_some(db, wrapped, at_most=200)
    throttle.purge(databases)
