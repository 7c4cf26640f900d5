"""Random histories of jobs, plans, messages and faults; the rules that hypothesis draws from.

Run by itself it plays as many as one likes, in batches with seeds of their own::

    python -m tests.unit.life.archive_machine --examples 200000
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gas.accounts import Plan
from gas.messages import ArchiveDue
from tests.unit.life.promises import check_nothing_lost, check_rest
from tests.unit.life.rest import Rest
from tests.unit.life.runs import Broken, Fault
from tests.unit.life.stage import StagedWorld
from tests.unit.life.world import PATIENCE, RETENTION, VISIBILITY

MAX_JOBS = 2

#: Longer than a window, a message's invisibility and all that may happen in a few steps.
LATE = 5 * RETENTION

#: How far the first job is: 0 new, 1 HOT, 2 due, 3 ARCHIVED, 4 asked for, 5 RESTORING, 6 readable, 7 HOT
#: again, 8 downgraded. The two at which the most calls are about to be made come more often.
STAGES = (0, 1, 2, 2, 2, 3, 4, 5, 6, 6, 6, 7, 8)
FIRST_FAULTS = (Fault.PAUSE, Fault.KILL_AFTER)

#: No turn makes more calls, nor more writes, for a job of two files.
calls = st.sampled_from([*range(1, 21), *range(-12, 0), *range(-12, 0)])
faults = st.dictionaries(calls, st.sampled_from(Fault), max_size=2)
first_faults = st.one_of(
    st.just({}), st.builds(lambda call, fault: {call: fault}, calls, st.sampled_from(FIRST_FAULTS))
)
places = st.integers(0, 5)
orders = st.integers(0, 15)


class ArchiveMachine(RuleBasedStateMachine):
    """One account with one or two jobs of two result files each."""

    scratch = Path()

    @initialize(
        vault=st.booleans(),
        stage=st.sampled_from(STAGES),
        first=first_faults,
        second=first_faults,
        late=st.booleans(),
        may_lose=st.sampled_from([False, False, True]),
        may_delete=st.sampled_from([False, False, True]),
        rest=st.integers(0, 2**16),
    )
    def start(self, vault, stage, first, second, late, may_lose, may_delete, rest) -> None:
        """Begin with a job, somewhere on its way round.

        Something may befall the worker of the message that waits then, and the worker that gets it next,
        unless it comes ``late``.
        """
        self.rest = Random(rest)
        self.may_lose = may_lose
        self.may_delete = may_delete
        self.world = StagedWorld(self.scratch, vault=vault)
        self.world.submit("j1", b"vcf 1")
        for step in self._way_round()[:stage]:
            step()
        for faults in (first, second) if first else ():
            for name, item in self.world.waiting()[:1]:
                self.world.begin(name, item, faults)
            if late:
                self.delay_all()
            self.world.wait(VISIBILITY + 1)

    def _way_round(self):
        settle = partial(self.settle, 0)
        to_archived = [settle, partial(self.world.wait, RETENTION + 1), settle]
        to_restored = [self.world.upgrade, settle, self.thaw_all, settle]
        return [*to_archived, *to_restored, self.world.downgrade]

    # Users and time.

    @precondition(lambda self: len(self.world.jobs.jobs) < MAX_JOBS)
    @rule()
    def submit(self) -> None:
        self.world.submit("j2", b"vcf 2")

    @rule()
    def change_plan(self) -> None:
        if self.world.plan is Plan.FREE:
            self.world.upgrade()
        else:
            self.world.downgrade()

    @rule(place=places, told=st.booleans())
    def keep_for_longer(self, place: int, told: bool) -> None:
        names = sorted(self.world.jobs.jobs)
        self.world.keep(names[place % len(names)], told=told or not self.may_lose)

    @precondition(lambda self: self.may_delete)
    @rule(place=places, told=st.booleans())
    def delete(self, place: int, told: bool) -> None:
        names = sorted(self.world.jobs.jobs)
        self.world.delete_for_good(names[place % len(names)], told=told or not self.may_lose)

    @rule(seconds=st.sampled_from([5, VISIBILITY + 1, RETENTION + 1]))
    def wait(self, seconds: float) -> None:
        self.world.wait(seconds)

    @rule(order=orders)
    def archive_all(self, order: int) -> None:
        """The whole way of a free user's results, past whatever is paused or late."""
        if self.world.plan is Plan.PREMIUM:
            self.world.downgrade()
            self.settle(order)
        self.world.wait(RETENTION + 1)
        self.settle(order)

    @rule(order=orders)
    def restore_all(self, order: int) -> None:
        """The whole way of a premium user's results."""
        self.world.upgrade()
        self.settle(order)
        self.thaw_all()
        self.settle(order)

    # Messages.

    @rule(order=orders)
    def settle(self, order: int) -> None:
        """Handle all that can be handled now."""
        choose = Random(order)
        self.world._play_executions()
        while waiting := self.world.waiting():
            self.world.begin(*choose.choice(waiting), {})
            self.world._play_executions()

    @precondition(lambda self: self.world.waiting())
    @rule(place=places, faults=faults)
    def handle_one(self, place: int, faults: dict[int, Fault]) -> None:
        self.world.begin(*self._message(place), faults)

    @precondition(lambda self: self.world.waiting())
    @rule(place=places, call=calls)
    def handle_one_up_to_a_call(self, place: int, call: int) -> None:
        self.world.begin(*self._message(place), {call: Fault.PAUSE})

    @precondition(lambda self: self.world.waiting())
    @rule(place=places, call=calls)
    def die_after_a_call(self, place: int, call: int) -> None:
        self.world.begin(*self._message(place), {call: Fault.KILL_AFTER})

    @precondition(lambda self: self.world.waiting())
    @rule(place=places)
    def delay(self, place: int) -> None:
        self._message(place)[1].visible_at = self.world.now + LATE

    @precondition(lambda self: any(inbox.queued for inbox in self.world.inboxes.values()))
    @rule()
    def delay_all(self) -> None:
        for inbox in self.world.inboxes.values():
            for item in inbox.queued:
                item.visible_at = self.world.now + LATE

    @rule(place=st.integers(0, 31))
    def deliver_again(self, place: int) -> None:
        """Whatever was said may be said again, long after it was done with."""
        said = [(inbox, body) for inbox in self.world.inboxes.values() for body in inbox.sent]
        if said:
            inbox, body = said[place % len(said)]
            inbox.send(body)

    @precondition(lambda self: self.may_lose and self.world.waiting())
    @rule(place=places)
    def lose_message(self, place: int) -> None:
        self.world.lose(self._message(place)[1])

    @precondition(lambda self: self.may_lose)
    @rule()
    def change_plan_untold(self) -> None:
        self.world.change_plan_untold()

    @precondition(lambda self: self.may_lose)
    @rule()
    def fail_executions(self) -> None:
        self.world.fail_executions()

    @rule(seconds=st.sampled_from([0, PATIENCE + 1]))
    def sweep(self, seconds: float) -> None:
        self.world.wait(seconds)
        self.world.sweep()

    @rule()
    def archive_too_early(self) -> None:
        """A window ends by a clock that is fast; only what was announced has a clock."""
        for job in self.world.jobs.jobs.values():
            if f"{job.job_id}-{job.cycle}" in self.world.executions.started:
                self.world.bus.publish(ArchiveDue(job.job_id, job.cycle))

    @precondition(lambda self: self.world.paused)
    @rule(place=places, faults=faults)
    def go_on(self, place: int, faults: dict[int, Fault]) -> None:
        self.world.resume(place % len(self.world.paused), faults)

    @precondition(lambda self: self.world.paused)
    @rule(place=places)
    def go_on_to_the_end(self, place: int) -> None:
        self.world.resume(place % len(self.world.paused), {})

    @precondition(lambda self: self.world.paused)
    @rule(place=places)
    def kill_paused(self, place: int) -> None:
        self.world.kill(place % len(self.world.paused))

    # Cold storage.

    @precondition(lambda self: self.world.under_way())
    @rule()
    def thaw_all(self) -> None:
        for archive_id in self.world.under_way():
            self.world.cold.thaw(archive_id)
            self.world.tell(archive_id)

    @precondition(lambda self: self.world.under_way())
    @rule(place=places, told=st.booleans())
    def thaw_one(self, place: int, told: bool) -> None:
        archive_id = self._retrieval(place)
        self.world.cold.thaw(archive_id)
        self._tell(archive_id, told)

    @precondition(lambda self: self.world.under_way())
    @rule(place=places, told=st.booleans())
    def fail_retrieval(self, place: int, told: bool) -> None:
        archive_id = self._retrieval(place)
        self.world.cold.expire(archive_id)
        self._tell(archive_id, told)

    @precondition(lambda self: self.world.cold.ready)
    @rule(place=places)
    def expire_readable(self, place: int) -> None:
        ready = sorted(self.world.cold.ready)
        self.world.cold.expire(ready[place % len(ready)])

    @rule(available=st.booleans())
    def change_capacity(self, available: bool) -> None:
        self.world.cold.expedited_available = available

    # What must hold.

    @invariant()
    def nothing_is_lost(self) -> None:
        try:
            check_nothing_lost(self.world)
        except Broken as broken:
            raise AssertionError(str(broken)) from broken

    def teardown(self) -> None:
        """However it went, it ends well once nothing disturbs it."""
        if not hasattr(self, "rest"):
            return
        Rest(self.world, self.rest).come()
        self.nothing_is_lost()
        check_rest(self.world)

    def _message(self, place: int) -> tuple[str, object]:
        waiting = self.world.waiting()
        return waiting[place % len(waiting)]

    def _retrieval(self, place: int) -> str:
        under_way = self.world.under_way()
        return under_way[place % len(under_way)]

    def _tell(self, archive_id: str, told: bool) -> None:
        if told or not self.may_lose:
            self.world.tell(archive_id)
        else:
            self.world.lost = True
