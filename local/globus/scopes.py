"""Scopes that a login may ask for."""

OPENID = "openid"
PROFILE = "profile"
EMAIL = "email"
IDENTITY_SET = "urn:globus:auth:scope:auth.globus.org:view_identity_set"
IDENTITIES = "urn:globus:auth:scope:auth.globus.org:view_identities"

#: What the consent page says about each.
MEANINGS = {
    OPENID: "Know who you are in Globus",
    PROFILE: "View your name and organization",
    EMAIL: "View your email address",
    IDENTITY_SET: "View the identities that you have linked",
    IDENTITIES: "View identities",
}


def are_known(scopes: tuple[str, ...]) -> bool:
    """Whether there are any, and none is unheard of."""
    return bool(scopes) and all(scope in MEANINGS for scope in scopes)
