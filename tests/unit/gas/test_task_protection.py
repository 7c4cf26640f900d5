"""Protection is asked for before a message, kept up during it, and given up now and then; no answer hangs."""

from __future__ import annotations

import threading

import pytest

from gas.ecs_agent import EcsAgent
from gas.task_protection import (
    EXPIRES_MINUTES,
    HOLD_SECONDS,
    MAX_PAUSE_SECONDS,
    OPEN_SECONDS,
    PATIENCE_SECONDS,
    REFRESH_SHARE,
    TaskProtection,
)
from tests.ecs_agent import ERRORS, MAX_MINUTES, ODDITIES, REFUSALS, Call, EcsAgentFake, running_agent
from tests.waiting import free_ports, wait_for

REFRESH_SECONDS = EXPIRES_MINUTES * 60 * REFRESH_SHARE
NEVER = threading.Event()


class Setup:
    """A task on a clock that the test moves, and the agent of its host."""

    def __init__(self, agent: EcsAgentFake, clock: Clock) -> None:
        self.agent = agent
        self.clock = clock
        self.protection = TaskProtection(EcsAgent(agent.uri, timeout=0.2), clock=clock, beat=0.005)

    def wait_and_acquire(self) -> float:
        """As the worker does: ask, wait as told, ask again, until a message may be received; the wait."""
        waited = 0.0
        while pause := self.protection.acquire():
            waited += pause
            self.clock.now += pause
            assert waited < 10_000, "never"
        return waited


class Clock:
    """Seconds, as the test says; and how often it was looked at."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.reads = 0

    def __call__(self) -> float:
        self.reads += 1
        return self.now


class Stopping(threading.Event):
    """A stop; and how often somebody wanted to know."""

    reads = 0

    def is_set(self) -> bool:
        self.reads += 1
        return super().is_set()


@pytest.fixture
def setup():
    clock = Clock()
    with running_agent(clock) as agent:
        yield Setup(agent, clock)


def test_protection_is_had_before_the_first_message(setup):
    """The request is the documented one, and the time one that ECS takes."""
    assert setup.protection.acquire() == 0.0

    assert setup.agent.protected
    assert setup.agent.calls == [Call(True, EXPIRES_MINUTES, setup.clock.now)]
    assert 1 <= EXPIRES_MINUTES <= MAX_MINUTES


def test_between_messages_that_are_short_it_is_kept(setup):
    """Neither an idle worker's polls nor messages of seconds are calls."""
    for _ in range(int(HOLD_SECONDS / 2)):
        assert setup.protection.acquire() == 0.0
        setup.clock.now += 1.0

    assert setup.agent.asked == [True]


def test_after_a_while_the_worker_stands_open_for_a_moment(setup):
    """A service whose queue is never empty could else never be deployed or made smaller."""
    setup.protection.acquire()
    setup.clock.now += HOLD_SECONDS

    assert setup.protection.acquire() == OPEN_SECONDS

    assert not setup.agent.protected
    setup.clock.now += OPEN_SECONDS
    assert setup.protection.acquire() == 0.0
    assert setup.agent.asked == [True, False, True]


def test_an_idle_worker_makes_two_calls_in_two_minutes(setup):
    """Polls of 20 seconds for an hour."""
    end = setup.clock.now + 3600
    while setup.clock.now < end:
        setup.clock.now += setup.protection.acquire() or 20.0

    assert len(setup.agent.calls) <= 2 * 3600 / HOLD_SECONDS


@pytest.mark.parametrize("reason", REFUSALS)
def test_who_is_refused_receives_nothing_and_asks_less_and_less(setup, reason):
    """However long it takes: the task is about to be stopped, or waits for others to be."""
    setup.agent.mood = reason
    pauses = []
    for _ in range(200):
        pauses.append(setup.protection.acquire())
        setup.clock.now += pauses[-1]

    assert min(pauses) > 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == MAX_PAUSE_SECONDS
    assert len(setup.agent.calls) == 200
    setup.agent.mood = "grants"
    assert setup.protection.acquire() == 0.0
    assert setup.agent.protected


@pytest.mark.parametrize("mood", [*ERRORS, *ODDITIES])
def test_a_slow_or_broken_agent_stops_no_worker(setup, mood):
    """It backs off for a minute, then works without protection, and has it again once there is any."""
    setup.agent.mood = mood

    waited = setup.wait_and_acquire()

    assert PATIENCE_SECONDS <= waited <= PATIENCE_SECONDS + MAX_PAUSE_SECONDS
    calls = len(setup.agent.calls)
    assert 5 <= calls <= 10, "with growing pauses"
    assert setup.protection.acquire() == 0.0, "and not a minute for each message"
    assert len(setup.agent.calls) == calls, "nor a call"
    setup.agent.mood = "grants"
    setup.clock.now += MAX_PAUSE_SECONDS
    assert setup.protection.acquire() == 0.0
    assert setup.agent.protected


