"""What people see of requests: asking, referring, answering, following one's own, the notices, and emergencies."""

from directory.referrals.pages import answer, ask, board, documents, emergency, follow, kept, notices, refer

ROUTES = [
    *notices.ROUTES,
    *ask.ROUTES,
    *documents.ROUTES,
    *refer.ROUTES,
    *answer.ROUTES,
    *follow.ROUTES,
    *board.ROUTES,
    *kept.ROUTES,
    *emergency.ROUTES,
]
HANDLERS = follow.HANDLERS
"""Failures that are answered with a page of ours."""
