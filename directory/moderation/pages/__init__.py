"""What people see of moderation: the queue, reviews, a listing of the house, reports, the audit log, our accuracy."""

from typing import Any

from directory.moderation.pages import audit, decisions, house, inviting, queue, reports, review

ROUTES: list[Any] = [
    *queue.ROUTES,
    *review.ROUTES,
    *house.ROUTES,
    *inviting.ROUTES,
    *decisions.ROUTES,
    *reports.ROUTES,
    *audit.ROUTES,
]

__all__ = ["ROUTES"]
