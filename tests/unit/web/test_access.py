"""Who may see and do what: every route, for its owner, another user and nobody."""

import re
from urllib.parse import urlsplit

import pytest

from gas.accounts import Plan
from gas.jobs import ResultLocation
from tests.unit.web.builders import BOB, JOB, Browser, World, settings

RESULT = "sample.annot.vcf.gz"
PUBLIC = {"/": 200, "/healthz": 200, "/readyz": 200}
OWN_PAGES = {
    "/jobs": 200,
    "/jobs/new": 200,
    "/jobs/new?tab=paste": 200,
    "/jobs/new?tab=example": 200,
    "/account": 200,
    "/account/archive": 200,
}
JOB_PAGES = {
    f"/jobs/{JOB}": 200,
    f"/jobs/{JOB}/status": 200,
    f"/jobs/{JOB}/log": 200,
    f"/jobs/{JOB}/summary.json": 200,
    f"/jobs/{JOB}/input": 302,
    f"/jobs/{JOB}/results/{RESULT}": 302,
}
JOB_ACTIONS = {f"/jobs/{JOB}/uploaded": 200, f"/jobs/{JOB}/restore": 303, f"/jobs/{JOB}/keep": 303}
ACTIONS = [
    "/logout",
    "/jobs",
    "/jobs/paste",
    "/jobs/example",
    "/account/upgrade",
    "/account/downgrade",
    "/account/restore",
    "/account/tokens",
    "/account/tokens/some-id/revoke",
    *JOB_ACTIONS,
]
API_JOB = {
    ("GET", f"/api/v1/jobs/{JOB}"): 200,
    ("GET", f"/api/v1/jobs/{JOB}/results/{RESULT}"): 200,
    ("GET", f"/api/v1/jobs/{JOB}/log"): 200,
    ("GET", f"/api/v1/jobs/{JOB}/summary"): 200,
    ("POST", f"/api/v1/jobs/{JOB}/uploaded"): 200,
    ("POST", f"/api/v1/jobs/{JOB}/restore"): 202,
    ("POST", f"/api/v1/jobs/{JOB}/keep"): 400,
}
API_OWN = [
    ("GET", "/api/v1/jobs"),
    ("POST", "/api/v1/jobs"),
    ("GET", "/api/v1/account"),
    ("POST", "/api/v1/account/upgrade"),
    ("POST", "/api/v1/account/downgrade"),
]


@pytest.fixture
def completed(world: World) -> World:
    job = world.add_completed()
    world.inputs.objects[job.input_key] = b"x" * 900
    return world


def test_every_route_of_the_site_is_in_these_tables(world: World) -> None:
    """A route that is added without deciding who may use it fails here."""
    known = {path.partition("?")[0] for path in (*PUBLIC, *OWN_PAGES, *JOB_PAGES, *ACTIONS)}
    known |= {path for _, path in (*API_JOB, *API_OWN)} | {"/login", "/auth/callback"}
    adapter = world.app.url_map.bind("localhost")
    tested = {adapter.match(path, method=method)[0] for path in known for method in _methods(adapter, path)}

    assert tested == {rule.endpoint for rule in world.app.url_map.iter_rules()}


def _methods(adapter, path: str) -> list[str]:
    return [method for method in adapter.allowed_methods(path) if method in {"GET", "POST"}]


@pytest.mark.parametrize(("path", "status"), PUBLIC.items())
def test_public_pages_need_no_login(world: World, path: str, status: int) -> None:
    assert world.browser(None).get(path).status_code == status


@pytest.mark.parametrize(("path", "status"), {**OWN_PAGES, **JOB_PAGES}.items())
def test_an_owner_sees_the_page(completed: World, path: str, status: int) -> None:
    assert completed.browser().get(path).status_code == status


@pytest.mark.parametrize("path", JOB_PAGES)
def test_another_user_finds_nothing(completed: World, path: str) -> None:
    """Another user's job is as if it did not exist."""
    assert completed.browser(BOB).get(path).status_code == 404


