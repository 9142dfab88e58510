"""The people of the demo can sign in, and what they have under way is under way."""

from sqlmodel import select

from directory import wiring
from directory.accounts.models import Membership, User
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading
from directory.listings.revision import Revision
from directory.seeding import cast, demo


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
