"""Names of objects in the buckets: built and parsed here and nowhere else.

::

    inputs/<user_id>/<job_id>/<file name>
    results/<user_id>/<job_id>/<file>               the first stay in hot storage
    results/<user_id>/<job_id>/<cycle>/<file>       after a restore
    archive/<user_id>/<job_id>/<cycle>/<file>       cold copies

A key is deterministic, so that doing a step again overwrites a copy with the same bytes, and the
cycle in it keeps one stay's copies apart from the next one's.
"""

from __future__ import annotations

import re

INPUTS = "inputs"
RESULTS = "results"
ARCHIVE = "archive"

#: An S3 key holds at most 1,024 bytes; identity, job and prefix need about 90 of them.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
MAX_FILE_NAME_BYTES = 200

_UNSAFE = re.compile(r"[^A-Za-z0-9._+=@,()~ -]+")
_HOT = re.compile(rf"{RESULTS}/[^/]+/[^/]+/(?:(?P<cycle>[1-9][0-9]*)/)?[^/]+")


def clean_file_name(name: str) -> str:
    """A user's file name made safe for keys, headers, logs and mail; never empty, never a path."""
    base = re.split(r"[\\/]", name)[-1]
    safe = re.sub(r"\s+", " ", _UNSAFE.sub("_", base)).strip(" .")
    return _shorten(safe) or "input.vcf"


def _shorten(name: str) -> str:
    stem, dot, suffix = name.partition(".")
    room = MAX_FILE_NAME_BYTES - len(dot + suffix)
    return stem[:room] + dot + suffix if room > 0 else name[:MAX_FILE_NAME_BYTES]


def input_key(user_id: str, job_id: str, file_name: str) -> str:
    """Where the upload of this job goes."""
    return input_folder(user_id, job_id) + file_name


def result_key(user_id: str, job_id: str, name: str, *, cycle: int = 1) -> str:
    """Where a by-product or a hot result file of this cycle is."""
    folder = result_folder(user_id, job_id)
    return f"{folder}{name}" if cycle <= 1 else f"{folder}{cycle}/{name}"


def archive_key(user_id: str, job_id: str, name: str, *, cycle: int) -> str:
    """Where the cold copy made in this cycle is."""
    return f"{archive_folder(user_id, job_id)}{cycle}/{name}"


def input_folder(user_id: str, job_id: str) -> str:
    """What the key of everything that was uploaded for a job begins with."""
    return f"{INPUTS}/{user_id}/{job_id}/"


def result_folder(user_id: str, job_id: str) -> str:
    """What every hot key of a job begins with, whatever the cycle."""
    return f"{RESULTS}/{user_id}/{job_id}/"


def archive_folder(user_id: str, job_id: str) -> str:
    """What every archive key of a job begins with, whatever the cycle."""
    return f"{ARCHIVE}/{user_id}/{job_id}/"


def cycle_of(key: str) -> int | None:
    """The cycle of a hot key, which is the first for a by-product; None for a key of another shape."""
    found = _HOT.fullmatch(key)
    return int(found["cycle"] or 1) if found else None


def job_of(key: str) -> str | None:
    """The job that a key belongs to; None for a key that is none of ours."""
    parts = key.split("/")
    return parts[2] if len(parts) >= 4 and parts[0] in {INPUTS, RESULTS, ARCHIVE} else None  # noqa: PLR2004
