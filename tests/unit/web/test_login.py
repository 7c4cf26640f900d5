"""Login: whom Globus names gets an account and a session, until the logout."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from gas.accounts import Plan
from services.web.identity import safe_next
from tests.unit.web.builders import World, settings
from tests.unit.web.logins import GRACE, begin, log_in
from tests.unit.web.provider import Provider


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
