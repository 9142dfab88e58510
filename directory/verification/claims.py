"""Claims of listings: begun, proved two ways, granted, objected to and undone."""

import datetime as dt
import hmac
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import actions as accounts
from directory.accounts import audit, codes, revoking
from directory.accounts.actor import Actor, system
from directory.accounts.permissions import Role
from directory.accounts.queries import find_team, find_user
from directory.lib import events
from directory.lib.errors import Conflict, Gone, NotFound, Refused
from directory.listings import revisions
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.listings.revision import Revision, RevisionState
from directory.verification import claiming, messages
from directory.verification.claim import Claim, ClaimProof, ClaimState, ProofKind
from directory.verification.claiming import Listed
from directory.verification.events import ClaimHandled, ClaimWaits, ObjectionRaised
from directory.wording.say import _

CLAIMANT = system("claim")


def listed_of(db: Session, location_id: UUID) -> Listed:
    """What is listed of a clinic, and since when people have left it unchanged."""
    place = get_location(db, location_id)
    team = find_team(db, place.organization_id)
    return Listed(
        status=place.status,
        has_owner=any(member.role == Role.OWNER for member, _user in team),
        phone=place.phone,
        host=claiming.host_of(place.url),
        address=_address(place),
        phone_since=_since(db, location_id, {"phone"}),
        host_since=_since(db, location_id, {"url"}),
        address_since=_since(db, location_id, {"address1", "address2", "city", "state", "zip5"}),
    )


def begin(db: Session, location_id: UUID, *, mailbox: str, at: dt.datetime) -> Claim:
    """Somebody says that a listing is theirs; the open claim of the same mailbox goes on. Raises Refused in words."""
    begun = find_claims_of(db, location_id)
    open_ = next((row for row in begun if row.state == ClaimState.OPEN and row.mailbox == mailbox), None)
    listed = listed_of(db, location_id)
    if why := claiming.why_not_begin(listed, begun=begun, mailbox=mailbox, at=at):
        raise Refused(why)
    if open_ is not None and at <= open_.begun_at + claiming.CLAIM_LIFE:
        return open_
    if open_ is not None:
        _settle(db, open_, ClaimState.WITHDRAWN, by=str(CLAIMANT), at=at)
    row = Claim(
        location_id=location_id,
        mailbox=mailbox,
        listed_phone=listed.phone,
        listed_host=listed.host,
        listed_address=listed.address,
        begun_at=at,
    )
    db.add(row)
    db.flush()
    return row


def prove_mailbox(db: Session, claim: Claim, *, at: dt.datetime) -> None:
    """The claimant reads the mailbox. At the listed website's own domain that is the first proof; the old contact is
    told either way."""
    if claim.mailbox_proved_at is None:
        claim.mailbox_proved_at = at
        db.add(claim)
        messages.tell_of_claim(db, claim)
        audit.append(db, CLAIMANT, "CLAIM_BEGUN", subject_type="location", subject_id=claim.location_id)
    kind = ProofKind.WEBSITE_MAIL
    known = claiming.proved(find_proofs(db, claim.id))
    if kind in known or claiming.why_not_prove(kind, claim, listed_of(db, claim.location_id), at=at):
        return
    row = _asked(claim, kind, at=at)
    row.given_at, row.given_by, row.proved_at, row.proved_by = at, str(CLAIMANT), at, str(CLAIMANT)
    db.add(row)
    _grant_if_enough(db, claim, at=at)


def ask_for(db: Session, claim: Claim, kind: ProofKind, *, at: dt.datetime) -> ClaimProof:
    """Ask our staff to phone the listed number, to send a letter, or to look into the registry. Raises Refused."""
    if kind is ProofKind.WEBSITE_MAIL:
        raise Refused(_("Use a mailbox at the domain of the listed website for your claim."))
    if why := claiming.why_not_prove(kind, claim, listed_of(db, claim.location_id), at=at):
        raise Refused(why)
    of_kind = [row for row in find_proofs(db, claim.id) if row.kind == kind]
    usable = [row for row in of_kind if row.proved_at or (row.tries < claiming.TRIES and at <= row.expires_at)]
    if usable:
        return usable[-1]
    if len(of_kind) >= claiming.MOST_CLAIMS_A_DAY:
        raise Refused(_("This way was tried several times. Choose another one, or write to us."))
    row = _asked(claim, kind, at=at)
    db.add(row)
    db.flush()
    events.record(db, ClaimWaits(claim_id=claim.id, location_id=claim.location_id))
    return row


