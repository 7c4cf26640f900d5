"""Only the user whom Globus names, in the browser that asked, gets a session; the others are told why not."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.web.globus_login import access_token_hash
from tests.unit.web.builders import World
from tests.unit.web.logins import GRACE, begin, log_in
from tests.unit.web.provider import Provider, rsa


@pytest.mark.parametrize(
    "faults",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"at_hash": "of another token"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
    ],
)
def test_an_identity_with_a_wrong_claim_is_refused(world: World, provider: Provider, faults: dict) -> None:
    provider.faults = faults
    browser = world.browser(None)

    assert log_in(browser, provider).status_code == 400
    assert GRACE not in world.accounts.accounts
    assert browser.get("/jobs").status_code == 302


def test_an_identity_signed_by_another_is_refused(world: World, provider: Provider) -> None:
    provider.other_key = rsa.generate_private_key(65537, 2048)

    assert log_in(world.browser(None), provider).status_code == 400


@pytest.mark.parametrize("changes", [{"state": "wrong"}, {"state": ""}, {"state": "ümlaut"}, {"code": "x"}])
def test_a_wrong_state_or_code_is_refused(world: World, provider: Provider, changes: dict) -> None:
    assert log_in(world.browser(None), provider, **changes).status_code == 400
    assert GRACE not in world.accounts.accounts


def test_a_login_of_another_browser_is_refused(world: World, provider: Provider) -> None:
    """Nobody can be logged in as somebody else by following a link."""
    link = provider.approve(begin(world.browser(None)))

    assert world.browser(None).get("/auth/callback", query_string=link).status_code == 400


def test_the_code_of_another_login_does_not_fit_the_verifier(world: World, provider: Provider) -> None:
    """PKCE: a stolen code is worth nothing in a browser that did not ask for it."""
    stolen = provider.approve(begin(world.browser(None)))
    thief = world.browser(None)
    own = provider.approve(begin(thief))

    answer = thief.get("/auth/callback", query_string={"state": own["state"], "code": stolen["code"]})

    assert answer.status_code == 400


def test_a_login_is_good_for_once(world: World, provider: Provider) -> None:
    """Who is logged in by it goes on to the jobs; who has logged out since then is not let in again."""
    browser = world.browser(None)
    back = provider.approve(begin(browser))
    browser.get("/auth/callback", query_string=back)

    assert browser.get("/auth/callback", query_string=back).location == "/jobs"
    assert len(provider.revoked) == 1, "Globus was asked once"
    browser.post("/logout")
    assert browser.get("/auth/callback", query_string=back).status_code == 400


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("access_denied", "You were not logged in, because Globus was not allowed"),
        ("server_error", "Globus could not log you in just now; please try again."),
        ("", "Globus could not log you in just now; please try again."),
    ],
)
def test_a_login_that_globus_ends_comes_home_with_a_sentence(world: World, error: str, sentence: str) -> None:
    """Only one who has said no is told so."""
    browser = world.browser(None)
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]

    answer = browser.get("/auth/callback", query_string={"state": state, "error": error})

    assert answer.location == "/"
    assert sentence in browser.get("/").text


def test_an_end_that_belongs_to_no_login_here_is_refused(world: World) -> None:
    """A link from elsewhere cannot end a login that is under way."""
    browser = world.browser(None)
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]

    assert browser.get("/auth/callback?error=access_denied&state=wrong").status_code == 400
    assert browser.get(f"/auth/callback?error=access_denied&state={state}").location == "/"


def test_a_provider_that_fails_is_said_to_fail(world: World, provider: Provider) -> None:
    browser = world.browser(None)
    back = provider.approve(begin(browser))
    provider.broken = 502

    answer = browser.get("/auth/callback", query_string=back)

    assert answer.status_code == 503
    assert "Globus Auth is failing" in answer.text


def test_a_provider_that_is_away_is_said_to_be_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", "http://127.0.0.1:9/")
    browser = world.browser(None)
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]

    answer = browser.get("/auth/callback", query_string={"state": state, "code": "x"})

    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


def test_the_token_hash_goes_with_the_signature() -> None:
    """Half of SHA-256 for RS256, half of SHA-512 for RS512; the example of OpenID Connect Core, A.3."""
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"

    assert access_token_hash(token, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(access_token_hash(token, "RS512")) == 43
