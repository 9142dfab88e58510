"""What people see of moderation: the queue, reviews, listings of the house, checks, reports, the log, our accuracy."""

from typing import Any

from directory.moderation.pages import audit, checks, decisions, house, inviting, queue, reports, review

ROUTES: list[Any] = [
    *queue.ROUTES,
    *review.ROUTES,
    *house.ROUTES,
    *inviting.ROUTES,
    *checks.ROUTES,
    *decisions.ROUTES,
    *reports.ROUTES,
    *audit.ROUTES,
]

__all__ = ["ROUTES"]
