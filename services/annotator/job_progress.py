"""The record of a job while its engine runs: how far it is, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from gas.errors import NotFound, Refused
from gas.jobs import Job, Progress
from gas.ports import JobStore
from services.annotator.claim import extend_lease
from services.annotator.engines.engine import Beat, Reached
from services.annotator.printable import printable

log = structlog.get_logger()


def recording(
    job: Job, jobs: JobStore, *, clock: Callable[[], float], lease_seconds: float, input_bytes: int
) -> Beat:
    """A beat for an engine that begins now: keeps the lease and writes the progress, in one write.

    An outage costs the write and no more. A write that is refused is the word that the job was cancelled or
    taken over by another worker, and `Refused` ends the engine; so does `NotFound`, if its record is gone.
    """
    began = clock()

    def beat(reached: Reached) -> None:
        now = clock()
        told = {"progress": _progress(reached, input_bytes, began, now)} if reached.records else {}
        try:
            extend_lease(job, jobs, until=now + lease_seconds, **told)
        except (Refused, NotFound):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the store has, the engine works without it.
            log.warning("progress.not_recorded", error=str(error))

    return beat


def _progress(reached: Reached, input_bytes: int, began: float, now: float) -> Progress:
    seconds = now - began
    share = None if reached.read is None else round(min(1.0, reached.read / max(1, input_bytes)), 4)
    return Progress(
        records=reached.records,
        contig=printable(reached.contig),
        rate=round(reached.records / seconds, 1) if seconds > 0 else 0.0,
        share=share,
        updated_at=now,
    )
