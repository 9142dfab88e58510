"""Test requests: sent the way a clinic's requests go, and answered there before the first real one is sent."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.accounts.permissions import GRANTS, Permission, Role
from directory.accounts.queries import find_team
from directory.delivery import queries as deliveries
from directory.delivery.models import OutboxState
from directory.lib.errors import Conflict, Refused
from directory.listings import channels
from directory.listings.editing import edit
from directory.listings.models import Endpoint
from directory.listings.queries import find_endpoint, get_endpoint, get_location
from directory.terminology.channels import Channel
from directory.verification import actions
from directory.wording.say import _

MESSAGE = "channel_test"
PER_HOUR = 5
PAUSE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a clinic's channel stands. `test` is the newest test request's state, None before the first one."""

    endpoint: Endpoint | None
    reaches: bool
    needs_secret: bool
    test: OutboxState | None
    tested_at: dt.datetime | None


def standing(db: Session, location_id: UUID) -> Standing:
    """For the page of the clinic's rooms."""
    endpoint = find_endpoint(db, location_id)
    tests = _tests(db, endpoint.id) if endpoint is not None else []
    hook = endpoint is not None and endpoint.channel == Channel.WEBHOOK
    return Standing(
        endpoint=endpoint,
        reaches=channels.reaches(endpoint),
        needs_secret=hook and endpoint is not None and endpoint.secret_sealed is None,
        test=tests[-1].state if tests else None,
        tested_at=tests[-1].queued_at if tests else None,
    )


def send(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Send a test request the way real ones would go. Raises Refused, in words, when that makes no sense now."""
    endpoint = find_endpoint(db, location_id)
    if endpoint is None or not channels.reaches(endpoint):
        raise Refused(_("Nothing can be sent this way yet. Say first how requests reach you."))
    if endpoint.channel == Channel.PORTAL and not _somebody_answers(db, location_id):
        raise Refused(_("Nobody on your team may answer requests here. Invite somebody first."))
    tests = _tests(db, endpoint.id)
    if any(test.state in (OutboxState.QUEUED, OutboxState.LEASED) for test in tests):
        raise Refused(_("A test request is on its way already."))
    if sum(test.queued_at > at - PAUSE for test in tests) >= PER_HOUR:
        raise Refused(_("Five test requests an hour are enough. Please look for the last one, or try again later."))
    channels.tell(db, endpoint, MESSAGE, {"endpoint": str(endpoint.id)}, about_id=endpoint.id)
    audit.append(db, by, "CHANNEL_TEST_SENT", subject_type="location", subject_id=location_id)


def renew_secret(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> str:
    """A new signing secret for the clinic's webhook, to be shown once; then a test has to be answered again."""
    endpoint = find_endpoint(db, location_id)
    if endpoint is None or endpoint.channel != Channel.WEBHOOK:
        raise Refused(_("Only a webhook is signed with a secret."))
    edit(db, location_id, version=None, at=at)
    secret = channels.renew_secret(db, endpoint)
    audit.append(db, by, "CHANNEL_SECRET_RENEWED", subject_type="location", subject_id=location_id)
    return secret


def mailbox_for_code(db: Session, endpoint_id: UUID) -> str:
    """Where the code of a test goes; empty for a webhook, whose link reached nobody but the partner's server.

    Raises Conflict when requests no longer go this way.
    """
    endpoint = _active(db, endpoint_id)
    return "" if endpoint.channel == Channel.WEBHOOK else channels.mailbox_of(endpoint)


def answer(db: Session, endpoint_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """The test was answered: from now on requests can be sent this way.

    Raises Conflict when requests no longer go there, or when no test of ours got through.
    """
    endpoint = _active(db, endpoint_id)
    if not any(test.state is OutboxState.SENT for test in _tests(db, endpoint.id)):
        raise Conflict(_("No test request has got through on this way yet. Send one first."))
    actions.test_endpoint(db, endpoint.id, by=by, at=at)
    audit.append(db, by, "CHANNEL_PROVED", subject_type="location", subject_id=endpoint.location_id)


def _active(db: Session, endpoint_id: UUID) -> Endpoint:
    endpoint = get_endpoint(db, endpoint_id)
    if not endpoint.active:
        raise Conflict(_("Requests no longer go there."))
    return endpoint


def _tests(db: Session, endpoint_id: UUID) -> list[deliveries.Standing]:
    return [found for found in deliveries.find_about(db, endpoint_id) if found.message == MESSAGE]


def _somebody_answers(db: Session, location_id: UUID) -> bool:
    team = find_team(db, get_location(db, location_id).organization_id)
    return any(Permission.ANSWER_REQUESTS in GRANTS[Role(held.role)] for held, _user in team)
