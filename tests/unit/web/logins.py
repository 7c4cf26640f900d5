"""Logins of a browser by way of the provider."""

from tests.unit.web.provider import Provider

#: The only user whom the provider knows.
GRACE = "globus-identity"


def begin(browser, next_path: str = "/jobs/new") -> str:
    """Press the button; where the browser is sent."""
    return browser.get(f"/login?next={next_path}").location


def log_in(browser, provider: Provider, **changes: str):
    """The whole login, with changes to what comes back."""
    return browser.get("/auth/callback", query_string={**provider.approve(begin(browser)), **changes})
