"""The people of the demo can sign in, and what they have under way is under way."""

from collections.abc import Callable

from sqlmodel import col, select

from directory import wiring
from directory.accounts.models import Membership, User
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading
from directory.listings.models import Location
from directory.listings.revision import Revision
from directory.moderation.models import QueueItem
from directory.seeding import cast, demo
from tests.support.databases import Maker, ring_for_tests


def test_the_demo_has_a_listing_in_every_state_that_somebody_may_want_to_see(
    make_database: Callable[[str], Maker],
) -> None:
    databases = Databases(make_database("sqlite").migrated(), keys=ring_for_tests())
    demo.load(databases, wiring.dispatch, count=45)
    cast.load(databases, wiring.dispatch)
    with reading(databases) as db:
        states = set(db.exec(select(Location.status)).all())
        waiting = {row.kind for row in db.exec(select(QueueItem).where(QueueItem.state == "OPEN")).all()}
        cooling = db.exec(select(Revision).where(col(Revision.cools_until).is_not(None))).all()
        owned = set(db.exec(select(Membership.organization_id).where(Membership.role == "owner")).all())
        free = db.exec(select(Location).where(Location.status == "PUBLISHED")).all()
    databases.close()
    assert {"PUBLISHED", "STALE", "SUSPENDED"} <= states
    assert {"SENSITIVE_EDIT", "OBJECTION", "REPORT", "RECHECK"} <= waiting
    assert [row.objected_at for row in cooling] == [None], "one that the old contact can still stop"
    assert any(row.organization_id not in owned for row in free), "one to claim"


def test_the_cast_is_made_once_with_a_change_to_check_and_one_to_object_to(databases: Databases) -> None:
    demo.load(databases, wiring.dispatch, count=2)
    assert cast.load(databases, wiring.dispatch) == 10
    assert cast.load(databases, wiring.dispatch) == 0
    with reading(databases) as db:
        roles = {
            user.name: row.role for row, user in db.exec(select(Membership, User).where(Membership.user_id == User.id))
        }
        waiting = {row.section: row.cools_until is not None for row in db.exec(select(Revision)).all()}
        mails = [row.message for row in db.exec(select(OutboxMessage)).all()]
    assert (roles["Ola"], roles["Mo"], roles["Dr Rivera"]) == ("owner", "moderator", "referrer")
    assert waiting == {"about": False, "contact": True}
    assert mails == ["contact_changes"]
