"""What every answer carries: protecting headers, what caches may keep, the site's one name."""

import re

import pytest

from services.web.app import create_app
from services.web.wiring import connect
from tests.unit.web.builders import EXAMPLE, Browser, World, settings
from tests.unit.web.result_tables import add_table
from tests.unit.web.routes import PAGES, PUBLIC

SEEN = [row.path for row in PAGES]
ANYWHERE = [row.path for row in PUBLIC] + SEEN


@pytest.fixture
def completed(world: World) -> World:
    job = add_table(world)
    world.inputs.objects[job.input_key] = b"x" * 900
    return world


@pytest.mark.parametrize("path", [*ANYWHERE, "/nowhere", "/api/v1/jobs", "/api/nowhere", "/static/site.css"])
def test_every_response_has_the_security_headers(completed: World, path: str) -> None:
    headers = completed.browser().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    # The genome browser reads results, and is alone in that.
    store = "results" if path.endswith("/browser") else "inputs"
    assert f"connect-src 'self' https://{store}.invalid;" in policy
    assert ("sha256-" in policy) == path.endswith("/browser")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("region", "host"),
    [("us-east-1", "s3.amazonaws.com"), ("eu-central-1", "s3.eu-central-1.amazonaws.com")],
)
def test_scripts_may_speak_to_the_store_of_signed_addresses(monkeypatch, region: str, host: str) -> None:
    """Else no browser could upload a file; which host that is depends on the region."""
    for name, value in {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "s", "DEFAULT_REGION": region}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    given = settings(inputs_bucket="gas-inputs", archive_requests_topic="a", restore_requests_topic="r")

    app = create_app(given, connect(given), example=EXAMPLE)

    policy = app.test_client().get("/healthz").headers["Content-Security-Policy"]
    assert f"connect-src 'self' https://gas-inputs.{host};" in policy


@pytest.mark.parametrize("path", SEEN)
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
