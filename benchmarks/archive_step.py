"""One step of archiving in a process of its own, timed, with the memory that it took.

``python -m benchmarks.archive_step STEP COLD_STORE BUCKET VAULT TOPIC FILE`` where FILE is the JSON of a
`gas.jobs.ResultFile`; prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gas.aws.clients import Clients
from gas.aws.cold_stores import open_cold_stores
from gas.jobs import ResultFile

JOB = "benchmark"
KEY = f"archive/benchmark/{JOB}/1/result"
BACK = f"results/benchmark/{JOB}/2/result"
FLOOR = f"results/benchmark/{JOB}/floor"

#: Of the plain copy: what boto3 itself would choose is 8 MB, which costs twice the requests.
PART_BYTES = 16 * 1024**2
THREADS = 4


def copy_by_ranges(client: Any, bucket: str, file: ResultFile) -> None:
    """The floor: every byte read and written once, in parts, four at a time, and nothing looked at."""
    upload = client.create_multipart_upload(Bucket=bucket, Key=FLOOR)["UploadId"]
    place = {"Bucket": bucket, "Key": FLOOR, "UploadId": upload}

    def copy(number: int) -> dict[str, Any]:
        start = (number - 1) * PART_BYTES
        span = f"bytes={start}-{min(start + PART_BYTES, file.size) - 1}"
        body = client.get_object(Bucket=bucket, Key=file.key, Range=span)["Body"].read()
        return {
            "PartNumber": number,
            "ETag": client.upload_part(**place, PartNumber=number, Body=body)["ETag"],
        }

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(copy, range(1, -(-file.size // PART_BYTES) + 1)))
    client.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})


def _forget(upload_id: str) -> None:
    """No crash is played here, so nobody has to go on with this upload."""


def perform(step: str, cold: Any, client: Any, bucket: str, file: ResultFile) -> ResultFile:
    """Do one step; the file as its record would be afterwards."""
    if step == "floor":
        copy_by_ranges(client, bucket, file)
    elif step == "store":
        file = replace(file, archive_id=cold.store(file, KEY, _forget))
    elif step == "retrieve":
        while not (asked := cold.retrieve(file, JOB, tier="Expedited")).ready:
            file = replace(file, retrieval_id=asked.retrieval_id or file.retrieval_id)
            time.sleep(0.2)
        file = replace(file, retrieval_id=asked.retrieval_id or file.retrieval_id)
    elif step == "bring back":
        cold.bring_back(file, BACK)
        file = replace(file, key=BACK)
    return file


def measured(action: Callable[[], ResultFile]) -> dict[str, Any]:
    """Seconds by the clock, and megabytes over what the idle process had."""
    idle, began = _memory("VmRSS"), time.perf_counter()
    file = action()
    return {
        "seconds": time.perf_counter() - began,
        "megabytes": _memory("VmHWM") - idle,
        "file": asdict(file),
    }


def _memory(what: str) -> float:
    """Megabytes of this process: resident now (VmRSS), or at most so far (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def main() -> None:
    """Perform the step that the command line names."""
    step, name, bucket, vault, topic, document = sys.argv[1:]
    file = ResultFile(**json.loads(document))
    clients = Clients()
    clients["s3"].head_bucket(Bucket=bucket)  # An idle process has its connection.
    cold = open_cold_stores(clients, bucket, name=name, vault=vault, topic=topic)
    print(json.dumps(measured(lambda: perform(step, cold, clients["s3"], bucket, file))))


if __name__ == "__main__":
    main()
