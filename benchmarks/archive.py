"""How quickly results are archived and restored, and in how much memory, beside a plain copy, in one run.

    python -m benchmarks.archive [--megabytes 10,100,500,2048] [--stores GLACIER,VAULT] [--repeat 3]

The floor copies the same object inside the same local cloud by ranges, four parts at a time, and looks at
none of its bytes. Every step is a process of its own. docs/archive.md has the results, and says what a
local cloud can tell of speed: the ratio, and that memory does not grow, but not the seconds of a network.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.archive_cloud import local_cloud
from benchmarks.archive_step import BACK
from benchmarks.measuring import ROOT
from gas.aws.clients import Clients
from gas.jobs import ResultFile
from local.addresses import Addresses
from local.environment import aws_environment

MB = 1024**2
KEY = "results/benchmark/benchmark/result"
STEPS = ("floor", "store", "retrieve", "bring back")
RETRIEVAL_SECONDS = 0.1
ADDRESSES = Addresses(web_port=18080, aws_port=14566, globus_port=14567, control_port=14568)


@dataclass(frozen=True)
class Row:
    """One size in one store: medians of the rounds."""

    store: str
    megabytes: int
    floor_seconds: float
    store_seconds: float
    back_seconds: float
    store_megabytes: float
    back_megabytes: float


class Bench:
    """One bucket and one vault of a running cloud."""

    def __init__(self, outputs: dict[str, str], vault: str) -> None:
        self.bucket = outputs["ResultsBucket"]
        self._topic = outputs["RestoreCompletedTopic"]
        self._vault = vault
        self.clients = Clients()
        self.clients["glacier"].create_vault(vaultName=vault)

    def run(self, store: str, file: ResultFile) -> dict[str, dict[str, Any]]:
        """Every step once, and the bytes that came back compared with those that were put in."""
        done = {}
        for step in STEPS:
            done[step] = self._step(step, store, file)
            file = ResultFile(**done[step]["file"])
        if file.key != BACK or _digest(self.clients["s3"], self.bucket, BACK) != file.sha256:
            raise SystemExit(f"What came back from {store} is not what was archived.")
        return done

    def _step(self, step: str, store: str, file: ResultFile) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.archive_step", step, store]
        command += [self.bucket, self._vault, self._topic, json.dumps(asdict(file))]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        measured: dict[str, Any] = json.loads(done.stdout)
        return measured


class RandomBytes:
    """So many bytes that cannot be packed, made as they are read; the digest of what was read so far."""

    def __init__(self, size: int) -> None:
        self._left = size
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        """As a file does."""
        data = os.urandom(min(self._left, size if size >= 0 else self._left))
        self._left -= len(data)
        self.digest.update(data)
        return data


def put_result(client: Any, bucket: str, megabytes: int) -> ResultFile:
    """A hot result of this size, and its record."""
    source = RandomBytes(megabytes * MB)
    client.upload_fileobj(source, bucket, KEY)
    return ResultFile(name="result", key=KEY, size=megabytes * MB, sha256=source.digest.hexdigest())


def _digest(client: Any, bucket: str, key: str) -> str:
    digest = sha256()
    for chunk in client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(MB):
        digest.update(chunk)
    return digest.hexdigest()


def benchmark(bench: Bench, stores: list[str], sizes: list[int], repeat: int) -> Iterator[Row]:
    """The stores take turns on each size."""
    for megabytes in sizes:
        file = put_result(bench.clients["s3"], bench.bucket, megabytes)
        rounds = [{store: bench.run(store, file) for store in stores} for _ in range(repeat)]
        for store in stores:
            yield _row(store, megabytes, [each[store] for each in rounds])


def _row(store: str, megabytes: int, rounds: list[dict[str, dict[str, Any]]]) -> Row:
    def median(step: str, what: str) -> float:
        return statistics.median(float(each[step][what]) for each in rounds)

    def most(step: str) -> float:
        return max(float(each[step]["megabytes"]) for each in rounds)

    return Row(
        store,
        megabytes,
        median("floor", "seconds"),
        median("store", "seconds"),
        median("bring back", "seconds"),
        most("store"),
        most("bring back"),
    )


def table(rows: list[Row]) -> str:
    """The rows as a table of the documentation."""
    lines = [
        "| store | result | plain copy | archive | restore | memory over idle |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        store, back = row.store_seconds / row.floor_seconds, row.back_seconds / row.floor_seconds
        lines.append(
            f"| {row.store} | {row.megabytes} MB | {row.floor_seconds:.2f} s "
            f"| {row.store_seconds:.2f} s ({store:.2f} x) | {row.back_seconds:.2f} s ({back:.2f} x) "
            f"| {row.store_megabytes:.0f} / {row.back_megabytes:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive", description=__doc__)
    parser.add_argument("--megabytes", default="10,100,500,2048", help="sizes of the result")
    parser.add_argument("--stores", default="GLACIER,VAULT")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    os.environ.update(aws_environment(ADDRESSES))
    with (
        tempfile.TemporaryDirectory() as folder,
        local_cloud(Path(folder), ADDRESSES, retrieval_seconds=RETRIEVAL_SECONDS) as outputs,
    ):
        sizes = [int(each) for each in given.megabytes.split(",")]
        bench = Bench(outputs, "gas-benchmark")
        print(table(list(benchmark(bench, given.stores.split(","), sizes, given.repeat))))


if __name__ == "__main__":
    main()
