"""The sender asks another clinic under the same consent, by one press on the page of the request."""

from directory.accounts import grants
from directory.lib import clock
from directory.referrals import queries, readdressing
from directory.referrals.actions import sender_of
from directory.referrals.doors import FOLLOW
from directory.referrals.guards import sender_with_code
from directory.web.routes import AnyRequest, Db, Page, Submitted, writes
from directory.web.shell import cookie_value, see_other


@writes("/requests/elsewhere", guard=sender_with_code)
def ask_another(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The clinic before reads it no more, and this one is asked."""
    referral_id = grants.require(db, cookie_value(request, FOLLOW), purpose=FOLLOW)
    by = sender_of(queries.get_referral(db, referral_id))
    readdressing.ask_another(db, referral_id, str(form.get("clinic", ""))[:120], by=by, at=clock.now())
    return see_other("/requests/current")


ROUTES = [ask_another]
