"""What people see of requests: asking, referring, the clinic's answer, following one's own request, and the notices."""

from directory.referrals.pages import answer, ask, follow, notices, refer

ROUTES = [*notices.ROUTES, *ask.ROUTES, *refer.ROUTES, *answer.ROUTES, *follow.ROUTES]
