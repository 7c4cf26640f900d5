"""Personal access tokens: made once, shown once, and known only by their digest afterwards."""

from __future__ import annotations

import hashlib
import secrets

from gas.accounts import Account, Token
from gas.errors import NotFound
from services.web.context import Site
from services.web.refusals import NotAuthenticated, Refusal

#: Tells people and secret scanners what this is.
PREFIX = "gas_pat_"
MAX_DAYS = 365
MAX_NAME = 60
_HINT = len(PREFIX) + 4
_DAY = 86_400


def make_token(site: Site, user_id: str, name: str, days: int) -> str:
    """A new token of this user, in full for the only time."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Refusal(f"Please give the token a name of 1 to {MAX_NAME} printable characters.")
    if not 1 <= days <= MAX_DAYS:
        raise Refusal(f"A token is valid for 1 to {MAX_DAYS} days.")
    secret = PREFIX + secrets.token_urlsafe(32)
    site.ports.tokens.add(_record(secret, user_id, name, now=site.clock(), days=days))
    return secret


def account_of(site: Site, authorization: str) -> Account:
    """The account that an Authorization header speaks for."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise NotAuthenticated("Send a personal access token: Authorization: Bearer gas_pat_...")
    try:
        token = site.ports.tokens.find(_digest(secret.strip()))
        account = site.ports.accounts.get(token.user_id)
    except NotFound:
        raise _invalid("This token is unknown or was revoked.") from None
    if token.expires_at <= site.clock():
        raise _invalid("This token has expired. Make a new one on the account page.")
    return account


def _record(secret: str, user_id: str, name: str, *, now: float, days: int) -> Token:
    return Token(
        token_hash=_digest(secret),
        user_id=user_id,
        name=name,
        hint=secret[:_HINT],
        created_at=now,
        expires_at=int(now) + days * _DAY,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid(sentence: str) -> NotAuthenticated:
    return NotAuthenticated(sentence, challenge='Bearer error="invalid_token"')
