"""Keeps what must not lapse alive while work goes on: a thread that calls the same things regularly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()

JOIN_SECONDS = 2.0


@contextmanager
def beating(every: float, *beats: Callable[[], None]) -> Iterator[None]:
    """Call each beat every so many seconds until the block ends.

    A beat that fails is logged and tried again next time: it is the lapse itself, not the failed
    extension, that ends the right to go on, and the conditional write at the end of the work sees that.
    """
    stop = threading.Event()
    context = structlog.contextvars.get_contextvars()
    thread = threading.Thread(target=_beat, args=(stop, every, beats, context), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A beat that hangs in an outage must not hold up a worker that is told to stop.
        thread.join(JOIN_SECONDS)


def _beat(
    stop: threading.Event, every: float, beats: tuple[Callable[[], None], ...], context: dict[str, object]
) -> None:
    structlog.contextvars.bind_contextvars(**context)
    while not stop.wait(every):
        for beat in beats:
            try:
                beat()
            except Exception as error:  # noqa: BLE001 - an outage must not end the work that it interrupts.
                log.warning("heartbeat.failed", error=str(error))
