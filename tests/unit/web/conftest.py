"""Fixtures of the web application's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.web.builders import Browser, World, settings
from tests.unit.web.provider import Provider, running


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(settings(scratch=tmp_path))


@pytest.fixture
def ada(world: World) -> Browser:
    return world.browser()


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
