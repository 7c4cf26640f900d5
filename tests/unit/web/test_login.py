"""Login: only the user whom Globus names, in the browser that asked, gets a session."""

import random
import string
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from gas.accounts import Plan
from services.web.globus_login import access_token_hash
from services.web.identity import MAX_NEXT, safe_next
from services.web.login_attempts import MAX_LOGINS
from tests.unit.web.builders import World, settings
from tests.unit.web.provider import Provider, rsa, running

GRACE = "globus-identity"


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider without faults, where the SDK's own setting leads to it."""
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", shared_provider.url + "/")
    shared_provider.faults, shared_provider.other_key = {}, None
    shared_provider.broken, shared_provider.revocation_status = 0, 200
    shared_provider.codes.clear()
    shared_provider.revoked.clear()
    return shared_provider


def begin(browser, next_path: str = "/jobs/new") -> str:
    """Press the button; where the browser is sent."""
    return browser.get(f"/login?next={next_path}").location


def log_in(browser, provider: Provider, **changes: str):
    """The whole login, with changes to what comes back."""
    return browser.get("/auth/callback", query_string={**provider.approve(begin(browser)), **changes})


def test_a_login_records_the_account_and_goes_on_to_the_page(world: World, provider: Provider) -> None:
    browser = world.browser(None)

    answer = log_in(browser, provider)

    assert answer.status_code == 302
    assert answer.location == "/jobs/new"
    account = world.accounts.get(GRACE)
    assert (account.name, account.email, account.organization) == (
        "Grace Hopper",
        "grace@example.org",
        "Navy",
    )
    assert account.plan is Plan.FREE
    assert browser.get("/account").status_code == 200


def test_the_session_holds_ids_and_is_a_new_one(world: World, provider: Provider) -> None:
    """Whatever was in the browser's session before is gone, and no Globus token is in it."""
    browser = world.browser(None)
    location = begin(browser)
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"

    browser.get("/auth/callback", query_string=provider.approve(location))

    with browser.client.session_transaction() as session:
        assert set(session) == {"user_id", "name", "since"}


def test_a_known_user_keeps_the_plan(world: World, provider: Provider) -> None:
    log_in(world.browser(None), provider)
    world.accounts.accounts[GRACE] = replace(world.accounts.get(GRACE), plan=Plan.PREMIUM)

    log_in(world.browser(None), provider)

    assert world.accounts.get(GRACE).plan is Plan.PREMIUM


def test_the_browser_is_sent_with_state_nonce_and_challenge(world: World, provider: Provider) -> None:
    first, second = (dict(parse_qsl(urlsplit(begin(world.browser(None))).query)) for _ in range(2))

    assert first["redirect_uri"] == "http://localhost/auth/callback"
    assert set(first["scope"].split()) == {"openid", "profile", "email"}
    assert first["code_challenge_method"] == "S256"
    for secret in ("state", "nonce", "code_challenge"):
        assert len(first[secret]) >= 43
        assert first[secret] != second[secret]


def test_the_globus_token_is_revoked(world: World, provider: Provider) -> None:
    log_in(world.browser(None), provider)

    assert len(provider.revoked) == 1


def test_a_failed_revocation_does_not_stop_the_login(world: World, provider: Provider) -> None:
    provider.revocation_status = 400

    assert log_in(world.browser(None), provider).location == "/jobs/new"


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


def test_every_tab_can_log_in(world: World, provider: Provider) -> None:
    """Whichever comes back first; each goes on to its own page."""
    browser = world.browser(None)
    first, second = (provider.approve(begin(browser, path)) for path in ("/account", "/jobs/new"))

    assert browser.get("/auth/callback", query_string=second).location == "/jobs/new"
    assert browser.get("/auth/callback", query_string=first).location == "/account"
    with browser.client.session_transaction() as session:
        assert set(session) == {"user_id", "name", "since"}


