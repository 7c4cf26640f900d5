"""A worker stands still while its job is deleted and removed by others; what it does then leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gas.jobs import JobStatus
from gas.messages import DeletionRequested
from tests.unit.life.runs import Fault
from tests.unit.life.stage import StagedWorld, without_heartbeats
from tests.unit.life.test_late_copies import pass_and_settle, settle
from tests.unit.life.world import RETENTION, VISIBILITY


def annotate(world: StagedWorld) -> None:
    """The message to annotate waits."""


def archive(world: StagedWorld) -> None:
    """The message to archive waits."""
    settle(world)
    world.wait(RETENTION + 1)


def restore(world: StagedWorld) -> None:
    """The message that all can be read waits."""
    archive(world)
    settle(world)
    world.upgrade()
    settle(world)
    for archive_id in world.under_way():
        world.cold.thaw(archive_id)
    world.tell(world.jobs.jobs["j1"].result_files[0].archive_id)


@pytest.fixture(params=[False, True], ids=["S3", "vault"])
def new_world(tmp_path, request) -> Iterator:
    with without_heartbeats():

        def make() -> StagedWorld:
            world = StagedWorld(tmp_path, vault=request.param)
            world.submit("j1", b"vcf 1")
            return world

        yield make


@pytest.mark.parametrize("stage", [annotate, archive, restore])
def test_whatever_call_it_was_about_to_make(new_world, stage):
    """It removes what it stores after that, by itself: nobody looks a second time here."""
    call, paused = 0, True
    while paused:
        call += 1
        world = new_world()
        stage(world)
        world.begin(*world.waiting()[0], {call: Fault.PAUSE})
        paused = bool(world.paused)
        world.delete_for_good("j1", told=True)
        settle(world)
        assert world.bus.published[-1] == DeletionRequested("j1")

        for _ in world.paused[:]:
            world.resume(0, {})
        pass_and_settle(world, VISIBILITY)

        point = f"paused before call {call}"
        assert world.jobs.jobs["j1"].status is JobStatus.DELETED, point
        assert world.results.objects == {}, point
        assert world.inputs.objects == {}, point
        assert world.cold.archives == {}, point
    assert call > 5
