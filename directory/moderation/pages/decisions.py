"""A decision as those concerned read it, from the signed link in the mail: what, why, and what can be done."""

from directory.accounts import links
from directory.accounts.renderer import DECISION
from directory.lib import clock
from directory.listings.queries import get_location
from directory.moderation import queries
from directory.moderation.choices import said_of
from directory.moderation.models import Verb
from directory.moderation.reasons import ANSWERS
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, reads
from directory.web.shell import page


@reads("/decisions/{token:str}", guard=anyone)
def show(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """200 for a link of ours of the last 8 days; 410 for an older one."""
    row = queries.get_decision(db, links.read(request.app.state.settings.secret, DECISION, token, clock.today()))
    choice = str(row.detail.get("choice", ""))
    answer = ANSWERS.find(choice)
    return page(
        request,
        "moderation/decision.html",
        decision=row,
        is_report=row.verb == Verb.ANSWER or (row.verb == Verb.CLOSE and choice != "overruled"),
        answer=answer.sentence if answer else "",
        said=said_of(row.verb, choice),
        clinic=get_location(db, row.location_id) if row.location_id else None,
    )


ROUTES = [show]
