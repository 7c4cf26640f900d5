"""The output of a job, whole or in part.

https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html
"""

from dataclasses import dataclass

from local.cloud.glacier.answers import Answer
from local.cloud.glacier.archive_requests import DESCRIPTION
from local.cloud.glacier.bodies import Body
from local.cloud.glacier.byte_ranges import ByteRange, read_download_range, tree_hash
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.jobs import SUCCEEDED, Job, Retrieved
from local.cloud.glacier.payloads import TREE_HASH
from local.cloud.glacier.retrievals import find_job
from local.cloud.glacier.routes import Route
from local.cloud.glacier.vaults import Vaults


@dataclass(frozen=True)
class Output:
    """Where the bytes of an output are, and what is said about the whole of it."""

    body: Body
    place: ByteRange
    headers: dict[str, str]


class OutputRequests:
    """Answers them over the vaults of the cloud."""

    def __init__(self, vaults: Vaults) -> None:
        self._vaults = vaults

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [Route("GET", "vaults/*/jobs/*/output", self.get)]

    def get(self, call: Call, name: str, job_id: str) -> Answer:
        """GetJobOutput: 200 for all of it, 206 when a range was asked for."""
        job = find_job(self._vaults.find(call.region, name), job_id)
        output = _find_output(job)
        asked = call.header("range")
        wanted = read_download_range(asked, output.place.size)
        place = ByteRange(output.place.first + wanted.first, output.place.first + wanted.last)
        headers = {**output.headers, **_hash_header(job.retrieved, place), "Content-Length": str(place.size)}
        if asked:
            headers["Content-Range"] = f"bytes {wanted}/{output.place.size}"
        return Answer(206 if asked else 200, headers, output.body.read(place.first, place.size))


def _find_output(job: Job) -> Output:
    if job.end is None or job.end.status != SUCCEEDED:
        raise invalid(f"The job is not currently available for download: {job.id}")
    headers = {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
    if job.retrieved:
        archive = job.retrieved.archive
        headers |= {DESCRIPTION: archive.description} if archive.description else {}
        return Output(archive.body, job.retrieved.place, headers)
    inventory = job.end.inventory
    assert inventory is not None
    headers["Content-Type"] = "application/json"
    return Output(inventory.body, ByteRange(0, inventory.size - 1), headers)


def _hash_header(retrieved: Retrieved | None, place: ByteRange) -> dict[str, str]:
    """The hash of what is sent, where the range has one in the tree of the archive."""
    known = tree_hash(retrieved.archive, place) if retrieved else None
    return {TREE_HASH: known} if known else {}
