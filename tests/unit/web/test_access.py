"""Who may see and do what: every route, for its owner, another user, nobody and sessions that have ended."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from services.web.identity import SESSION_SECONDS
from tests.unit.web.builders import ADA, BOB, JOB, Browser, World
from tests.unit.web.result_tables import add_table
from tests.unit.web.routes import (
    ACTIONS,
    API,
    API_JOB,
    JOB_ACTIONS,
    JOB_PAGES,
    LOGIN,
    PAGES,
    PUBLIC,
    ROUTES,
    Row,
)


@pytest.fixture
def completed(world: World) -> World:
    job = add_table(world)
    world.inputs.objects[job.input_key] = b"x" * 900
    return world


def rows(*tables: list[Row]) -> Any:
    return pytest.mark.parametrize("row", [row for table in tables for row in table], ids=str)


def ask(browser: Browser, row: Row) -> TestResponse:
    """As the page does: with the CSRF token where somebody is logged in."""
    if row.method == "GET":
        return browser.get(row.path)
    return browser.ask(row.path, row.body) if row.body else browser.post(row.path, row.form)


def call(world: World, row: Row, token: str) -> TestResponse:
    """As a program does."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return world.app.test_client().open(row.path, method=row.method, json=row.body, headers=headers)


class LateBrowser(Browser):
    """Got its CSRF token while somebody was logged in; the cookie holds it still."""

    def __init__(self, world: World, user_id: str = ADA) -> None:
        super().__init__(world.app.test_client(), user_id, world.now)
        self._token = super().csrf()

    def csrf(self) -> str:
        return self._token


def nobody(world: World) -> Browser:
    browser = LateBrowser(world)
    with browser.client.session_transaction() as session:
        for name in ("user_id", "name", "since"):
            del session[name]
    return browser


def ended_sessions(world: World) -> list[Browser]:
    """One that is too old, one from before its user ended all sessions, one of an account that is gone."""
    old, ended, orphan = LateBrowser(world), LateBrowser(world), LateBrowser(world)
    with old.client.session_transaction() as session:
        session["since"] -= SESSION_SECONDS
    with ended.client.session_transaction() as session:
        session["since"] -= 10
    with orphan.client.session_transaction() as session:
        session["user_id"] = "nobody-known"
    ada = world.accounts.accounts[ADA]
    world.accounts.accounts[ADA] = replace(ada, sessions_since=int(world.now) - 5)
    return [old, ended, orphan]


def assert_must_log_in(answer: TestResponse, row: Row) -> None:
    """Told so if it is a script, or has a text that a redirect would lose; else sent to the login."""
    if row.bare_path == "/logout":
        assert answer.status_code == row.owner
        return
    if row.body or "text" in row.form:
        assert answer.status_code == 401
        return
    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/login"
    assert f"next={row.bare_path if row.method == 'GET' else '/jobs'}" in answer.location


def belongings(world: World, user_id: str = "") -> Any:
    """All that there is, or all of one user: what no stranger may change."""
    records = {**world.jobs.jobs, **world.accounts.accounts, **world.tokens.tokens}
    mine = {key: each for key, each in records.items() if not user_id or each.user_id == user_id}
    stores = [{key for key in store.objects if user_id in key} for store in (world.inputs, world.results)]
    messages = [str(message) for message in world.bus.published if not user_id or JOB in str(message)]
    return copy.deepcopy((mine, stores, messages, set(world.part_uploads.uploads)))


