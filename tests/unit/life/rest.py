"""Coming to rest: nothing is disturbed any more, but the order is as random as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from random import Random

from tests.unit.life.stage import StagedWorld
from tests.unit.life.world import PATIENCE, USER

#: A world of two jobs that nobody disturbs is at rest after so many turns, or messages go round for ever.
MAX_TURNS = 150

Deed = tuple[float, Callable[[], object]]


class Rest:
    """Lets everything happen that is left to happen, each thing with a rank of its own."""

    def __init__(self, world: StagedWorld, order: Random) -> None:
        self._world = world
        self._order = order
        self._ranks: dict[object, float] = {}

    def come(self) -> None:
        """Until no message, worker, retrieval or window is left."""
        limit = self._world.turns + MAX_TURNS
        while self._go_on():
            assert self._world.turns < limit, "messages go round for ever"

    def _go_on(self) -> bool:
        self._world._play_executions()
        deeds = list(self._deeds())
        if deeds:
            min(deeds, key=lambda deed: deed[0])[1]()
            return True
        return self._world.lost and self._sweep()

    def _sweep(self) -> bool:
        """Let the next sweep that finds anything come; whether there is anything to find."""
        world = self._world
        found = [job.attention_at for job in world.jobs.jobs.values()]
        found.append(world.accounts.get(USER).untold_since)
        waiting = [at for at in found if at is not None]
        if waiting:
            world.wait(max(min(waiting) + PATIENCE + 1 - world.now, 0))
            world.sweep()
        return bool(waiting)

    def _deeds(self) -> Iterator[Deed]:
        world = self._world
        for name, item in world.waiting():
            yield self._rank(item.message_id), partial(world.begin, name, item, {})
        for place, run in enumerate(world.paused):
            yield self._rank(id(run)), partial(world.resume, place, {})
        for archive_id in world.under_way():
            yield self._rank(archive_id), partial(self._thaw, archive_id)
        later = self._next_event()
        if later is not None:
            yield self._order.random() + 0.5, partial(world.wait, later - world.now)

    def _rank(self, thing: object) -> float:
        return self._ranks.setdefault(thing, self._order.random())

    def _thaw(self, archive_id: str) -> None:
        self._world.cold.thaw(archive_id)
        self._world.tell(archive_id)

    def _next_event(self) -> float | None:
        """When the next message comes back or the next window ends."""
        world = self._world
        returns = [item.visible_at for inbox in world.inboxes.values() for item in inbox.queued]
        waiting = world.executions.started.keys() - world.played
        ends = [at for name in waiting for at in _times(world.executions.started[name])]
        return min((at for at in (*returns, *ends) if at > world.now), default=None)


def _times(data: dict) -> list[float]:
    """The times that an execution waits for."""
    texts = [data.get(name) for name in ("available_until", "warn_at", "mail_at")]
    return [datetime.fromisoformat(text).timestamp() for text in texts if text]
