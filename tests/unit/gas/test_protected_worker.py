"""The worker loop on ECS: no message without protection, and nothing of the agent's holds up the work."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gas.ecs_agent import EcsAgent
from gas.fakes import FakeInbox
from gas.messages import ArchiveDue
from gas.task_protection import EXPIRES_MINUTES, REFRESH_SHARE, TaskProtection
from gas.worker import Timing, Worker
from tests.ecs_agent import REFUSALS, EcsAgentFake, running_agent
from tests.waiting import wait_for

#: Work that lasts until protection is to be renewed.
LONG_SECONDS = EXPIRES_MINUTES * 60 * REFRESH_SHARE


class Setup:
    """A worker of one handler in a task with an agent."""

    def __init__(self, tmp_path, agent: EcsAgentFake) -> None:
        self.agent = agent
        self.now = 1000.0
        self.protected_at_receipt: list[bool] = []
        self.protected_at_work: list[bool] = []
        self.work = lambda: None
        self.inbox = FakeInbox(lambda: self.now, visibility=60.0)
        receive = self.inbox.receive

        def watched():
            self.protected_at_receipt.append(agent.protected)
            return receive()

        self.inbox.receive = watched
        self.protection = TaskProtection(EcsAgent(agent.uri, timeout=30.0), clock=self.clock, beat=0.005)
        self.health = tmp_path / "health"

    def clock(self) -> float:
        return self.now

    def worker(self, timing: Timing | None = None) -> Worker:
        timing = timing or Timing(60.0, 0.2, 5.0)
        handlers = {ArchiveDue: self.handle}
        return Worker(self.inbox, handlers, timing, health_file=self.health, protection=self.protection)

    def handle(self, _message) -> None:
        self.protected_at_work.append(self.agent.protected)
        self.work()


@pytest.fixture
def setup(tmp_path):
    """With a message in the queue."""
    with running_agent() as agent:
        setup = Setup(tmp_path, agent)
        setup.inbox.send(ArchiveDue("j1", 1))
        yield setup


def run_until(setup, reached, timing=None) -> None:
    """Run the worker in this thread, and send it a SIGTERM when something has come about."""

    def stop():
        try:
            wait_for(reached, "what was to come about", 20)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    sender = threading.Thread(target=stop)
    sender.start()
    setup.worker(timing).run()
    sender.join()


def test_a_message_is_received_and_handled_under_protection(setup):
    """From before the receipt to after the deletion."""
    worker = setup.worker()

    assert worker.turn()
    assert not worker.turn()

    assert setup.protected_at_receipt == [True, True]
    assert setup.protected_at_work == [True]
    assert setup.inbox.queued == []
    assert setup.agent.asked == [True]


def test_it_is_given_up_between_messages_alone(setup):
    """Never during one, however long that takes."""

    def work_long():
        setup.now += LONG_SECONDS
        wait_for(lambda: len(setup.agent.calls) >= 2, "the renewal")
        assert setup.agent.asked == [True, True]
        assert setup.agent.protected

    setup.work = work_long

    def has_given_up():
        return setup.agent.asked[-1:] == [False]

    run_until(setup, has_given_up)

    assert setup.inbox.queued == []
    assert setup.agent.asked == [True, True, False]
    assert setup.protected_at_receipt == [True]


@pytest.mark.parametrize("mood", [*REFUSALS, "late", "throttled"])
def test_a_worker_without_protection_leaves_the_queue_alone(setup, mood):
    """It lives, and stops at once when told."""
    setup.agent.mood = mood

    run_until(setup, lambda: setup.agent.calls and setup.health.exists(), Timing(60.0, 3600.0, 5.0))

    assert setup.protected_at_receipt == []
    assert [item.attempt for item in setup.inbox.queued] == [0]


def test_a_worker_that_waits_for_protection_is_healthy(setup):
    """Another one in its place would wait as well."""
    setup.agent.mood = "TASK_NOT_VALID"
    worker, pauses = setup.worker(), []
    worker._stop.requested.wait = pauses.append

    assert not worker.turn()

    assert pauses[0] > 0
    assert setup.health.exists()


def test_a_worker_that_is_to_stop_asks_for_nothing(setup):
    """Not even if it was told between two turns."""
    worker = setup.worker()
    worker._stop.requested.set()

    assert not worker.turn()

    assert setup.agent.calls == []
    assert setup.protected_at_receipt == []


def test_an_agent_that_hangs_does_not_hold_up_a_stop(setup):
    """Nothing is in hand."""
    setup.agent.mood = "hangs"

    run_until(setup, lambda: setup.agent.calls, Timing(60.0, 3600.0, 5.0))

    assert setup.protected_at_receipt == []


def test_an_agent_that_hangs_does_not_let_a_message_lapse(setup):
    """The message is kept invisible by another thread."""
    extended = []

    def work_while_the_agent_hangs():
        setup.agent.mood = "hangs"
        setup.now += LONG_SECONDS
        wait_for(lambda: len(setup.agent.calls) >= 2, "the renewal")
        extended.clear()
        wait_for(lambda: len(extended) >= 3, "the visibility of the message")
        # Its last beat is waited for before the message is settled.
        setup.agent.close()

    setup.work = work_while_the_agent_hangs
    extend = setup.inbox.extend
    setup.inbox.extend = lambda delivery, seconds: (extended.append(seconds), extend(delivery, seconds))

    assert setup.worker(Timing(0.02, 0.2, 5.0)).turn()

    assert setup.inbox.queued == []


def test_after_sigterm_the_work_is_finished_and_the_agent_left_alone(setup):
    """A task that is being stopped cannot be protected; its time is for the work."""
    setup.inbox.send(ArchiveDue("j2", 1))
    worker = setup.worker(Timing(60.0, 60.0, 5.0))
    requested = worker._stop.requested

    def work_through_the_stop():
        os.kill(os.getpid(), signal.SIGTERM)
        assert requested.wait(10)
        setup.now += LONG_SECONDS
        beats.clear()
        wait_for(lambda: len(beats) >= 3, "beats")

    setup.work = work_through_the_stop
    beats, renew = [], setup.protection._renew
    setup.protection._renew = lambda stopping: (beats.append(None), renew(stopping))

    worker.run()

    assert [item.attempt for item in setup.inbox.queued] == [0], "the other was not received"
    assert setup.agent.asked == [True]