@pytest.mark.parametrize("path", [*OWN_PAGES, *JOB_PAGES])
def test_nobody_is_sent_to_the_login_and_back(completed: World, path: str) -> None:
    answer = completed.browser(None).get(path)

    assert answer.status_code == 302
    assert urlsplit(answer.location).path == "/login"
    assert f"next={path.partition('?')[0]}" in answer.location


@pytest.mark.parametrize(("path", "status"), JOB_ACTIONS.items())
def test_an_owner_may_act_on_a_job(completed: World, path: str, status: int) -> None:
    assert completed.browser().post(path).status_code == status


@pytest.mark.parametrize("path", JOB_ACTIONS)
def test_another_user_may_not_act_on_a_job(completed: World, path: str) -> None:
    completed.set_plan(BOB, Plan.PREMIUM)
    before = completed.jobs.get(JOB)

    assert completed.browser(BOB).post(path).status_code == 404
    assert completed.jobs.get(JOB) == before
    assert completed.bus.published == []


@pytest.mark.parametrize("path", ACTIONS)
def test_no_state_changes_without_the_csrf_token(completed: World, path: str) -> None:
    """Neither without a token nor with a wrong one."""
    ada = completed.browser()

    assert ada.client.post(path).status_code == 400
    assert ada.client.post(path, data={"csrf_token": "wrong"}).status_code == 400
    assert ada.client.post(path, json={}, headers={"X-CSRFToken": "wrong"}).status_code == 400
    assert completed.bus.published == []
    assert len(completed.jobs.jobs) == 1


@pytest.mark.parametrize("path", ACTIONS)
def test_no_state_changes_on_get(completed: World, path: str) -> None:
    ada = completed.browser()
    ada.get(path)

    assert completed.bus.published == []
    assert ada.get("/account").status_code == 200, "still logged in"


def test_a_form_of_a_session_that_has_ended_leads_to_the_login(world: World) -> None:
    browser = Browser(world.app.test_client(), "nobody-known", world.now)
    answer = browser.post("/jobs/example")

    assert answer.status_code == 302
    assert answer.location == "/login?next=/jobs"


@pytest.mark.parametrize(("call", "status"), API_JOB.items())
def test_the_api_knows_the_owner_by_the_token(completed: World, call: tuple[str, str], status: int) -> None:
    method, path = call
    headers = {"Authorization": f"Bearer {completed.token()}"}

    answer = completed.app.test_client().open(path, method=method, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize("call", API_JOB)
def test_the_api_shows_no_job_of_another(completed: World, call: tuple[str, str]) -> None:
    method, path = call
    headers = {"Authorization": f"Bearer {completed.token(BOB)}"}

    answer = completed.app.test_client().open(path, method=method, headers=headers)

    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


@pytest.mark.parametrize("call", [*API_JOB, *API_OWN])
def test_the_session_cookie_opens_nothing_in_the_api(completed: World, call: tuple[str, str]) -> None:
    """A page of another site could send the cookie along, so only the token counts."""
    method, path = call
    ada = completed.browser()

    answer = ada.client.open(path, method=method, headers={"X-CSRFToken": ada.csrf()})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path", [*PUBLIC, *OWN_PAGES, *JOB_PAGES, "/nowhere", "/api/v1/jobs", "/api/nowhere", "/static/site.css"]
)
def test_every_response_has_the_security_headers(completed: World, path: str) -> None:
    headers = completed.browser().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "connect-src 'self' https://inputs.invalid;" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", [*OWN_PAGES, *JOB_PAGES])
def test_what_a_user_sees_stays_out_of_caches(completed: World, path: str) -> None:
    assert "no-store" in completed.browser().get(path).headers["Cache-Control"]


