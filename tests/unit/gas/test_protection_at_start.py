"""What a worker proves of its protection at start, and how it speaks to the agent of its host."""

from __future__ import annotations

import threading

import pytest

from gas.ecs_agent import EcsAgent
from gas.errors import Misconfigured
from gas.task_protection import NoProtection, TaskProtection, open_protection
from tests.ecs_agent import REFUSALS, running_agent
from tests.waiting import free_ports


class Setup:
    """A task and the agent of its host."""

    def __init__(self, agent) -> None:
        self.agent = agent
        self.protection = TaskProtection(EcsAgent(agent.uri, timeout=0.2))


@pytest.fixture
def setup():
    with running_agent() as agent:
        yield Setup(agent)


@pytest.mark.parametrize("mood", ["denied", "no credentials"])
def test_a_role_that_may_not_protect_is_found_at_start(setup, mood):
    """A deployment with it is rolled back; it would else work without protection for ever."""
    setup.agent.mood = mood

    with pytest.raises(Misconfigured, match="may not protect it: no"):
        setup.protection.verify()


@pytest.mark.parametrize("mood", ["grants", "late", "throttled", "hangs", "unknown task", *REFUSALS])
def test_an_agent_that_is_only_late_does_not_fail_a_start(setup, mood):
    """The loop deals with it; and a task that has just started has nothing to protect."""
    setup.agent.mood = mood

    setup.protection.verify()

    assert setup.agent.asked == [False]
    assert not setup.agent.protected


@pytest.mark.parametrize("uri", ["169.254.170.2/api/x", "ftp://169.254.170.2", "http://", "/api/x"])
def test_an_address_that_is_none_is_found_at_start(uri):
    """With the name of the setting."""
    with pytest.raises(Misconfigured, match="ECS_AGENT_URI"):
        open_protection(uri)


def test_outside_ecs_there_is_nothing_to_ask():
    """The same shape, and no call."""
    protection = open_protection("")

    assert isinstance(protection, NoProtection)
    assert protection.acquire() == 0.0
    protection.verify()
    with protection.keeping(threading.Event()):
        assert protection.acquire() == 0.0


def test_the_agent_is_asked_without_a_proxy(setup, monkeypatch):
    """Its address is one of the host alone."""
    (port,) = free_ports(1)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")

    assert setup.protection.acquire() == 0.0
    assert setup.agent.protected
