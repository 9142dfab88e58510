"""From a reminder to "all still correct": a link shows that something waits, a mailed code opens the one listing."""

from directory.accounts import codes, links
from directory.lib import clock
from directory.lib.db import reading
from directory.portal.guards import clinic_confirming
from directory.referrals import proving
from directory.referrals.doors import CONFIRM, LISTING
from directory.referrals.forms.replies import Code
from directory.verification.reminders import mailbox_of
from directory.web.forms import empty, fill
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, quick, writes
from directory.web.shell import page, see_other


@quick("/confirm/{token:str}", guard=anyone)
def waits(request: AnyRequest, token: FromPath[str]) -> Page:
    """Something waits. Mail scanners open links, so this page changes nothing and asks no database."""
    links.read(request.app.state.settings.secret, CONFIRM, token, clock.today())
    return page(request, "referrals/answer_waits.html", errors={})


@writes("/confirm/{token:str}", guard=anyone)
def ask_for_code(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A code to the mailbox to which reminders go."""
    location_id = links.read(request.app.state.settings.secret, CONFIRM, token, clock.today())
    with reading(databases_of(request)) as before:
        mailbox = mailbox_of(before, location_id)
    door = codes.Door(location_id, mailbox) if mailbox else None
    return proving.ask(request, purpose=CONFIRM, asked_for=str(location_id), door=door, at="/confirm/code")


@quick("/confirm/code", guard=clinic_confirming)
def code_page(request: AnyRequest) -> Page:
    """Six digits, please."""
    return proving.page_of(request, "referrals/answer_code.html", empty(Code))


@writes("/confirm/code", guard=clinic_confirming)
def open_it(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: for half an hour this browser may confirm or touch up this one listing."""
    judged = proving.judge(request, fill(Code, form), purpose=CONFIRM)
    if judged.proved is None:
        return proving.page_of(request, "referrals/answer_code.html", judged.filled)
    given = {LISTING: judged.proved.subject_id}
    return see_other("/clinic/update", cookies=proving.opened(request, db, CONFIRM, given))


ROUTES = [waits, ask_for_code, code_page, open_it]
