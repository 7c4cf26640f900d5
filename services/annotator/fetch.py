"""Fetching the input of a job, or saying why there is no use in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from gas.errors import InvalidInput, NotFound, NotYet
from gas.jobs import Job
from gas.storage_ports import ObjectStore

#: A job on which the engine failed, or with which its worker died, this often is not tried again: the next
#: receipt records FAILED.
MAX_ATTEMPTS = 3

#: Scratch space asked for, in sizes of the stored input: the input, the results, and their parts.
SCRATCH_FACTOR = 4

#: The user's file name is for people; on disk the input has a name of ours.
INPUT = "input"

TOO_MANY_ATTEMPTS = (
    "The annotation stopped unexpectedly {attempts} times and was given up; your file is stored unchanged. "
    "Please report this with the job id."
)
INPUT_GONE = "The uploaded file is no longer stored; please submit it again."
INPUT_TOO_LARGE = "The file has {size:,} bytes, which is more than the {limit:,} bytes of your plan."
SCRATCH_TOO_SMALL = (
    "The file has {size:,} bytes, more than this service has room to annotate; please split it."
)


def fetch_input(job: Job, inputs: ObjectStore, folder: Path, *, retry_after: float) -> Path:
    """Download the input of a job into a folder.

    :raises InvalidInput: there is no use in trying, now or later.
    :raises NotYet: the disk is too full at the moment.
    """
    if job.attempt > MAX_ATTEMPTS:
        raise InvalidInput(TOO_MANY_ATTEMPTS.format(attempts=MAX_ATTEMPTS))
    size = _stored_size(job, inputs)
    if size > job.max_input_bytes:
        raise InvalidInput(INPUT_TOO_LARGE.format(size=size, limit=job.max_input_bytes))
    disk = shutil.disk_usage(folder)
    if disk.total < size * SCRATCH_FACTOR:
        raise InvalidInput(SCRATCH_TOO_SMALL.format(size=size))
    if disk.free < size * SCRATCH_FACTOR:
        raise NotYet("the scratch volume is too full", retry_after=retry_after)
    source = folder / INPUT
    with source.open("wb") as target:
        inputs.download(job.input_key, target)
    return source


def _stored_size(job: Job, inputs: ObjectStore) -> int:
    try:
        return inputs.stat(job.input_key).size
    except NotFound:
        raise InvalidInput(INPUT_GONE) from None
