"""Who is let in where, for people who sign in and for holders of a mailed link: the other half of the access matrix."""

from tests.support.people import ANA, CLEO, EDDA, KIT, MO, NOOR, OLA, OPAL, RIVERA, VERA

HARBOUR_TEAM = (OLA, EDDA, NOOR)
HOUSE = (MO, ANA, VERA, CLEO, OPAL)
SIGNED_IN = (*HARBOUR_TEAM, KIT, RIVERA, *HOUSE)
"""Everybody of the cast, each with the one role they have; Kit owns another clinic."""

BY_ROLE: dict[tuple[object, ...], str] = {
    (RIVERA,): """
        GET /referrals      GET /referrals/export/{kind:str}        GET /referrals/templates
        GET /referrals/start/{slug:str}                             POST /referrals/start/{slug:str}
    """,
    SIGNED_IN: """
        GET /account                                        POST /account/name
        GET /account/prove                                  POST /account/prove
        GET /account/factors                                POST /account/prove/passkey
        GET /account/factors/app                            POST /account/factors/app
        GET /account/mailbox                                POST /account/factors/app/confirm
        GET /account/mailbox/code                           POST /account/factors/passkey/challenge
        POST /account/mailbox                               POST /account/factors/passkey
        POST /account/mailbox/code                          POST /account/factors/{kind:str}/{factor_id:uuid}/rename
        POST /account/codes                                 POST /account/factors/{kind:str}/{factor_id:uuid}/remove
        POST /account/extend                                POST /account/sessions/{session_id:uuid}/end
        POST /account/sessions/end-others                   POST /account/roles/{membership_id:uuid}/leave
        GET /account/invitation/{token:str}
    """,
    (OLA, KIT): """
        GET /team                                           POST /team/invite
        POST /team/members/{membership_id:uuid}/role        POST /team/invitations/{invitation_id:uuid}/withdraw
        POST /team/members/{membership_id:uuid}/enrol       POST /team/members/{membership_id:uuid}/end
    """,
    (*HARBOUR_TEAM, KIT): "GET /clinic",
    (OLA, NOOR, KIT): "GET /clinic/requests",
    (OLA, NOOR): """
        GET /clinic/requests/{reference:str}                POST /clinic/requests/{reference:str}
        GET /clinic/requests/{reference:str}/text           POST /clinic/requests/{reference:str}/terms
        POST /clinic/requests/{reference:str}/note          POST /clinic/requests/{reference:str}/assign
        POST /clinic/requests/{reference:str}/number
        GET /clinic/requests/{reference:str}/{name:str}     POST /clinic/requests/{reference:str}/{name:str}
    """,
    HARBOUR_TEAM: """
        GET /clinic/sites/{slug:str}    GET /clinic/sites/{slug:str}/preview    GET /clinic/sites/{slug:str}/history
    """,
    (OLA, EDDA, KIT): "GET /clinic/bulk GET /clinic/bulk/sites.csv POST /clinic/bulk",
    (OLA, EDDA): """
        GET /clinic/sites/{slug:str}/{section:str}          GET /clinic/sites/{slug:str}/confirm
        POST /clinic/sites/{slug:str}/{section:str}         POST /clinic/sites/{slug:str}/confirm
        GET /clinic/sites/{slug:str}/channel                POST /clinic/sites/{slug:str}/channel/test
        POST /clinic/sites/{slug:str}/channel/secret
        GET /clinic/sites/{slug:str}/evidence               POST /clinic/sites/{slug:str}/evidence
    """,
    (MO, ANA, OPAL): """
        GET /house/emergency                                POST /house/emergency/{access_id:uuid}/approve
        POST /house/emergency/{access_id:uuid}/end          GET /house/audit
    """,
    (OPAL,): "POST /house/emergency",
    (MO, ANA, VERA): """
        GET /queue                                          POST /queue/{item_id:uuid}/take
        GET /queue/{item_id:uuid}                           POST /queue/{item_id:uuid}/release
        POST /queue/{item_id:uuid}
        GET /house/clinics/{slug:str}/evidence              POST /house/clinics/{slug:str}/evidence
        GET /house/clinics/{slug:str}/checks/rems           POST /house/clinics/{slug:str}/checks/rems
        GET /house/clinics/{slug:str}/checks/licence        POST /house/clinics/{slug:str}/checks/licence
        GET /house/clinics/{slug:str}/checks/supervision    POST /house/clinics/{slug:str}/checks/supervision
        GET /house/evidence/{evidence_id:uuid}              POST /house/evidence/{evidence_id:uuid}/remove
    """,
    (MO, ANA): """
        GET /house/clinics/{slug:str}                       POST /house/clinics/{slug:str}/pause
        POST /house/clinics/{slug:str}/return               POST /house/clinics/{slug:str}/part
        GET /house/candidates                               POST /house/clinics/{slug:str}/invite
        GET /house/clinics/{slug:str}/invite                POST /house/clinics/{slug:str}/invite/never
        GET /house/clinics/{slug:str}/invite/letter         POST /house/clinics/{slug:str}/invite/letter
        GET /desk/claims                                    GET /desk/claims/{proof_id:uuid}/letter
        POST /desk/claims/{proof_id:uuid}/given             POST /desk/claims/{proof_id:uuid}/official
    """,
    (): """
        POST /account/invitation/{token:str}    GET /house/requests     POST /house/requests
    """,
}
"""Who is let in past the guard, and where. A press on somebody else's row is 404, 409 or 422 in the handler."""

