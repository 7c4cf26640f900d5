"""Several logins of one browser at the same time, each in a tab of its own."""

import random
import string

from services.web.identity import MAX_NEXT
from services.web.login_attempts import MAX_LOGINS
from tests.unit.web.builders import World
from tests.unit.web.logins import begin
from tests.unit.web.provider import Provider


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
