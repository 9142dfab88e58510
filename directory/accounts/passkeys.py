"""Passkeys (WebAuthn level 2): challenges that work once, in the browser that asked, within five minutes.

User verification is always required. Origin and relying party come from the settings, never from a request.
"""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from directory.accounts import rules
from directory.accounts.models import Passkey, PasskeyChallenge, User
from directory.lib import ids
from directory.lib.db import changed, database_now
from directory.lib.errors import Conflict, Unavailable
from directory.wording.say import _

LIFE = dt.timedelta(minutes=5)
COOKIE = "passkey"
LONGEST = 20_000
"""Characters of what a browser sends back; a key without attestation needs about one thousand."""
SIGN_IN, ENROL = "sign-in", "enrol"


@dataclass(frozen=True, slots=True)
class House:
    """Whom passkeys are made for: the host they are bound to, the origin of our pages, and the name shown."""

    host: str
    origin: str
    name: str


def house(base_url: str, name: str) -> House:
    """From the settings. Raises Unavailable where the site is reached by a bare address: passkeys need a name."""
    host = rules.relying_party(base_url)
    if host is None:
        raise Unavailable(_("Passkeys need this site to be opened by its name."))
    return House(host, base_url, name)


def ask_to_sign_in(db: Session, at: House) -> tuple[str, dict[str, Any]]:
    """A challenge for whoever holds a passkey of ours: the browser's token, and what its script asks with.

    It names no account and lists no key: the authenticator knows which it has.
    """
    options = generate_authentication_options(rp_id=at.host, user_verification=UserVerificationRequirement.REQUIRED)
    return _keep(db, SIGN_IN, options.challenge, None), _plain(options)


def ask_to_enrol(db: Session, at: House, user: User) -> tuple[str, dict[str, Any]]:
    """A challenge for a new passkey of `user`; those that are known already are left out."""
    known = db.exec(select(Passkey).where(Passkey.user_id == user.id)).all()
    options = generate_registration_options(
        rp_id=at.host,
        rp_name=at.name,
        user_id=user.id.bytes,
        user_name=user.mailbox,
        user_display_name=user.name or user.mailbox,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential_id) for row in known],
    )
    return _keep(db, ENROL, options.challenge, user.id), _plain(options)


def enrol(db: Session, at: House, user: User, *, browser: str, answer: str, name: str) -> Passkey | None:
    """The new passkey, once its answer fits the challenge; None when it does not."""
    challenge = _spend(db, browser, ENROL, user.id)
    if challenge is None or len(answer) > LONGEST:
        return None
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    if db.exec(select(Passkey).where(Passkey.credential_id == found.credential_id)).first() is not None:
        raise Conflict(_("This passkey is already in use."))
    row = Passkey(
        user_id=user.id,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=name.strip()[:60] or _("Passkey"),
        added_at=database_now(db),
    )
    db.add(row)
    return row


def check(db: Session, at: House, *, browser: str, answer: str, of: uuid.UUID | None = None) -> User | None:
    """Whose passkey answered the challenge of this browser; None when none did. `of` asks for one person's.

    A sign counter that does not move on (a copied authenticator) is refused. The challenge is spent either way.
    """
    challenge = _spend(db, browser, SIGN_IN, None)
    if challenge is None or len(answer) > LONGEST:
        return None
    try:
        credential_id = base64url_to_bytes(str(json.loads(answer)["id"]))
    except (ValueError, KeyError, TypeError):
        return None
    row = db.exec(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()).first()
    if row is None or (of is not None and row.user_id != of):
        return None
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    row.sign_count, row.used_at = found.new_sign_count, database_now(db)
    db.add(row)
    user = db.get_one(User, row.user_id)
    return user if user.closed_at is None else None


def purge(db: Session) -> None:
    """Deletes challenges whose time is over."""
    db.execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= database_now(db)))


def _keep(db: Session, purpose: str, challenge: bytes, user_id: uuid.UUID | None) -> str:
    token = ids.new_token()
    db.add(
        PasskeyChallenge(
            browser_digest=ids.token_digest(token),
            challenge=challenge,
            purpose=purpose,
            user_id=user_id,
            expires_at=database_now(db) + LIFE,
        )
    )
    return token


def _spend(db: Session, browser: str, purpose: str, user_id: uuid.UUID | None) -> bytes | None:
    mine = PasskeyChallenge.browser_digest == ids.token_digest(browser)
    row = db.exec(select(PasskeyChallenge).where(mine, PasskeyChallenge.purpose == purpose)).first()
    if row is None:
        return None
    challenge = row.challenge if row.user_id == user_id and row.expires_at > database_now(db) else None
    # Deleted and counted: of two answers at once, one finds a row to delete.
    return challenge if changed(db, delete(PasskeyChallenge).where(col(PasskeyChallenge.id) == row.id)) else None


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(options_to_json(options))
    return plain
