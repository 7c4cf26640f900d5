"""Authorization codes and access tokens: what was granted, to whom, until when."""

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field

from local.globus.identities import Identity
from local.globus.signing import url_safe

CODE_LIFETIME_S = 600
#: https://docs.globus.org/api/auth/developer-guide/
TOKEN_LIFETIME_S = 172_800


@dataclass(frozen=True)
class Grant:
    """A researcher's consent, given to one client at one address."""

    client_id: str
    redirect_uri: str
    identity: Identity
    scopes: tuple[str, ...]
    nonce: str | None
    challenge: str | None
    granted_at: float = field(default_factory=time.time)

    def accepts(self, verifier: str | None) -> bool:
        """PKCE S256 (RFC 7636); a verifier without a challenge is refused as a downgrade (RFC 9700)."""
        if self.challenge is None or verifier is None:
            return self.challenge == verifier
        expected = url_safe(hashlib.sha256(verifier.encode()).digest())
        return hmac.compare_digest(expected.encode(), self.challenge.encode())


@dataclass(frozen=True)
class Token:
    """An access token that is in force."""

    value: str
    grant: Grant
    issued_at: int

    @property
    def expires_at(self) -> int:
        """In seconds since the epoch."""
        return self.issued_at + TOKEN_LIFETIME_S


class Grants:
    """Codes that wait to be redeemed, and tokens that are in force."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def offer(self, grant: Grant) -> str:
        """A code for the client to redeem."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = grant
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Token | None:
        """None unless everything fits; a code is used up by the first try, whether that fits or not."""
        with self._lock:
            grant = self._codes.pop(code, None)
        if grant is None or time.time() >= grant.granted_at + CODE_LIFETIME_S:
            return None
        if (grant.client_id, grant.redirect_uri) != (client_id, redirect_uri):
            return None
        return self._issue(grant) if grant.accepts(verifier) else None

    def _issue(self, grant: Grant) -> Token:
        token = Token("Ag" + secrets.token_urlsafe(40), grant, int(time.time()))
        with self._lock:
            self._tokens[token.value] = token
        return token

    def find(self, value: str) -> Token | None:
        """None once it is revoked or has expired."""
        token = self._tokens.get(value)
        return token if token and time.time() < token.expires_at else None

    def revoke(self, value: str, client_id: str) -> None:
        """Only the client that it was issued to can end a token."""
        with self._lock:
            token = self._tokens.get(value)
            if token and token.grant.client_id == client_id:
                del self._tokens[value]
