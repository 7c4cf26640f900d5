"""The worker loop deletes what was handled, leaves what was not, and stops when told."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gas.errors import NotYet
from gas.fakes import FakeInbox
from gas.messages import ArchiveDue
from gas.worker import MAX_PAUSE_SECONDS, MAX_VISIBILITY_SECONDS, Timing, Worker

TIMING = Timing(visibility=60.0, stop_grace=0.2, first_pause=5.0)


class Setup:
    """A worker with one handler, on a clock that the test moves."""

    def __init__(self, tmp_path, handle, timing=TIMING):
        self.now = 1000.0
        self.inbox = FakeInbox(lambda: self.now, visibility=timing.visibility)
        self.health = tmp_path / "health"
        self.worker = Worker(self.inbox, {ArchiveDue: handle}, timing, health_file=self.health)

    def visible_in(self) -> float:
        (item,) = self.inbox.queued
        return item.visible_at - self.now


def fail(_message):
    raise RuntimeError("an outage")


def test_a_handled_message_is_deleted(tmp_path):
    """The handler returned: done."""
    handled = []
    setup = Setup(tmp_path, handled.append)
    setup.inbox.send(ArchiveDue("j1", 1))

    assert setup.worker.turn()

    assert handled == [ArchiveDue("j1", 1)]
    assert setup.inbox.queued == []
    assert setup.health.exists()


def test_a_failed_message_comes_back_after_a_growing_pause(tmp_path):
    """The handler raised: the message stays, and an outage does not burn its receipts."""
    setup = Setup(tmp_path, fail)
    setup.inbox.send(ArchiveDue("j1", 1))
    pauses = []

    for _ in range(12):
        assert setup.worker.turn()
        pauses.append(setup.visible_in())
        setup.now += pauses[-1]

    assert pauses[:4] == [5.0, 10.0, 20.0, 40.0]
    assert pauses[-1] == MAX_PAUSE_SECONDS


def test_not_yet_says_when_to_come_back(tmp_path):
    """A message that is only early is left for as long as the handler said."""

    def wait(_message):
        raise NotYet("the window is open", retry_after=77.0)

    setup = Setup(tmp_path, wait)
    setup.inbox.send(ArchiveDue("j1", 1))

    setup.worker.turn()

    assert setup.visible_in() == 77.0


@pytest.mark.parametrize("body", ["no json", '{"type": "WindowRequested", "job_id": "j1"}'])
def test_what_cannot_be_handled_ends_among_the_dead_letters(tmp_path, body):
    """It is neither lost nor tried for ever."""
    setup = Setup(tmp_path, fail)
    setup.inbox.send(body)

    while setup.inbox.queued:
        setup.worker.turn()
        setup.now += 60

    assert setup.inbox.dead_letters == [body]


def test_the_worker_outlives_an_outage_of_its_queue(tmp_path):
    """An error of the queue is a pause; the worker lives, and a restart would not mend the queue."""
    setup = Setup(tmp_path, fail, Timing(60.0, 0.2, 0.001))
    setup.inbox.receive = lambda: fail(None)

    assert not setup.worker.turn()

    assert setup.health.exists()


def test_a_pause_is_never_longer_than_the_queue_allows(tmp_path):
    """Twelve hours from the receipt, less what has passed of them."""

    def wait(_message):
        raise NotYet("in a week", retry_after=7 * 86400)

    setup = Setup(tmp_path, wait)
    setup.inbox.send(ArchiveDue("j1", 1))

    setup.worker.turn()

    assert MAX_VISIBILITY_SECONDS - 60 < setup.visible_in() < MAX_VISIBILITY_SECONDS


def test_not_yet_without_a_time_waits_longer_each_time(tmp_path):
    """A message that is always early does not spin."""

    def wait(_message):
        raise NotYet("not now")

    setup = Setup(tmp_path, wait)
    setup.inbox.send(ArchiveDue("j1", 1))
    pauses = []
    for _ in range(3):
        setup.worker.turn()
        pauses.append(setup.visible_in())
        setup.now += pauses[-1]

    assert pauses == [5.0, 10.0, 20.0]


def test_a_message_stays_invisible_while_it_is_worked_on(tmp_path):
    """The heartbeat extends it from now, however long the work takes."""
    beats = threading.Event()
    extensions = []

    def work(_message):
        assert beats.wait(10)

    setup = Setup(tmp_path, work, Timing(visibility=0.02, stop_grace=0.2, first_pause=5.0))
    extend = setup.inbox.extend

    def extend_and_tell(delivery, seconds):
        extend(delivery, seconds)
        extensions.append(seconds)
        beats.set()

    setup.inbox.extend = extend_and_tell
    setup.inbox.send(ArchiveDue("j1", 1))

    setup.worker.turn()

    assert setup.inbox.queued == []
    assert set(extensions) == {0.02}


def run_until_signalled(setup, started: threading.Event) -> None:
    def send_signal():
        assert started.wait(10)
        os.kill(os.getpid(), signal.SIGTERM)

    sender = threading.Thread(target=send_signal)
    sender.start()
    setup.worker.run()
    sender.join()


def test_sigterm_lets_short_work_finish(tmp_path):
    """What fits the stop timeout is finished and deleted, and nothing more is received."""
    started = threading.Event()
    done = []

    def work(message):
        started.set()
        stopping.wait(10)
        done.append(message)

    setup = Setup(tmp_path, work, Timing(60.0, 10.0, 5.0))
    stopping = setup.worker._stop.requested
    setup.inbox.send(ArchiveDue("j1", 1))
    setup.inbox.send(ArchiveDue("j2", 1))

    run_until_signalled(setup, started)

    assert done == [ArchiveDue("j1", 1)]
    assert [item.attempt for item in setup.inbox.queued] == [0]


def test_sigterm_ends_a_long_poll_at_once(tmp_path):
    """An idle worker has nothing to finish."""
    setup = Setup(tmp_path, fail, Timing(60.0, 3600.0, 5.0))
    polling = threading.Event()
    waited_to_the_end = []

    def poll():
        polling.set()
        threading.Event().wait(30)
        waited_to_the_end.append(True)

    setup.inbox.receive = poll

    run_until_signalled(setup, polling)

    assert waited_to_the_end == []


def test_sigterm_gives_long_work_back(tmp_path):
    """What does not fit is visible again at once."""
    started = threading.Event()

    def work(_message):
        started.set()
        threading.Event().wait(30)

    setup = Setup(tmp_path, work)
    setup.inbox.send(ArchiveDue("j1", 1))

    run_until_signalled(setup, started)

    assert setup.visible_in() == 0