def give(db: Session, proof_id: UUID, *, by: Actor, at: dt.datetime) -> ClaimProof:
    """A person of ours has read the code out to the listed phone, or posted the letter: it can be typed from now on."""
    row, claim = _waiting(db, proof_id, at=at)
    if row.kind not in (ProofKind.PHONE_CODE, ProofKind.LETTER):
        raise Conflict(_("This proof has no code."))
    row.given_at, row.given_by = at, str(by)
    row.expires_at = at + claiming.CODE_LIFE[ProofKind(row.kind)]
    db.add(row)
    events.record(db, ClaimHandled(claim_id=claim.id))
    audit.append(db, by, "CLAIM_CODE_GIVEN", subject_type="location", subject_id=claim.location_id)
    return row


def confirm_official(db: Session, proof_id: UUID, *, note: str, by: Actor, at: dt.datetime) -> None:
    """A person of ours has found the claimant to be the authorized official in the registry. Raises Refused."""
    row, claim = _waiting(db, proof_id, at=at)
    if row.kind != ProofKind.REGISTRY_OFFICIAL:
        raise Conflict(_("This proof needs a code."))
    if not note.strip():
        raise Refused(_("Say what the registry shows, and how you know that it is the same person."))
    row.given_at, row.given_by, row.proved_at, row.proved_by, row.note = at, str(by), at, str(by), note
    db.add(row)
    events.record(db, ClaimHandled(claim_id=claim.id))
    audit.append(db, by, "CLAIM_OFFICIAL_CONFIRMED", subject_type="location", subject_id=claim.location_id)
    _grant_if_enough(db, claim, at=at)


def type_code(db: Session, claim: Claim, kind: ProofKind, typed: str, *, secret: str, at: dt.datetime) -> str:
    """Judge a code that the claimant typed; an empty text when it was right, else why not. Each try counts."""
    rows = [row for row in find_proofs(db, claim.id) if row.kind == kind]
    if not rows:
        return _("Ask for the code first.")
    row = rows[-1]
    listed = listed_of(db, claim.location_id)
    why = claiming.why_not_type(row, at=at) or claiming.why_not_prove(kind, claim, listed, at=at)
    if why:
        return why
    row.tries += 1
    db.add(row)
    if not hmac.compare_digest(codes.digits(typed).encode(), codes.code_for(secret, row.id).encode()):
        return _("That is not the code.")
    row.proved_at, row.proved_by = at, str(CLAIMANT)
    audit.append(db, CLAIMANT, "CLAIM_PROVED", subject_type="location", subject_id=claim.location_id)
    _grant_if_enough(db, claim, at=at)
    return ""


def object_to(db: Session, claim: Claim, *, by: Actor, at: dt.datetime) -> Claim:
    """The old contact says no: the claim ends, and so do the role it gave and every change made with it.

    Raises Gone when the 72 hours after granting are over. Said twice, it is the same.
    """
    if claim.objected_at is not None:
        return claim
    if not claiming.can_object(claim, at=at):
        raise Gone(_("The time to stop this by a button is over. Write to us, and we look into it today."))
    end(db, claim, by=by, at=at)
    events.record(db, ObjectionRaised(about_id=claim.id, location_id=claim.location_id))
    audit.append(db, by, "CLAIM_OBJECTED", subject_type="location", subject_id=claim.location_id)
    return claim


def end(db: Session, claim: Claim, *, by: Actor, at: dt.datetime) -> None:
    """A claim ends because of an objection, and with it the role that it gave and every change made by that role."""
    granted_at = claim.settled_at if claim.state == ClaimState.GRANTED else None
    claim.objected_at = at
    _settle(db, claim, ClaimState.ENDED, by=str(by), at=at)
    if granted_at is not None:
        _undo(db, claim, since=granted_at, by=by, at=at)
    messages.tell_claimant(db, claim, "stopped")


def refuse(db: Session, claim_id: UUID, *, words: str, by: Actor, at: dt.datetime) -> Claim:
    """A person of ours refuses a claim that is still to be proved. Raises Refused without words, Conflict."""
    claim = get_claim(db, claim_id)
    if not words.strip():
        raise Refused(_("Say why, for whoever claims."))
    if claim.state != ClaimState.OPEN:
        raise Conflict(_("This claim is closed."))
    claim.words = words.strip()
    _settle(db, claim, ClaimState.REFUSED, by=str(by), at=at)
    audit.append(db, by, "CLAIM_REFUSED", subject_type="location", subject_id=claim.location_id)
    return claim


def get_claim(db: Session, claim_id: UUID) -> Claim:
    """The row of a claim. Raises NotFound."""
    row = db.get(Claim, claim_id)
    if row is None:
        raise NotFound(_("There is no such claim."))
    return row


