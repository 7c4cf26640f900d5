"""A large file to upload, and what the store makes of it."""

from __future__ import annotations

import base64
import hashlib
import random
from pathlib import Path

PART_BYTES = 8 * 1024**2
#: Seven parts, of which the last is small.
SIZE = 6 * PART_BYTES + 12_345
PARTS = 7
NAME = "large sample.vcf"
HEADER = (
    b"##fileformat=VCFv4.3\n"
    b'##INFO=<ID=NOTE,Number=1,Type=String,Description="Whatever">\n'
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
)
RECORD = b"MT\t3243\t.\tA\tG\t.\t.\tNOTE="


def write_large_vcf(folder: Path, *, seed: int = 6) -> Path:
    """A VCF of few and long records: its parts differ, and it is annotated in a moment."""
    path = folder / NAME
    noise = random.Random(seed)  # The same file in every run.
    with path.open("wb") as file:
        file.write(HEADER)
        while SIZE - file.tell() > 50_000:
            file.write(RECORD + base64.b64encode(noise.randbytes(15_000)) + b"\n")
        file.write(RECORD + b"x" * (SIZE - file.tell() - len(RECORD) - 1) + b"\n")
    assert path.stat().st_size == SIZE
    return path


def piece(data: bytes, number: int) -> bytes:
    """One part of a file."""
    return data[(number - 1) * PART_BYTES : number * PART_BYTES]


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def stored_digest(system, job_id: str) -> str:
    """That of the input of a job, as the store has it."""
    (key,) = system.objects("inputs", job_id)
    return sha256(system.client("s3").get_object(Bucket=system.bucket("inputs"), Key=key)["Body"].read())


def begin_job(researcher, size: int = SIZE) -> tuple[str, dict]:
    """A job whose file is to be sent in parts; its id and how."""
    created = researcher.post("/jobs", status=201, file_name=NAME, size=size)
    return created["job"]["job_id"], created["parts"]
