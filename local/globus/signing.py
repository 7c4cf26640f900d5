"""The key that signs identity tokens: RS512 as Globus Auth uses, new at every start."""

import base64
import hashlib
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ALGORITHM = "RS512"
KEY_ID = "local"
KEY_BITS = 2048
PUBLIC_EXPONENT = 65537


def url_safe(digest: bytes) -> str:
    """Base64 as OpenID Connect and PKCE write it: URL-safe, without padding."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class SigningKey:
    """Signs tokens, and publishes how to verify them."""

    def __init__(self) -> None:
        self._private = rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=KEY_BITS)

    def sign(self, claims: dict[str, Any]) -> str:
        """A JSON Web Token."""
        return jwt.encode(claims, self._private, ALGORITHM, headers={"kid": KEY_ID})

    def published(self) -> dict[str, Any]:
        """The document at jwks_uri."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._private.public_key()))
        return {"keys": [{**key, "alg": ALGORITHM, "use": "sig", "kid": KEY_ID}]}


def access_token_hash(access_token: str) -> str:
    """The at_hash claim: the left half of the token's SHA-512.

    https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
    """
    digest = hashlib.sha512(access_token.encode()).digest()
    return url_safe(digest[: len(digest) // 2])
