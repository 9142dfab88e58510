"""When the way to a clinic fails, the same message goes the next one: the mailbox on file, then people who answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from directory.accounts.permissions import GRANTS, Permission, Role
from directory.accounts.queries import find_team
from directory.delivery import actions as delivery
from directory.delivery.events import DeliveryFailed
from directory.delivery.models import OutboxState
from directory.delivery.queries import OPEN, Standing, find_about
from directory.listings import channels
from directory.listings.queries import find_endpoint, get_location
from directory.referrals.models import ReferralTask
from directory.terminology.channels import Channel

INSTEAD_OF = "instead_of"
"""In `ids` of a message that goes another way: the id of the one that failed."""
AT_MOST = 5
"""People of a clinic who are written to when its mailbox fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How else a failed message goes. `through`: somebody has it that way; `trying`: it is on its way; `is_second`:
    what failed was itself another way, and says nothing of the clinic's own."""

    through: bool = False
    trying: bool = False
    is_second: bool = False


def other_ways(db: Session, task: ReferralTask, event: DeliveryFailed, *, may_begin: bool) -> Ways:
    """Where the other ways of a failed message stand; its first failure sends it there (QUALITY 2.2: after an hour, or
    a refusal for good)."""
    about = {sent.outbox_id: sent for sent in find_about(db, task.id)}
    failed = about.pop(event.outbox_id, None)
    if failed is None:
        return Ways()
    is_second = INSTEAD_OF in failed.ids
    first = failed.ids.get(INSTEAD_OF, str(failed.outbox_id))
    others = [sent for sent in about.values() if first in {str(sent.outbox_id), sent.ids.get(INSTEAD_OF)}]
    if not others and not is_second:
        return Ways(trying=may_begin and _go(db, task, failed))
    return Ways(
        through=any(sent.state is OutboxState.SENT for sent in others),
        trying=any(sent.state.value in OPEN for sent in others),
        is_second=is_second,
    )


def _go(db: Session, task: ReferralTask, failed: Standing) -> bool:
    ids = {name: value for name, value in failed.ids.items() if name != "door"} | {INSTEAD_OF: str(failed.outbox_id)}
    ways = list(_ways(db, task))
    for mailbox, door in ways:
        delivery.queue(db, message=failed.message, mailbox=mailbox, ids=ids | door, about_id=task.id)
    return bool(ways)


def _ways(db: Session, task: ReferralTask) -> Iterator[tuple[str, dict[str, str]]]:
    """The mailbox on file of a webhook, which codes go to as well; else whoever may answer, behind their sign-in."""
    endpoint = find_endpoint(db, task.location_id)
    on_file = channels.mailbox_of(endpoint)
    if endpoint is not None and endpoint.channel == Channel.WEBHOOK and on_file:
        yield on_file, {}
        return
    team = find_team(db, get_location(db, task.location_id).organization_id)
    people = (user.mailbox for held, user in team if Permission.ANSWER_REQUESTS in GRANTS[Role(held.role)])
    others = [mailbox for mailbox in dict.fromkeys(people) if mailbox.lower() != on_file.lower()]
    for mailbox in others[:AT_MOST]:
        yield mailbox, {"door": channels.INBOX}
