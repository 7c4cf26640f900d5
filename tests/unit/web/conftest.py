"""Fixtures of the web application's tests."""

import pytest

from tests.unit.web.builders import Browser, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ada(world: World) -> Browser:
    return world.browser()
