"""The job whose page polls."""

from __future__ import annotations

import time

from gas.jobs import Job, JobStatus, Progress

USER, RUNNING = "benchmark", "22222222-3333-4444-5555-666666666666"

_HOUR = 3600


def running_job() -> Job:
    """One that runs, and whose worker has told how far it is."""
    now = time.time()
    return Job(
        job_id=RUNNING,
        user_id=USER,
        file_name="running.vcf.gz",
        input_key=f"inputs/{USER}/{RUNNING}/running.vcf.gz",
        submit_time=now,
        max_input_bytes=1_000_000,
        status=JobStatus.RUNNING,
        input_bytes=900_000,
        started_at=now,
        progress=Progress(records=1_000, contig="MT", rate=900.0, share=None, updated_at=now + _HOUR),
    )
