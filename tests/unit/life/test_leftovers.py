"""What a worker that died left behind is removed by the next, even if that one dies at any call as well."""

from __future__ import annotations

import pytest

from gas.jobs import ResultLocation
from tests.unit.life.reaper import Reaper
from tests.unit.life.world import RECOVERY, RETENTION, World

#: More calls than an archive or a restore makes.
CALLS = 40


def deadly(tmp_path) -> tuple[World, Reaper]:
    reaper = Reaper()
    world = World(tmp_path, reaper)
    world.submit()
    world.pass_time(RETENTION + 30)
    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    return world, reaper


def kill_at(reaper: Reaper, call: int, *, after: bool) -> None:
    reaper.fatal, reaper.after = reaper.calls + call, after


def restore(world: World) -> None:
    world.upgrade()
    world.settle()
    world.thaw()
    world.pass_time(RECOVERY)
    world.thaw()
    world.pass_time(RECOVERY)
    assert world.jobs.jobs["j1"].location is ResultLocation.HOT


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_cold_copies_that_a_restorer_left_go_with_the_next_archive(tmp_path, call, after):
    world, reaper = deadly(tmp_path)
    left = dict(world.cold.archives)
    restore(world)
    world.cold.archives.update(left)

    world.downgrade()
    world.settle()
    kill_at(reaper, call, after=after)
    world.pass_time(RETENTION + RECOVERY)

    job = world.jobs.jobs["j1"]
    assert job.location is ResultLocation.ARCHIVED
    assert set(world.cold.archives) == {file.archive_id for file in job.result_files}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, CALLS))
def test_hot_copies_that_an_archiver_left_go_with_the_next_restore(tmp_path, call, after):
    world, reaper = deadly(tmp_path)
    for file in world.jobs.jobs["j1"].result_files:
        world.results.objects[file.key] = b"left"

    kill_at(reaper, call, after=after)
    restore(world)

    job = world.jobs.jobs["j1"]
    assert set(world.results.objects) == {file.key for file in job.result_files} | {
        job.log_key,
        job.summary_key,
    }
