"""What proves a claim of a listing, and where a claim or a change stands, in words for whoever decides."""

from directory.listings.revision import RevisionState
from directory.verification.claim import ClaimState, ProofKind
from directory.wording.say import _

PROOF_LABELS: dict[str, str] = {
    ProofKind.PHONE_CODE: _("a code read out to the listed phone"),
    ProofKind.WEBSITE_MAIL: _("mail at the listed website"),
    ProofKind.LETTER: _("a letter to the listed address"),
    ProofKind.REGISTRY_OFFICIAL: _("the registry's official"),
}
CLAIM_STATES: dict[str, str] = {
    ClaimState.OPEN: _("Being proved"),
    ClaimState.GRANTED: _("Granted; the 72 hours for the button are over"),
    ClaimState.REFUSED: _("Refused by us"),
    ClaimState.ENDED: _("Stopped; what came with it is undone"),
    ClaimState.WITHDRAWN: _("Taken back"),
}

CHANGE_STATES: dict[str, str] = {
    RevisionState.LIVE: _("Live; the 72 hours for the button are over"),
    RevisionState.WAITING: _("Waits"),
    RevisionState.RETURNED: _("Returned"),
    RevisionState.REFUSED: _("Stopped; nothing of it is live"),
    RevisionState.UNDONE: _("Put back"),
}
