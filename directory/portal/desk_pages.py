"""The desk of our staff for claims: whom to call with which code, which letters to post, whom to look up."""

from uuid import UUID

from directory.accounts import codes
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.errors import Conflict, Refused
from directory.listings.queries import get_location
from directory.verification import claims
from directory.verification.claim import ProofKind
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import page, see_other

HERE = "/desk/claims"


@reads(HERE, guard=may(Permission.MODERATE))
def desk(request: AnyRequest, db: Db) -> Page:
    """What is asked of us for open claims, oldest first."""
    return _page(request, db)


@reads(HERE + "/{proof_id:uuid}/letter", guard=may(Permission.MODERATE))
def letter(request: AnyRequest, db: Db, proof_id: FromPath[UUID]) -> Page:
    """The letter with its code, to be printed and posted to the listed address."""
    row = claims.get_proof(db, proof_id)
    claim = claims.get_claim(db, row.claim_id)
    return page(
        request,
        "portal/claim_letter.html",
        clinic=get_location(db, claim.location_id),
        claim=claim,
        code=codes.code_for(request.app.state.settings.secret, row.id),
        today=clock.today(),
    )


@writes(HERE + "/{proof_id:uuid}/given", guard=may(Permission.MODERATE))
def given(request: AnyRequest, db: Db, proof_id: FromPath[UUID], form: Submitted) -> Page:
    """The code was read out to the listed phone, or the letter was posted."""
    try:
        claims.give(db, proof_id, by=who(request).actor, at=clock.now())
    except Conflict as problem:
        return _page(request, db, errors={"form": problem.message}, status=problem.status)
    return see_other(f"{HERE}?done=given")


@writes(HERE + "/{proof_id:uuid}/official", guard=may(Permission.MODERATE))
def official(request: AnyRequest, db: Db, proof_id: FromPath[UUID], form: Submitted) -> Page:
    """The registry names the claimant as authorized official."""
    name = f"note-{proof_id}"  # several forms stand on one page
    note = str(form.get(name) or "")[:600]
    try:
        claims.confirm_official(db, proof_id, note=note, by=who(request).actor, at=clock.now())
    except Refused as problem:
        return _page(request, db, errors={name: problem.message}, typed={name: note})
    except Conflict as problem:
        return _page(request, db, errors={"form": problem.message}, typed={name: note}, status=problem.status)
    return see_other(f"{HERE}?done=official")


def _page(
    request: AnyRequest,
    db: Db,
    errors: dict[str, str] | None = None,
    *,
    typed: dict[str, str] | None = None,
    status: int = 422,
) -> Page:
    secret = request.app.state.settings.secret
    wanted = [
        {"proof": proof, "claim": claim, "clinic": place, "code": codes.code_for(secret, proof.id)}
        for proof, claim, place in claims.find_wanted(db, at=clock.now())
    ]
    return page(
        request,
        "portal/desk.html",
        status=status if errors else 200,
        wanted=wanted,
        kinds=ProofKind,
        errors=errors or {},
        typed=typed or {},
        done=request.query_params.get("done", ""),
    )


ROUTES = [desk, letter, given, official]