def find_claims_of(db: Session, location_id: UUID) -> list[Claim]:
    """All claims of a listing, oldest first."""
    return list(db.exec(select(Claim).where(Claim.location_id == location_id).order_by(col(Claim.begun_at))).all())


def find_proofs(db: Session, claim_id: UUID) -> list[ClaimProof]:
    """The proofs of a claim, oldest first."""
    asked = select(ClaimProof).where(ClaimProof.claim_id == claim_id)
    return list(db.exec(asked.order_by(col(ClaimProof.asked_at), col(ClaimProof.id))).all())


def find_wanted(db: Session, *, at: dt.datetime) -> list[tuple[ClaimProof, Claim, Location]]:
    """What our staff are asked to do for open claims, oldest first; also codes given out that wait to be typed."""
    asked = (
        select(ClaimProof, Claim, Location)
        .join(Claim, col(Claim.id) == col(ClaimProof.claim_id))
        .join(Location, col(Location.id) == col(Claim.location_id))
        .where(Claim.state == ClaimState.OPEN, col(ClaimProof.proved_at).is_(None), col(ClaimProof.expires_at) > at)
    )
    return list(db.exec(asked.order_by(col(ClaimProof.asked_at))).all())


def get_proof(db: Session, proof_id: UUID) -> ClaimProof:
    """The row of a proof. Raises NotFound."""
    row = db.get(ClaimProof, proof_id)
    if row is None:
        raise NotFound(_("There is no such proof."))
    return row


def _waiting(db: Session, proof_id: UUID, *, at: dt.datetime) -> tuple[ClaimProof, Claim]:
    row = get_proof(db, proof_id)
    claim = get_claim(db, row.claim_id)
    if row.proved_at is not None:
        raise Conflict(_("This is proved already."))
    if why := claiming.why_not_prove(ProofKind(row.kind), claim, listed_of(db, claim.location_id), at=at):
        raise Conflict(why)
    return row, claim


def _asked(claim: Claim, kind: ProofKind, *, at: dt.datetime) -> ClaimProof:
    # A person has a week to do what is asked for; from then on the code has its own life.
    return ClaimProof(claim_id=claim.id, kind=kind, asked_at=at, expires_at=at + dt.timedelta(days=7))


def _grant_if_enough(db: Session, claim: Claim, *, at: dt.datetime) -> None:
    db.flush()
    if not claiming.is_enough(find_proofs(db, claim.id)):
        return
    place = get_location(db, claim.location_id)
    _settle(db, claim, ClaimState.GRANTED, by=str(CLAIMANT), at=at)
    accounts.make_first_owner(
        db, mailbox=claim.mailbox, organization_id=place.organization_id, place=place.name, by=CLAIMANT
    )
    messages.tell_of_claim(db, claim)
    messages.tell_claimant(db, claim, "granted")


def _undo(db: Session, claim: Claim, *, since: dt.datetime, by: Actor, at: dt.datetime) -> None:
    organization_id = get_location(db, claim.location_id).organization_id
    user = find_user(db, claim.mailbox)
    revoking.revoke(db, mailbox=claim.mailbox, organization_id=organization_id, by=by)
    if user is None:
        return
    sites = db.exec(select(Location.id).where(Location.organization_id == organization_id)).all()
    done = select(Revision).where(col(Revision.location_id).in_(sites), Revision.user_id == user.id)
    for row in db.exec(
        done.where(col(Revision.at) >= since).order_by(col(Revision.at).desc(), col(Revision.id).desc())
    ):
        if row.state == RevisionState.WAITING:
            words = _("The claim was objected to.")
            revisions.settle(db, row, RevisionState.REFUSED, by=str(by), at=at, words=words)
        elif row.state == RevisionState.LIVE:
            revisions.put_back(db, row, author=revisions.Author(by=str(by)), at=at)


def _settle(db: Session, claim: Claim, state: ClaimState, *, by: str, at: dt.datetime) -> None:
    claim.state, claim.settled_at, claim.settled_by = state, at, by
    events.record(db, ClaimHandled(claim_id=claim.id))
    db.add(claim)
    db.flush()


def _address(place: Location) -> str:
    return ", ".join(part for part in (place.address1, place.address2, place.city, place.state, place.zip5) if part)


def _since(db: Session, location_id: UUID, names: set[str]) -> dt.datetime | None:
    """When one of these facts was last changed here by anybody; None when nobody has."""
    asked = select(Revision).where(
        Revision.location_id == location_id, col(Revision.state).in_([RevisionState.LIVE, RevisionState.UNDONE])
    )
    changed = [row.settled_at for row in db.exec(asked).all() if names & row.after.keys() and row.settled_at]
    return max(changed, default=None)