def test_a_static_file_of_this_version_stays_in_caches(world: World) -> None:
    """Under the address that the pages of this version link to."""
    browser = world.browser(None)
    (address,) = re.findall(r'href="(/static/site\.css\?v=\w+)"', browser.get("/").text)

    assert browser.get(address).headers["Cache-Control"] == "max-age=31536000, public, immutable"


@pytest.mark.parametrize(
    "path", ["/static/site.css", "/static/site.css?v=of-another-version", "/favicon.ico"]
)
def test_a_static_file_of_any_other_version_is_asked_for_again(world: World, path: str) -> None:
    """While a new version is rolled out, its pages may reach a process that has the old files."""
    answer = world.browser(None).get(path)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_static_files_are_for_this_site(world: World) -> None:
    assert "Access-Control-Allow-Origin" not in world.browser(None).get("/static/site.css").headers


def test_what_the_build_leaves_beside_the_files_is_not_served(world: World) -> None:
    assert world.browser(None).get("/static/vendor/stamp.txt").status_code == 404


def test_browsers_that_ask_for_the_usual_icon_get_it(world: World) -> None:
    answer = world.browser(None).get("/favicon.ico")

    assert answer.content_type == "image/svg+xml"
    assert "<svg" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "gas.example.evil.example", "10.0.0.7", "gas.example:bad"])
def test_a_host_of_another_name_is_refused(host: str) -> None:
    """Whoever is led to this server under another name gets no page, and no address is made from it."""
    client = World(settings(web_url="https://gas.example")).app.test_client()

    assert client.get("/", headers={"Host": host}).status_code == 400
    assert client.get("/api/v1/jobs", headers={"Host": host}).json["error"]["code"] == "wrong_host"


@pytest.mark.parametrize("host", ["gas.example", "gas.example:8080", "GAS.example"])
def test_the_host_of_this_site_is_served(host: str) -> None:
    client = World(settings(web_url="https://gas.example")).app.test_client()

    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_load_balancers_may_ask_for_the_health_by_address(path: str) -> None:
    client = World(settings(web_url="https://gas.example")).app.test_client()

    assert client.get(path, headers={"Host": "10.0.0.7:8080"}).status_code == 200


@pytest.mark.parametrize("path", ["/jobs//new", "/account//upgrade", "/api//v1/jobs"])
def test_slashes_are_not_merged(ada: Browser, path: str) -> None:
    """A redirect to the right address would lose what was sent."""
    assert ada.get(path).status_code == 404


def test_a_script_of_a_page_is_asked_for_no_bearer_token(world: World) -> None:
    """The challenge of the API would be no help to the script of a page that is not logged in any more."""
    browser = Browser(world.app.test_client(), "nobody-known", world.now)

    answer = browser.ask("/jobs", {"file_name": "a.vcf", "size": 1})

    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers


def test_tls_is_insisted_on_where_there_is_tls() -> None:
    """HSTS and a cookie that no other host can set, on https only."""
    secure = World(settings(web_url="https://gas.example"))
    answer = secure.app.test_client().get("/login", base_url="https://gas.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gas=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Strict-Transport-Security" in answer.headers
    assert "Strict-Transport-Security" not in World().browser(None).get("/").headers


def test_over_tls_a_form_must_come_from_this_site() -> None:
    """Even with a token, when the browser says that another site sent it."""
    secure = World(settings(web_url="https://gas.example", trusted_proxies=1))
    browser = secure.browser()
    with browser.client.session_transaction(base_url="https://gas.example") as session:
        session.update(user_id="ada-id", name="Ada", since=int(secure.now))
    page = browser.client.get("/account", base_url="https://gas.example").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    statuses = [
        browser.client.post(
            "/jobs/example",
            base_url="https://gas.example",
            data={"csrf_token": token},
            headers={"Referer": referrer},
        ).status_code
        for referrer in ("https://evil.example/", "https://gas.example/jobs/new")
    ]

    assert statuses == [400, 303]


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
