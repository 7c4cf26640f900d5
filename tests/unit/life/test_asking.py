"""Nothing is asked for that nobody needs: a retrieval is paid for."""

from __future__ import annotations

from gas.jobs import ResultLocation
from gas.messages import JobRestoreRequested
from tests.unit.life.world import RETENTION


def test_an_archive_asks_for_no_restore_unless_its_owner_was_upgraded(world):
    """The plan is read again after the commit, and most often it is what it was."""
    world.submit()
    world.pass_time(RETENTION + 30)

    assert world.jobs.jobs["j1"].location is ResultLocation.ARCHIVED
    assert not [each for each in world.bus.published if isinstance(each, JobRestoreRequested)]
