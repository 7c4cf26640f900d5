"""A worker sleeps until others have ended its job, stores its copy, and is cut off before it can tidy up.

No message and no record leads to that copy any more; the audit of the results finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from gas.jobs import ResultLocation
from gas.keys import result_key
from tests.unit.life.promises import check_rest, late_copies
from tests.unit.life.rest import Rest
from tests.unit.life.runs import Fault
from tests.unit.life.stage import StagedWorld, without_heartbeats
from tests.unit.life.world import RETENTION, USER, VISIBILITY

#: Which write of its turn stores the annotator's second file, and which the restorer's first.
SECOND_FILE, FIRST_FILE = -4, -1


@pytest.fixture
def world(tmp_path) -> Iterator[StagedWorld]:
    """With a vault, from which a restorer reads a file before it stores it."""
    with without_heartbeats():
        world = StagedWorld(tmp_path, vault=True)
        world.submit("j1", b"vcf 1")
        yield world


def settle(world: StagedWorld) -> None:
    """Everything that can happen now, past whoever is asleep."""
    world._play_executions()
    while waiting := world.waiting():
        world.begin(*waiting[0], {})
        world._play_executions()


def pass_and_settle(world: StagedWorld, seconds: float) -> None:
    world.wait(seconds + 1)
    settle(world)


def let_annotator_oversleep(world: StagedWorld) -> str:
    """It is about to store its second file; meanwhile another ends the job, and its results are archived."""
    world.begin(*world.waiting()[0], {SECOND_FILE: Fault.PAUSE})
    pass_and_settle(world, VISIBILITY)
    pass_and_settle(world, RETENTION)
    return result_key(USER, "j1", "x.annot.vcf.gz.tbi")


def let_restorer_oversleep(world: StagedWorld) -> str:
    """It is about to store its first file; meanwhile another restores all, and all are archived again."""
    settle(world)
    pass_and_settle(world, RETENTION)
    world.upgrade()
    settle(world)
    for archive_id in world.under_way():
        world.cold.thaw(archive_id)
        world.tell(archive_id)
    world.begin(*world.waiting()[0], {FIRST_FILE: Fault.PAUSE})
    pass_and_settle(world, VISIBILITY)
    world.downgrade()
    settle(world)
    pass_and_settle(world, RETENTION)
    return result_key(USER, "j1", "x.annot.vcf.gz", cycle=2)


oversleeping = pytest.mark.parametrize("oversleep", [let_annotator_oversleep, let_restorer_oversleep])


@oversleeping
@pytest.mark.parametrize("fault", [Fault.KILL_BEFORE, Fault.THROTTLED])
def test_a_late_copy_of_a_worker_that_is_cut_off_is_left_to_the_audit(world, oversleep, fault):
    """No byte is lost; `check_rest` sees that the audit removes it and nothing else."""
    key = oversleep(world)
    job = world.jobs.jobs["j1"]
    assert (job.location, len(world.paused)) == (ResultLocation.ARCHIVED, 1)
    assert key not in world.results.objects

    world.resume(0, {1: fault})
    Rest(world, Random(0)).come()

    assert late_copies(world) == {key}
    check_rest(world)
    assert set(world.results.objects) == {job.log_key, job.summary_key}


@oversleeping
def test_a_worker_that_lives_removes_its_late_copy_itself(world, oversleep):
    """The audit has nothing to do then."""
    key = oversleep(world)

    world.resume(0, {})
    Rest(world, Random(0)).come()

    assert key not in world.results.objects
    check_rest(world)


@oversleeping
def test_any_other_hot_copy_that_is_left_over_is_a_mistake(world, oversleep):
    """Were it the same one: what counts is how it came there."""
    key = oversleep(world)
    world.resume(0, {})
    Rest(world, Random(0)).come()

    world.results.put(key, b"left")

    with pytest.raises(AssertionError, match="hot copy"):
        check_rest(world)
