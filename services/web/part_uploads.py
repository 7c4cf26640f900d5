"""Uploads of large files in parts: how a file is cut, what of it is stored, and how it becomes the input.

The record comes first, then the upload, then its id in the record. Whoever was killed between them has left
an upload that nobody knows, which the bucket's lifecycle rule removes, and the next request begins another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from gas.aws.part_sizes import MIB, part_size
from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus
from gas.part_uploads import Part, PartAddress
from gas.transitions import NOTE_UPLOAD, Guard
from services.web.context import Site
from services.web.formats import file_size, number
from services.web.limits import MAX_POST_BYTES
from services.web.refusals import NotAvailable, NotStored, Refusal, TooLarge
from services.web.settings import WebSettings

#: Larger than what S3 takes, so that few requests do, and small enough to be hashed and sent again quickly.
#: Uploads that are under way depend on it.
SMALLEST_PART = 8 * MIB

#: The bucket removes parts that are older (``AbandonedUploads`` in ``ecs/templates/20-data.yaml``).
KEPT_SECONDS = 2 * 24 * 3600

#: How many parts one request may have signed.
MAX_SIGNED = 50

NOT_ARRIVED = "The file has not arrived. Please upload it again."
_CHANGED = "The parts have changed meanwhile. Please go on with the upload."


@dataclass(frozen=True)
class Cut:
    """How a file is cut.

    :ivar file_size: bytes of the whole.
    :ivar part_size: bytes of each part but the last.
    """

    file_size: int
    part_size: int

    @property
    def count(self) -> int:
        """How many parts there are."""
        return -(-self.file_size // self.part_size)

    def size_of(self, part_number: int) -> int:
        """Bytes of this part; numbers begin with 1."""
        return min(self.part_size, self.file_size - (part_number - 1) * self.part_size)


@dataclass(frozen=True)
class WantedPart:
    """A part that somebody is about to send; ``sha256`` is hexadecimal."""

    number: int
    sha256: str


def goes_in_parts(size: int, settings: WebSettings) -> bool:
    """Whether a file of this size is too large for one request."""
    return size > min(settings.part_upload_bytes, MAX_POST_BYTES)


def cut_of(job: Job) -> Cut:
    """How the file of a job that is uploaded in parts is cut, whoever asks and whenever."""
    return Cut(job.upload_bytes, part_size(job.upload_bytes, SMALLEST_PART))


def begin_upload(site: Site, job: Job) -> Job:
    """Begin an upload and note it, unless another request has noted one meanwhile; the job afterwards.

    The record then outlives the parts by as long as that of a whole file outlives its ticket.
    """
    upload_id = site.ports.part_uploads.begin(job.input_key)
    guard = Guard(user_id=job.user_id, upload_id=job.upload_id)
    expires_at = int(site.clock()) + KEPT_SECONDS + site.settings.ticket_seconds
    try:
        return site.ports.jobs.move(
            job.job_id, NOTE_UPLOAD, guard, upload_id=upload_id, expires_at=expires_at
        )
    except (NotFound, Refused):
        site.ports.part_uploads.abort(job.input_key, upload_id)
        return site.ports.jobs.get(job.job_id, owner=job.user_id)


def stored_parts(site: Site, job: Job) -> Sequence[Part]:
    """The parts that need not be sent again: none of an upload that has expired, or was never noted."""
    _require_waiting(job)
    try:
        return site.ports.part_uploads.stored(job.input_key, job.upload_id) if job.upload_id else []
    except NotFound:
        if _is_stored(site, job):
            raise NotAvailable("The file has arrived already; nothing more is to be sent.") from None
        return []


def sign_parts(site: Site, job: Job, wanted: Sequence[WantedPart]) -> list[PartAddress]:
    """An address for each of these parts, good for exactly its bytes and for some minutes."""
    _require_waiting(job)
    cut = cut_of(job)
    if any(each.number > cut.count for each in wanted):
        raise Refusal(f"The file has {number(cut.count)} parts. Please send the numbers of some of them.")
    if not job.upload_id or _has_expired(site, job):
        job = begin_upload(site, job)
        _require_waiting(job)
    parts = [Part(each.number, cut.size_of(each.number), each.sha256) for each in wanted]
    lifetime = site.settings.upload_seconds
    sign = site.ports.part_uploads.sign
    return [sign(job.input_key, job.upload_id, part, lifetime=lifetime) for part in parts]


def complete_upload(site: Site, job: Job, sha256: str = "") -> None:
    """Make the input of the parts, once all are there; nothing happens if that was done before.

    Addresses of parts carry a size each, but no sum, so the sum is looked at before there is an input.

    :param sha256: what the sender has sent, as `digest_of_parts`; empty if it does not say. Of two tabs that
        send two files to one job, neither gets a mixture of both.
    :raises NotStored: parts are missing, or are not the sender's.
    :raises TooLarge: there is more than was announced; the parts are removed.
    """
    if _is_stored(site, job):
        return
    try:
        parts = site.ports.part_uploads.stored(job.input_key, job.upload_id) if job.upload_id else []
        _check(site, job, parts)
        if sha256 not in {"", digest_of_parts(parts)}:
            raise NotStored(_CHANGED)
        site.ports.part_uploads.complete(job.input_key, job.upload_id, parts)
    except NotFound:
        # Another request has completed it, or it has expired: whether the input is there says which.
        return
    except Refused:
        raise NotStored(_CHANGED) from None


def digest_of_parts(parts: Sequence[Part]) -> str:
    """SHA-256 of the digests of all parts, one after the other; in hexadecimal."""
    return hashlib.sha256(b"".join(bytes.fromhex(part.sha256) for part in parts)).hexdigest()


def abort_upload(site: Site, job: Job) -> None:
    """Remove the parts of a job that will not get its input."""
    if job.upload_id:
        site.ports.part_uploads.abort(job.input_key, job.upload_id)


def _check(site: Site, job: Job, parts: Sequence[Part]) -> None:
    total = sum(part.size for part in parts)
    most = min(job.upload_bytes, job.max_input_bytes)
    if total > most:
        abort_upload(site, job)
        raise TooLarge(
            f"The parts have {file_size(total)} together, which is more than the {file_size(most)} that were"
            " announced. They were removed; please submit the file again."
        )
    cut = cut_of(job)
    wanted = [(each, cut.size_of(each)) for each in range(1, cut.count + 1)]
    there = {(part.number, part.size) for part in parts}
    missing = sum(each not in there for each in wanted)
    if missing:
        raise NotStored(
            f"{number(missing)} of {number(cut.count)} parts have not arrived. Please go on with the upload."
        )


def _require_waiting(job: Job) -> None:
    if not job.upload_bytes:
        raise NotAvailable("The file of this job is not uploaded in parts.")
    if job.status is not JobStatus.AWAITING_UPLOAD:
        raise NotAvailable("This job does not wait for a file any more. Its page says how it stands.")


def _has_expired(site: Site, job: Job) -> bool:
    """Whether the bucket has removed the upload; the store is asked once it is old enough for that."""
    removed_from = (job.expires_at or 0) - site.settings.ticket_seconds  # As `begin_upload` reckons.
    if site.clock() < removed_from:
        return False
    try:
        site.ports.part_uploads.stored(job.input_key, job.upload_id)
    except NotFound:
        return not _is_stored(site, job)
    return False


def _is_stored(site: Site, job: Job) -> bool:
    try:
        site.ports.inputs.stat(job.input_key)
    except NotFound:
        return False
    return True
