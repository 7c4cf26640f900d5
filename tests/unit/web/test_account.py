"""The account page: plan changes with their messages, and personal access tokens."""

import pytest

from gas.accounts import Plan
from gas.messages import AccountDowngraded, RestoreRequested
from tests.unit.web.builders import ADA, BOB, NOW, Browser, World


def test_the_page_shows_the_profile_and_the_plan(world: World, ada: Browser) -> None:
    page = ada.get("/account").text

    assert "Globus Identity ID" in page
    assert ADA in page
    assert "Plan: Free" in page
    assert "3 minutes" in page
    world.set_plan(ADA, Plan.PREMIUM)
    assert "Plan: Premium" in ada.get("/account").text


def test_an_upgrade_is_written_and_asks_for_what_is_archived(world: World, ada: Browser) -> None:
    answer = ada.post("/account/upgrade")

    assert answer.status_code == 303
    assert world.accounts.get(ADA).plan is Plan.PREMIUM
    assert world.accounts.get(ADA).plan_since == NOW
    assert world.accounts.get(BOB).plan is Plan.FREE
    assert world.bus.published == [RestoreRequested(ADA)]


def test_an_upgrade_can_be_repeated(world: World, ada: Browser) -> None:
    """So a request whose message was lost is not lost for ever."""
    ada.post("/account/upgrade")
    ada.post("/account/upgrade")

    assert world.accounts.get(ADA).plan is Plan.PREMIUM
    assert world.bus.published == [RestoreRequested(ADA)] * 2


def test_a_downgrade_is_written_and_announced(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)

    ada.post("/account/downgrade")

    assert world.accounts.get(ADA).plan is Plan.FREE
    assert world.bus.published == [AccountDowngraded(ADA)]


def test_a_downgrade_can_be_repeated(world: World, ada: Browser) -> None:
    """Its announcement may have failed; said twice it does no more than once."""
    world.set_plan(ADA, Plan.PREMIUM)
    ada.post("/account/downgrade")
    ada.post("/account/downgrade")

    assert world.bus.published == [AccountDowngraded(ADA)] * 2


def test_a_token_is_shown_once_and_kept_as_a_digest(world: World, ada: Browser) -> None:
    secret = world.token()

    (token,) = world.tokens.of_user(ADA)
    assert len(secret) == len("gas_pat_") + 43
    assert secret not in repr(token)
    assert token.hint == secret[:12]
    assert token.expires_at == int(NOW) + 30 * 86_400
    page = ada.get("/account").text
    assert token.hint in page
    assert secret not in page


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "days": "30"},
        {"name": " ", "days": "30"},
        {"name": "x" * 61, "days": "30"},
        {"name": "back\u202ewards", "days": "30"},
        {"name": "nothing\x00", "days": "30"},
        {"name": "x", "days": "0"},
        {"name": "x", "days": "366"},
        {"name": "x", "days": "many"},
        {"name": "x"},
    ],
)
def test_a_token_needs_a_name_and_an_end(world: World, ada: Browser, form: dict[str, str]) -> None:
    assert ada.post("/account/tokens", form).status_code == 400
    assert world.tokens.tokens == {}


def test_a_form_that_makes_no_token_comes_back_as_it_was_filled_in(ada: Browser) -> None:
    page = ada.post("/account/tokens", {"name": 'The "nightly" run', "days": "900"}).text

    assert "A token is valid for 1 to" in page
    assert 'value="The &#34;nightly&#34; run"' in page
    assert 'value="900"' in page


def test_a_token_can_be_revoked(world: World, ada: Browser) -> None:
    world.token()
    (token,) = world.tokens.of_user(ADA)

    ada.post(f"/account/tokens/{token.token_hash}/revoke")

    assert world.tokens.of_user(ADA) == []


def test_nobody_revokes_the_token_of_another(world: World) -> None:
    world.token()
    (token,) = world.tokens.of_user(ADA)

    world.browser(BOB).post(f"/account/tokens/{token.token_hash}/revoke")

    assert world.tokens.of_user(ADA) == [token]
    assert token.hint not in world.browser(BOB).get("/account").text
