"""What runs beside the pages: the loop that sends mail, and the chores that keep time."""

from typing import Any

from sqlmodel import Session

from directory.accounts import audit, codes, factors, grants, passkeys, sessions, signing_in
from directory.accounts.renderer import Letters
from directory.delivery import actions as delivery
from directory.delivery import post, sending
from directory.delivery.loop import Chore, Loop
from directory.geography import geocode
from directory.lib import clock, throttle
from directory.lib.db import Databases, unit_of_work
from directory.lib.events import Dispatch
from directory.listings import drafts, geocoding
from directory.moderation import actions as moderation
from directory.moderation import digest, duplicates, page_reviews, reports
from directory.referrals import timers as request_timers
from directory.referrals.messages import is_still_wanted
from directory.settings import Settings
from directory.verification import editing, evidence, reminders
from directory.verification import timers as listing_timers

MINUTE_S, HOUR_S = 60.0, 3600.0


def work(settings: Settings, databases: Databases, environment: Any, dispatch: Dispatch) -> Loop:
    """The loop of a worker, not yet started."""
    channel = post.open_channel(settings)
    letters = Letters(environment, base_url=settings.base_url, secret=settings.secret, wanted=_is_wanted)

    def deliver(stopping: Any) -> int:
        return sending.deliver_due(
            databases,
            channel,
            letters,
            dispatch=dispatch,
            operator_mailbox=settings.operator_mailbox,
            stopping=stopping,
        )

    return Loop(deliver, chores=chores(settings, databases, dispatch))


def _is_wanted(db: Session, job: sending.Job) -> bool:
    return is_still_wanted(db, job.message, job.about_id) and reminders.is_still_wanted(db, job.message, job.about_id)


def chores(settings: Settings, databases: Databases, dispatch: Dispatch) -> list[Chore]:
    """What is done again and again; each is safe to repeat and safe beside another worker doing the same."""

    def keep_time() -> None:
        request_timers.run_due(databases, dispatch=dispatch, operator_mailbox=settings.operator_mailbox)

    geocoder = geocode.open_geocoder(settings.geocoder)

    def place_addresses() -> None:
        if geocoder is not None:
            geocoding.run_due(databases, dispatch, geocoder, at=clock.now())

    return [
        Chore("requests", MINUTE_S / 2, keep_time),
        Chore("listings", HOUR_S, lambda: listing_timers.sweep(databases, dispatch, at=clock.now())),
        Chore("reminders", HOUR_S, lambda: reminders.remind(databases, dispatch, at=clock.now())),
        Chore("proofs", HOUR_S, lambda: listing_timers.fade(databases, dispatch, at=clock.now())),
        Chore("changes", MINUTE_S, lambda: editing.settle_cooled(databases, dispatch, at=clock.now())),
        Chore("addresses", MINUTE_S * 5, place_addresses),
        Chore("queue", MINUTE_S * 10, lambda: moderation.escalate(databases, at=clock.now())),
        Chore("duplicates", HOUR_S * 24, lambda: duplicates.look_for_duplicates(databases, at=clock.now())),
        Chore("pages", HOUR_S * 24, lambda: page_reviews.look_for_overdue(databases, at=clock.now())),
        Chore("digest", MINUTE_S * 5, lambda: digest.send_when_due(databases, settings.on_duty, at=clock.now())),
        Chore("purge", HOUR_S, lambda: purge(databases, settings)),
    ]


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
        audit.rewrap(db)
        evidence.rewrap(db)
        evidence.sweep(db, settings.data_dir, at=clock.now())
    throttle.purge(databases)