def test_a_tab_whose_login_failed_leaves_the_others_theirs(world: World, provider: Provider) -> None:
    browser = world.browser(None)
    first, second = (provider.approve(begin(browser, path)) for path in ("/account", "/jobs/new"))

    assert browser.get("/auth/callback", query_string={**first, "code": "x"}).status_code == 400
    assert browser.get("/auth/callback", query_string={**second, "state": "wrong"}).status_code == 400
    assert browser.get("/auth/callback", query_string=second).location == "/jobs/new"


def test_a_tab_too_many_replaces_the_oldest(world: World, provider: Provider) -> None:
    """Once another tab is logged in, the oldest one is as well."""
    browser = world.browser(None)
    tabs = [provider.approve(begin(browser)) for _ in range(MAX_LOGINS + 1)]

    assert browser.get("/auth/callback", query_string=tabs[0]).status_code == 400
    assert browser.get("/auth/callback", query_string=tabs[1]).location == "/jobs/new"
    assert browser.get("/auth/callback", query_string=tabs[0]).location == "/jobs"


def test_the_cookie_of_many_tabs_is_one_that_browsers_keep(world: World, provider: Provider) -> None:
    """They drop a cookie of more than 4,096 bytes, name and attributes included."""
    browser, letters = world.browser(None), random.Random(7)
    provider.faults = {"name": "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(5000))}
    begin(browser, "/")
    tabs = [begin(browser, "/" + random_text(letters, MAX_NEXT - 1)) for _ in range(MAX_LOGINS)]
    waiting = browser.get("/login?next=/" + random_text(letters, MAX_NEXT - 1))
    inside = browser.get("/auth/callback", query_string=provider.approve(tabs[-1]))

    assert len(tabs) == MAX_LOGINS
    assert len(waiting.headers["Set-Cookie"]) < 4000
    assert len(inside.headers["Set-Cookie"]) < 4000
    assert browser.get("/jobs").status_code == 200


def random_text(letters: random.Random, length: int) -> str:
    return "".join(letters.choice(string.ascii_letters + string.digits) for _ in range(length))


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


def test_a_user_who_is_logged_in_need_not_do_it_again(world: World) -> None:
    assert world.browser().get("/login?next=/account").location == "/account"


def test_logout_ends_the_session_here_and_at_globus(world: World) -> None:
    browser = world.browser()

    answer = browser.post("/logout")

    query = dict(parse_qsl(urlsplit(answer.location).query))
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/v2/web/logout"
    assert query == {
        "client_id": "client",
        "redirect_uri": "http://localhost/",
        "redirect_name": "Genomics Annotation Service",
    }
    assert browser.get("/jobs").status_code == 302


def test_browsers_may_follow_the_logout_to_the_provider(world: World) -> None:
    assert (
        "form-action 'self' https://auth.globus.org;"
        in world.browser(None).get("/").headers["Content-Security-Policy"]
    )


@pytest.mark.parametrize("path", ["/jobs/1", "/account", "/jobs/new?tab=paste", "/", "/" + "x" * 499])
def test_the_way_back_may_be_any_page_here(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "jobs",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/jobs\r\nSet-Cookie: x",
        "\\\\evil.example",
        "/jobs?after=" + "x" * 490,
        "/jobs/ümlaut",
    ],
)
def test_the_way_back_never_leaves_the_site(path: str | None) -> None:
    assert safe_next(path) == "/jobs"


def test_a_cookie_of_the_earlier_key_is_still_good() -> None:
    """Keys are rotated without logging anybody out."""
    before = World(settings(secret_key="old"))
    cookie = before.browser().client.get_cookie("gas")
    after = World(settings(secret_key="new", secret_key_fallbacks="older, old"))
    client = after.app.test_client()
    client.set_cookie("gas", cookie.value)

    assert client.get("/jobs").status_code == 200
    stranger = World(settings(secret_key="new")).app.test_client()
    stranger.set_cookie("gas", cookie.value)
    assert stranger.get("/jobs").status_code == 302


def test_the_token_hash_goes_with_the_signature() -> None:
    """Half of SHA-256 for RS256, half of SHA-512 for RS512; the example of OpenID Connect Core, A.3."""
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"

    assert access_token_hash(token, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(access_token_hash(token, "RS512")) == 43
