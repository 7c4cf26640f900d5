"""Large files go to the store in parts; here a program sends them."""

from __future__ import annotations

import os

import pytest

from tests.e2e.large_files import (
    PART_BYTES,
    PARTS,
    SIZE,
    begin_job,
    piece,
    sha256,
    stored_digest,
    write_large_vcf,
)
from tests.e2e.researcher import TIMEOUT, Researcher, session

pytestmark = pytest.mark.e2e


def sign(researcher: Researcher, job_id: str, *parts: tuple[int, bytes]) -> list[dict]:
    wanted = [{"number": number, "sha256": sha256(data)} for number, data in parts]
    return researcher.post(f"/jobs/{job_id}/parts", parts=wanted)["parts"]


def put(address: dict, data: bytes):
    return session().put(address["url"], data=data, headers=address["headers"], timeout=TIMEOUT)


def test_a_program_uploads_in_parts(system, gregor, tmp_path):
    """Several addresses at a time; what is stored is told, and the annotator gets what was sent."""
    data = write_large_vcf(tmp_path).read_bytes()
    job_id, parts = begin_job(gregor)
    assert (parts["size"], parts["count"]) == (PART_BYTES, PARTS)
    pieces = [(number, piece(data, number)) for number in range(1, PARTS + 1)]

    for address, (_, part) in zip(sign(gregor, job_id, *pieces), pieces, strict=True):
        assert put(address, part).ok
    stored = gregor.get(f"/jobs/{job_id}/parts")["stored"]
    assert [each["sha256"] for each in stored] == [sha256(part) for _, part in pieces]
    gregor.post(f"/jobs/{job_id}/uploaded")
    gregor.post(f"/jobs/{job_id}/uploaded")

    assert gregor.wait(job_id, status="COMPLETED")["input_bytes"] == SIZE
    assert stored_digest(system, job_id) == sha256(data)


def test_the_store_takes_only_the_part_that_was_signed(gregor):
    """Damaged, longer, or another one: each is refused, and can be sent again."""
    job_id, _ = begin_job(gregor)
    part, last = os.urandom(PART_BYTES), os.urandom(SIZE % PART_BYTES)
    (address,) = sign(gregor, job_id, (1, part))

    assert put(address, bytes([part[0] ^ 1]) + part[1:]).status_code == 400
    assert put(address, part + b"more").status_code == 403
    (wrong,) = sign(gregor, job_id, (7, part))
    assert put(wrong, part).status_code == 403, "the last part is smaller"
    assert gregor.get(f"/jobs/{job_id}/parts")["stored"] == []

    assert put(address, part).ok
    (right,) = sign(gregor, job_id, (7, last))
    assert put(right, last).ok
    assert [each["number"] for each in gregor.get(f"/jobs/{job_id}/parts")["stored"]] == [1, 7]
    refused = gregor.post(f"/jobs/{job_id}/uploaded", 409)
    assert "5 of 7 parts" in refused["error"]["message"]


def test_more_than_was_announced_never_becomes_an_input(system, gregor):
    """Somebody with the keys of the store has added a part; the sum is looked at before there is an input."""
    size = 20_000_001
    job_id, _ = begin_job(gregor, size)
    s3, bucket = system.client("s3"), system.bucket("inputs")
    (upload,) = (
        each for each in s3.list_multipart_uploads(Bucket=bucket)["Uploads"] if job_id in each["Key"]
    )
    place = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
    for number in (1, 2, 3):
        s3.upload_part(**place, PartNumber=number, Body=b"x" * PART_BYTES, ChecksumAlgorithm="SHA256")

    refused = gregor.post(f"/jobs/{job_id}/uploaded", 413)

    assert "were removed" in refused["error"]["message"]
    assert system.objects("inputs", job_id) == {}
    assert gregor.job(job_id)["status"] == "AWAITING_UPLOAD"


def test_nobody_uploads_to_a_job_of_another(system, gregor, ada):
    """It does not exist for them."""
    job_id, _ = begin_job(gregor)

    ada.get(f"/jobs/{job_id}/parts", 404)
    ada.post(f"/jobs/{job_id}/parts", 404, parts=[{"number": 1, "sha256": sha256(b"")}])
