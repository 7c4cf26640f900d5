"""Uploads in parts: what is listed, and which parts are refused."""

import base64
import hashlib

import pytest
import requests
from botocore.exceptions import ClientError

MIB = 1024**2
KEY = "inputs/ada/j 1/sample (1).vcf"


def _sha256(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.fixture(scope="module")
def bucket(cloud):
    """An empty one."""
    return cloud.bucket()


@pytest.fixture
def s3(cloud):
    """S3 as boto3 sees it."""
    return cloud.client("s3")


@pytest.fixture
def upload(s3, bucket):
    """An upload whose parts come with their SHA-256."""
    made = s3.create_multipart_upload(Bucket=bucket, Key=KEY, ChecksumAlgorithm="SHA256")
    return {"Bucket": bucket, "Key": KEY, "UploadId": made["UploadId"]}


def _send(s3, upload, number, data, **declared):
    declared = declared or {"ChecksumSHA256": _sha256(data)}
    answer = s3.upload_part(**upload, PartNumber=number, Body=data, **declared)
    return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": _sha256(data)}


def _address(s3, upload, data, size):
    signed = {"PartNumber": 1, "ChecksumSHA256": _sha256(data), "ContentLength": size}
    return s3.generate_presigned_url("upload_part", {**upload, **signed})


def test_parts_are_listed_by_number_with_their_checksums(s3, upload):
    """A page ends at a number, and not at a position."""
    for number in (9, 2, 700, 5):
        _send(s3, upload, number, bytes([number % 256]) * number)

    pages = s3.get_paginator("list_parts").paginate(**upload, PaginationConfig={"PageSize": 2})
    listed = [(each["PartNumber"], each["Size"]) for page in pages for each in page["Parts"]]
    whole = s3.list_parts(**upload)

    assert listed == [(2, 2), (5, 5), (9, 9), (700, 700)]
    assert whole["ChecksumAlgorithm"] == "SHA256"
    assert whole["Parts"][1]["ChecksumSHA256"] == _sha256(b"\5" * 5)
    assert not whole["IsTruncated"]


def test_an_upload_without_a_part_is_listed_as_empty(s3, upload):
    """It is there all the same."""
    assert "Parts" not in s3.list_parts(**upload)


@pytest.mark.parametrize("ask", ["list_parts", "abort_multipart_upload"])
def test_an_upload_belongs_to_its_key(s3, upload, ask):
    """Whoever knows its id and another key finds nothing."""
    with pytest.raises(ClientError, match="NoSuchUpload"):
        getattr(s3, ask)(**{**upload, "Key": "another"})
    with pytest.raises(ClientError, match="NoSuchUpload"):
        _send(s3, {**upload, "Key": "another"}, 1, b"data")

    assert s3.list_parts(**upload)["UploadId"] == upload["UploadId"]


def test_an_upload_that_was_aborted_is_gone(s3, upload):
    """With everything that could be asked of it."""
    s3.abort_multipart_upload(**upload)

    for ask in (s3.list_parts, s3.abort_multipart_upload):
        with pytest.raises(ClientError, match="NoSuchUpload"):
            ask(**upload)


@pytest.mark.parametrize("number", [0, 10_001])
def test_parts_are_numbered_from_one_to_ten_thousand(s3, upload, number):
    """S3 refuses any other number."""
    with pytest.raises(ClientError, match="InvalidArgument"):
        _send(s3, upload, number, b"data")


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"ChecksumSHA256": _sha256(b"another")}, "BadDigest"),
        ({"ChecksumCRC32": "AAAAAA=="}, "InvalidRequest"),
    ],
)
def test_a_part_comes_with_its_own_digest(s3, upload, declared, code):
    """Of the kind that the upload was begun with."""
    with pytest.raises(ClientError, match=code):
        _send(s3, upload, 1, b"data", **declared)

    assert "Parts" not in s3.list_parts(**upload)


@pytest.mark.parametrize(
    ("sent", "size", "digest", "status"),
    [
        (b"data", 4, b"data", 200),
        (b"dada", 4, b"data", 400),
        (b"more data", 4, b"data", 403),
        (b"data", 5, b"data", 403),
        (b"data", 4, b"dada", 403),
    ],
)
def test_an_address_stores_what_it_was_signed_for(s3, upload, sent, size, digest, status):
    """These bytes, as many of them, with this digest."""
    address = _address(s3, upload, b"data", size)

    headers = {"x-amz-checksum-sha256": _sha256(digest)}
    answer = requests.put(address, data=sent, headers=headers, timeout=10)

    assert answer.status_code == status, answer.text
    assert ("Parts" in s3.list_parts(**upload)) == (status == 200)


def test_a_signed_digest_cannot_be_left_out(s3, upload):
    """It is part of the signature."""
    address = _address(s3, upload, b"data", 4)

    assert requests.put(address, data=b"data", timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("sizes", "damage", "code"),
    [
        ((5 * MIB, 1), {}, None),
        ((5 * MIB - 1, 1), {}, "EntityTooSmall"),
        ((5 * MIB, 1), {"ETag": '"0"'}, "InvalidPart"),
        ((5 * MIB, 1), {"ChecksumSHA256": _sha256(b"another")}, "InvalidPart"),
    ],
)
def test_the_parts_of_an_object_are_large_and_as_they_were_sent(s3, bucket, upload, sizes, damage, code):
    """All but the last have 5 MiB at least."""
    parts = [_send(s3, upload, number, b"x" * size) for number, size in enumerate(sizes, 1)]
    parts[0].update(damage)
    whole = {"MultipartUpload": {"Parts": parts}}

    if code is None:
        s3.complete_multipart_upload(**upload, **whole)
        assert s3.head_object(Bucket=bucket, Key=KEY)["ContentLength"] == sum(sizes)
    else:
        with pytest.raises(ClientError, match=code):
            s3.complete_multipart_upload(**upload, **whole)
