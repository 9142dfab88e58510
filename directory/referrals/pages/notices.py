"""What people can read before anything is collected: the consumer-health notice and the five disclosures."""

from directory.referrals import consent
from directory.web.routes import AnyRequest, Page, anyone, quick
from directory.web.shell import page


@quick("/privacy/consumer-health", guard=anyone)
def consumer_health(request: AnyRequest) -> Page:
    """What is collected about health, why, who gets it, and how to take it back."""
    return page(request, "referrals/notice.html", public=True, version=consent.NOTICE)


@quick("/about/disclosures", guard=anyone)
def disclosures(request: AnyRequest) -> Page:
    """How clinics come to be listed, what they pay (nothing), and who chooses."""
    return page(request, "referrals/disclosures.html", public=True, version=consent.DISCLOSURES)


ROUTES = [consumer_health, disclosures]
