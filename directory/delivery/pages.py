"""The mail folder, for whoever develops: without a mail server, this is where the mail is."""

from litestar.params import FromPath

from directory.delivery import post
from directory.delivery.channels.folder import find_kept, kept
from directory.delivery.guards import developer_here
from directory.lib.errors import NotFound
from directory.web.routes import AnyRequest, Db, Page, reads
from directory.web.shell import page
from directory.wording.say import _


@reads("/dev/mail", guard=developer_here)
def mails(request: AnyRequest, db: Db) -> Page:
    """The newest hundred mails."""
    folder = post.folder(request.app.state.settings)
    return page(request, "delivery/mails.html", mails=kept(folder)[:100], folder=str(folder))


@reads("/dev/mail/{name:str}", guard=developer_here)
def mail(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """One mail as text, its links to be followed."""
    found = find_kept(post.folder(request.app.state.settings), name)
    if found is None:
        raise NotFound(_("There is no such mail in the folder."))
    return page(request, "delivery/mail.html", mail=found)


ROUTES = [mails, mail]