def test_each_outage_is_waited_out_anew(setup):
    """One that is over counts no longer, neither for the pauses nor for the patience."""
    waits = []
    for _ in range(2):
        setup.agent.mood = "late"
        waits.append(setup.wait_and_acquire())
        setup.agent.mood = "grants"
        setup.clock.now += MAX_PAUSE_SECONDS
        setup.protection.acquire()
        setup.clock.now += EXPIRES_MINUTES * 60

    assert waits[0] == waits[1]


def test_a_refusal_counts_also_after_an_outage(setup):
    """A worker without protection goes on for an agent that is away, not for one that says no."""
    setup.agent.mood = "late"
    setup.wait_and_acquire()
    setup.agent.mood = "TASK_NOT_VALID"
    setup.clock.now += MAX_PAUSE_SECONDS

    assert setup.protection.acquire() > 0


def test_protection_comes_back_in_the_middle_of_a_message(setup):
    """A worker that began without it asks on."""
    setup.protection.acquire()
    setup.clock.now += HOLD_SECONDS
    setup.clock.now += setup.protection.acquire()
    setup.agent.mood = "late"
    setup.wait_and_acquire()
    setup.agent.mood = "grants"
    assert not setup.agent.protected

    with setup.protection.keeping(NEVER):
        setup.clock.now += MAX_PAUSE_SECONDS
        wait_for(lambda: setup.agent.protected, "protection")


def test_an_agent_that_does_not_hear_the_end_of_protection_is_no_matter(setup):
    """It ends by itself."""
    setup.protection.acquire()
    setup.clock.now += HOLD_SECONDS
    setup.agent.mood = "late"

    assert setup.protection.acquire() == OPEN_SECONDS

    setup.agent.mood = "grants"
    setup.clock.now += OPEN_SECONDS
    assert setup.protection.acquire() == 0.0
    assert setup.agent.asked == [True, False, True]


def test_where_nothing_listens_it_is_the_same(setup):
    """An agent that is being updated."""
    (port,) = free_ports(1)
    setup.protection = TaskProtection(EcsAgent(f"http://127.0.0.1:{port}/api/x"), clock=setup.clock)

    assert setup.wait_and_acquire() >= PATIENCE_SECONDS


def test_a_short_outage_costs_seconds_and_no_protection(setup):
    """The worker waits rather than works without."""
    setup.agent.mood = "late"
    waited = setup.protection.acquire()
    setup.clock.now += waited
    setup.agent.mood = "grants"

    assert 0 < waited <= 2
    assert setup.protection.acquire() == 0.0
    assert setup.agent.protected


def test_it_is_renewed_at_80_percent_while_the_work_goes_on(setup):
    """Not before, and from then on for as long again."""
    setup.protection.acquire()
    with setup.protection.keeping(NEVER):
        setup.clock.now += REFRESH_SECONDS - 1
        reads = setup.clock.reads
        wait_for(lambda: setup.clock.reads >= reads + 3, "beats")
        assert setup.agent.asked == [True]
        for times in (2, 3):
            setup.clock.now += REFRESH_SECONDS
            wait_for(lambda times=times: setup.agent.asked == [True] * times, "the renewal")
            assert setup.agent.protected

    assert {call.minutes for call in setup.agent.calls} == {EXPIRES_MINUTES}


@pytest.mark.parametrize("mood", ["late", "hangs", "DEPLOYMENT_BLOCKED"])
def test_a_renewal_that_fails_is_tried_again(setup, mood):
    """The work in hand is not given up for it."""
    setup.protection.acquire()
    with setup.protection.keeping(NEVER):
        setup.agent.mood = mood
        setup.clock.now += REFRESH_SECONDS
        wait_for(lambda: len(setup.agent.calls) >= 2, "the renewal")
        setup.agent.mood = "grants"
        setup.clock.now += MAX_PAUSE_SECONDS
        wait_for(lambda: setup.agent._protected_until > setup.clock.now + REFRESH_SECONDS, "another")


def test_who_is_refused_in_mid_work_receives_nothing_more(setup):
    """And what was had before is given up at once, not left to end by itself."""
    setup.protection.acquire()
    with setup.protection.keeping(NEVER):
        setup.agent.mood = "DEPLOYMENT_BLOCKED"
        setup.clock.now += REFRESH_SECONDS
        wait_for(lambda: len(setup.agent.calls) >= 2, "the renewal")

    pauses = [setup.protection.acquire()]
    for _ in range(20):
        setup.clock.now += pauses[-1]
        pauses.append(setup.protection.acquire())

    assert min(pauses) > 0
    assert setup.agent.asked[2] is False


def test_nothing_is_asked_for_once_a_stop_is_requested(setup):
    """Protection ends with the task, and the time to stop is for the work."""
    stopping = Stopping()
    stopping.set()
    setup.protection.acquire()
    with setup.protection.keeping(stopping):
        setup.clock.now += 2 * REFRESH_SECONDS
        wait_for(lambda: stopping.reads >= 3, "beats")

    assert setup.agent.asked == [True]
