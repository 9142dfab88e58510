"""The queue's page: what waits, how long already, who has it; by links and buttons, and by j, k and Enter."""

from dataclasses import dataclass
from urllib.parse import urlencode

from directory.accounts.guards import may
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.moderation import queries
from directory.moderation.pages import staff
from directory.moderation.queries import Queue
from directory.web.routes import AnyRequest, Db, Page, reads
from directory.web.shell import page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """One page of the queue; without a number it stands for a gap."""

    number: int | None
    href: str = ""
    current: bool = False


@reads("/queue", guard=may(Permission.WORK_QUEUE))
def show(request: AnyRequest, db: Db) -> Page:
    """Fifty items, the most urgent first."""
    kinds, mine = staff.kinds(request), staff.worker(request).user_id
    kind = request.query_params.get("kind", "")
    number = request.query_params.get("page", "")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = queries.find_queue(db, kinds, kind=kind, page=wanted, mine=mine, at=clock.now())
    return page(
        request,
        "moderation/queue.html",
        section="queue",
        queue=found,
        kind=kind if kind in kinds else "",
        now=clock.now(),
        everything=sum(count for _row, count in found.counts),
        links=_links(found, kind),
        step=lambda by: _href(found.page + by, kind) if 1 <= found.page + by <= found.pages else "",
        done=request.query_params.get("done", ""),
    )


def _links(found: Queue, kind: str) -> list[PageLink]:
    shown = sorted({1, found.pages, *range(found.page - 1, found.page + 2)} & set(range(1, found.pages + 1)))
    links: list[PageLink] = []
    for number in shown:
        if links and links[-1].number is not None and number > links[-1].number + 1:
            links.append(PageLink(number=None))
        links.append(PageLink(number=number, href=_href(number, kind), current=number == found.page))
    return links


def _href(number: int, kind: str) -> str:
    asked = {name: value for name, value in (("kind", kind), ("page", str(number))) if value not in ("", "1")}
    return "/queue" + (f"?{urlencode(asked)}" if asked else "")


ROUTES = [show]