BY_LINK = """
    GET /sign-in/open/{token:str}       POST /sign-in/open/{token:str}
    GET /invitation/{token:str}         POST /invitation/{token:str}
    GET /mailbox-change/{token:str}     POST /mailbox-change/{token:str}
    GET /confirm/{token:str}            POST /confirm/{token:str}
    GET /channel-test/{token:str}       POST /channel-test/{token:str}
    GET /objections/{token:str}         POST /objections/{token:str}
    GET /decisions/{token:str}
    GET /invited/{token:str}            POST /invited/{token:str}
    GET /tell-me/{token:str}            POST /tell-me/{token:str}
    POST /tell-me/{token:str}/delete    POST /tell-me/{token:str}/places
"""
"""Opened by the link in a mail and by nothing else; their own tests say what each opens and for how long."""

AFTER_LINK = """
    GET /sign-in/factor                 POST /sign-in/factor
    GET /sign-in/enrol                  GET /sign-in/enrol/app
    POST /sign-in/enrol/app             POST /sign-in/enrol/app/confirm
    POST /sign-in/enrol/passkey         POST /sign-in/enrol/passkey/challenge
    GET /confirm/code                   POST /confirm/code
    GET /channel-test/code              POST /channel-test/code
    GET /claim/code                     POST /claim/code
    GET /claim/current                  POST /claim/current/ask
    POST /claim/current/code
"""
"""For the browser whose link was opened by a button, and for nobody who is not on the way in."""

BY_ROW = """
    POST /clinic/sites/{slug:str}/history/{revision_id:uuid}
    GET /answer/current/letter.pdf  GET /clinic/requests/{reference:str}/letter.pdf
    GET /requests/current/letter.pdf        GET /requests/current/documents/{number:int}
    GET /referrals/{reference:str}/documents/{number:int}
    POST /referrals/templates/{number:int}
    GET /referrals/{reference:str}/template POST /referrals/{reference:str}/template
    GET /referrals/{reference:str}          GET /referrals/{reference:str}/{name:str}
    POST /referrals/{reference:str}/{name:str}      GET /referrals/{reference:str}/letter.pdf
    GET /referrals/{reference:str}/data     GET /referrals/{reference:str}/data/{kind:str}
    GET /answer/current/documents/{number:int}      GET /clinic/requests/{reference:str}/documents/{number:int}
    POST /queue/{item_id:uuid}/put-back/{revision_id:uuid}
"""
"""Decided by the row they name as well as by the role: their own tests have such rows."""


def ways_in(text: str) -> set[str]:
    """The ways ("GET /path") in a table's cell."""
    words = text.split()
    return {" ".join(pair) for pair in zip(words[::2], words[1::2], strict=True)}


def by_role() -> dict[str, tuple[object, ...]]:
    """Who is let in, by way."""
    found: dict[str, tuple[object, ...]] = {}
    for people, text in BY_ROLE.items():
        for way in ways_in(text):
            assert way not in found, f"{way} is decided twice"
            found[way] = people
    return found


def decided_here() -> set[str]:
    """Every way that this half decides."""
    return set(by_role()) | ways_in(BY_LINK) | ways_in(AFTER_LINK) | ways_in(BY_ROW)
