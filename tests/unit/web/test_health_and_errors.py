"""Health addresses, error pages, and settings."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import request

from gas.errors import Misconfigured
from gas.fakes import FakeJobStore
from gas.settings import describe, load
from services.web.app import create_app
from services.web.health import CACHE_SECONDS
from services.web.settings import WebSettings
from services.web.wiring import connect
from tests.unit.web.builders import EXAMPLE, Browser, World, settings


class Lost(FakeJobStore):
    """A store that cannot be reached while ``lost``."""

    lost = True

    def verify(self) -> None:
        if self.lost:
            raise Misconfigured("the table jobs cannot be reached: AccessDenied")

    def page_of_user(self, *_arguments, **_options):
        raise ConnectionError("secret detail")


@pytest.fixture
def lost(world: World) -> Lost:
    world.jobs = Lost()
    world.app = create_app(world.settings, world.ports(), example=EXAMPLE, clock=lambda: world.now)
    return world.jobs


def test_a_process_that_cannot_reach_its_stores_lives_but_is_not_ready(world: World, lost: Lost) -> None:
    """Restarting it would not help, so only the load balancer is told; and nobody is told which table."""
    client = world.app.test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert "table" not in client.get("/readyz").text


def test_readiness_is_asked_for_only_now_and_then(world: World, lost: Lost) -> None:
    client = world.app.test_client()
    client.get("/readyz")
    lost.lost = False

    assert client.get("/readyz").status_code == 503
    world.now += 5
    assert client.get("/readyz").status_code == 200


class Hanging(FakeJobStore):
    """A store that does not answer while it hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answers = threading.Event(), threading.Event()
        self.callers = 0

    def verify(self) -> None:
        self.callers += 1
        self.asked.set()
        assert self.answers.wait(30)


@pytest.fixture
def hanging(world: World) -> Iterator[Hanging]:
    world.jobs = Hanging()
    world.app = create_app(world.settings, world.ports(), example=EXAMPLE, clock=lambda: world.now)
    yield world.jobs
    world.jobs.answers.set()


def test_a_store_that_hangs_holds_one_thread_and_no_more(world: World, hanging: Hanging) -> None:
    """The others answer what is known: at first nothing, later what the store said before it hung."""
    client = world.app.test_client()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: world.app.test_client().get("/readyz").status_code)
        assert hanging.asked.wait(30)
        assert [client.get("/readyz").status_code for _ in range(3)] == [503] * 3
        hanging.answers.set()
        assert first.result(30) == 200

        hanging.asked.clear()
        hanging.answers.clear()
        world.now += CACHE_SECONDS
        second = pool.submit(lambda: world.app.test_client().get("/readyz").status_code)
        assert hanging.asked.wait(30)
        assert [client.get("/readyz").status_code for _ in range(3)] == [200] * 3
        hanging.answers.set()
        assert second.result(30) == 200
    assert hanging.callers == 2


def test_a_call_to_aws_gives_its_thread_back_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries included."""
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "us-east-1")
    ports = connect(settings())

    for port in (ports.jobs, ports.accounts, ports.tokens, ports.inputs, ports.results, ports.bus):
        config = port._client.meta.config
        seconds = config.connect_timeout + config.read_timeout
        assert seconds * config.retries["total_max_attempts"] <= 20


def test_an_unexpected_error_has_a_page_and_an_id(world: World, lost: Lost) -> None:
    answer = world.browser().get("/jobs")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/logout", 405)])
def test_errors_are_pages_with_a_way_out(ada: Browser, path: str, status: int) -> None:
    answer = ada.get(path)

    assert answer.status_code == status
    assert "Go to your jobs" in answer.text


def test_a_form_that_has_expired_says_so(ada: Browser) -> None:
    answer = ada.client.post("/jobs/example")

    assert answer.status_code == 400
    assert "reload the page" in answer.text


def test_a_method_that_is_not_allowed_says_which_is(ada: Browser) -> None:
    assert ada.get("/logout").headers["Allow"] == "OPTIONS, POST"


def test_the_home_page_states_limits_and_retention_from_the_settings() -> None:
    page = World(settings(free_input_bytes=7_000_000, retention_seconds=240)).browser(None).get("/").text

    assert "7 MB" in page
    assert "4 minutes" in page
    assert "Log in with Globus" in page


def test_the_scheme_of_a_trusted_proxy_is_believed_and_no_other() -> None:
    """Only as many proxies as there are may say that a request came over TLS."""
    forwarded = {"X-Forwarded-Proto": "https"}
    seen = []
    for count in (0, 1):
        world = World(settings(trusted_proxies=count))
        with world.app.test_client() as client:
            client.get("/", headers=forwarded)
            seen.append(request.is_secure)

    assert seen == [False, True]


def test_settings_come_from_the_environment_and_secrets_are_marked() -> None:
    required = {row.env: "x" for row in describe(WebSettings) if row.default == "required"}

    loaded = load(WebSettings, {**required, "GAS_FREE_INPUT_BYTES": "7"})

    assert loaded.free_input_bytes == 7
    assert loaded.retention_seconds == 180
    assert "GAS_SECRET_KEY" in required
    with pytest.raises(Misconfigured, match="GAS_JOBS_TABLE"):
        load(WebSettings, {})