def test_every_route_of_the_site_is_in_the_matrix(world: World) -> None:
    """A route, or a method of one, that is added without deciding who may use it fails here."""
    adapter = world.app.url_map.bind("localhost")
    decided = {(row.method, adapter.match(row.bare_path, method=row.method)[0]) for row in ROUTES}

    assert decided == {
        (method, rule.endpoint)
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_action_is_guarded_against_forgery(world: World) -> None:
    """Only what takes bearer tokens alone is exempt: browsers send none by themselves."""
    changing = {row for row in map(str, ROUTES) if not row.startswith("GET")}

    assert changing == {str(row) for row in (*ACTIONS, *API) if row.method != "GET"}
    assert world.app.config.get("WTF_CSRF_ENABLED", True)
    protection = world.app.extensions["csrf"]
    assert {blueprint.name for blueprint in protection._exempt_blueprints} == {"api"}
    assert protection._exempt_views == set()


@rows(PUBLIC, PAGES, ACTIONS)
def test_an_owner_is_answered(completed: World, row: Row) -> None:
    assert ask(completed.browser(), row).status_code == row.owner


@rows(PUBLIC, PAGES, ACTIONS)
def test_another_user_reaches_only_what_is_theirs(completed: World, row: Row) -> None:
    """Nothing of Ada's changes, and her job is as if it did not exist."""
    completed.set_plan(BOB, Plan.PREMIUM)
    before = belongings(completed, ADA)

    answer = ask(completed.browser(BOB), row)

    assert answer.status_code == row.other
    assert JOB not in answer.text
    assert "sample.vcf" not in answer.text
    assert belongings(completed, ADA) == before


@rows(PUBLIC)
def test_public_pages_need_no_login(completed: World, row: Row) -> None:
    for browser in (completed.browser(None), *ended_sessions(completed)):
        assert ask(browser, row).status_code == row.owner


@rows(LOGIN)
def test_whoever_is_logged_in_is_sent_on(completed: World, row: Row) -> None:
    assert completed.browser().get(row.path).location == "/jobs"


@rows(PAGES, ACTIONS)
def test_nobody_is_sent_to_the_login_and_back(completed: World, row: Row) -> None:
    """With forms as well, whose token is still good."""
    before = belongings(completed)

    assert_must_log_in(ask(nobody(completed), row), row)
    assert belongings(completed) == before


@rows(PAGES, ACTIONS)
@pytest.mark.parametrize("number", range(3), ids=["too old", "ended everywhere", "account is gone"])
def test_a_session_that_has_ended_is_nobody(completed: World, row: Row, number: int) -> None:
    browser = ended_sessions(completed)[number]
    before = belongings(completed)

    assert_must_log_in(ask(browser, row), row)
    assert belongings(completed) == before


@rows(ACTIONS)
def test_no_state_changes_without_the_csrf_token(completed: World, row: Row) -> None:
    """Neither without a token, nor with a wrong one or that of another session."""
    ada, of_bob = completed.browser(), completed.browser(BOB).csrf()
    before = belongings(completed)
    forms: list[dict[str, Any]] = [{}, {"csrf_token": "wrong"}, {"csrf_token": of_bob}]

    for form in forms:
        assert ada.client.post(row.path, data={**row.form, **form}).status_code == 400
    for token in ("", "wrong", of_bob):
        answer = ada.client.post(row.path, json=row.body or row.form, headers={"X-CSRFToken": token})
        assert answer.status_code == 400
    assert belongings(completed) == before
    assert ada.get("/account").status_code == 200, "still logged in"


@rows(PUBLIC, PAGES, ACTIONS)
def test_no_state_changes_on_get(completed: World, row: Row) -> None:
    ada = completed.browser()
    before = belongings(completed)
    ada.get(row.path, query_string=row.form or None)

    assert belongings(completed) == before
    assert ada.get("/account").status_code == 200, "still logged in"


@rows(JOB_PAGES, JOB_ACTIONS, API_JOB)
def test_a_deleted_job_is_gone_for_its_owner_too(completed: World, row: Row) -> None:
    job = completed.jobs.get(JOB)
    completed.jobs.jobs[JOB] = replace(job, status=JobStatus.DELETED, deleted_at=completed.now)
    token = completed.token()
    before = belongings(completed)

    answer = call(completed, row, token) if row in API_JOB else ask(completed.browser(), row)

    assert answer.status_code == 404
    assert belongings(completed) == before


@rows(API)
def test_the_api_knows_the_owner_by_the_token(completed: World, row: Row) -> None:
    assert call(completed, row, completed.token()).status_code == row.owner


@rows(API)
def test_the_api_shows_and_does_nothing_to_another_user(completed: World, row: Row) -> None:
    token, before = completed.token(BOB), belongings(completed, ADA)

    answer = call(completed, row, token)

    assert answer.status_code == row.other
    assert JOB not in answer.text
    assert belongings(completed, ADA) == before


@rows(API)
def test_the_api_takes_no_token_that_is_not_good(completed: World, row: Row) -> None:
    """None, an unknown, one that has ended, and one that was taken back."""
    revoked = completed.token(days=30)
    completed.tokens.tokens.clear()
    ended = completed.token(days=1)
    completed.now += 2 * 86_400
    before = belongings(completed)

    for token in ("", "gas_pat_" + "x" * 43, ended, revoked):
        answer = call(completed, row, token)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert belongings(completed) == before


@rows(API)
def test_the_session_cookie_opens_nothing_in_the_api(completed: World, row: Row) -> None:
    """A page of another site could send the cookie along, so only the token counts."""
    ada, before = completed.browser(), belongings(completed)

    answer = ada.client.open(row.path, method=row.method, headers={"X-CSRFToken": ada.csrf()})

    assert answer.status_code == 401
    assert belongings(completed) == before


def test_a_form_of_a_session_that_has_ended_leads_to_the_login(world: World) -> None:
    browser = Browser(world.app.test_client(), "nobody-known", world.now)
    answer = browser.post("/jobs/example")

    assert answer.status_code == 302
    assert answer.location == "/login?next=/jobs"


def test_a_script_of_a_page_is_asked_for_no_bearer_token(world: World) -> None:
    """The challenge of the API would be no help to the script of a page that is not logged in any more."""
    browser = Browser(world.app.test_client(), "nobody-known", world.now)

    answer = browser.ask("/jobs", {"file_name": "a.vcf", "size": 1})

    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers


def test_a_login_ends_after_a_day_of_work(world: World) -> None:
    browser = world.browser()
    world.now += 12 * 3600

    assert browser.get("/jobs").status_code == 302


def test_the_polling_of_a_page_whose_login_has_ended_reloads_it(world: World) -> None:
    """The reload goes through the login; a redirect would be followed inside the page."""
    answer = world.browser(None).get(f"/jobs/{JOB}/status", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Refresh"] == "true"


def test_hostile_names_are_escaped_everywhere(completed: World) -> None:
    """File names, failures, logs and what the provider says are text, never markup."""
    evil = "<script>alert(1)</script>"
    completed.add_completed(ResultLocation.HOT, file_name=f"{evil}.vcf", failure=evil)
    completed.results.objects[completed.jobs.get(JOB).log_key] = evil.encode()
    completed.results.objects[completed.jobs.get(JOB).summary_key] = (
        b'{"severe": [{"ref": "<script>alert(1)</script>"}], "genes": {"<script>alert(1)</script>": 1}}'
    )
    ada = completed.browser()
    ada.post("/account/tokens", {"name": evil, "days": "1"})

    for path in ("/jobs", f"/jobs/{JOB}", f"/jobs/{JOB}/status", "/account"):
        page = ada.get(path).text
        assert "&lt;script&gt;alert" in page
        assert evil not in page
    assert ada.get(f"/jobs/{JOB}/log").content_type.startswith("text/plain")
