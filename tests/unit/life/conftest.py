"""Every test of the job's life has a world of its own."""

from __future__ import annotations

import pytest

from tests.unit.life.world import World


@pytest.fixture
def world(tmp_path) -> World:
    """Nothing has happened in it yet."""
    return World(tmp_path)
