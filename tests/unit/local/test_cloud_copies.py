"""Copies and uploads in parts: what S3 compares, what it refuses, and which checksum an object has."""

import base64
import zlib

import pytest
from botocore.exceptions import ClientError

MIB = 1024**2
DATA = bytes(range(256)) * (6 * MIB // 256)
KEY = "results/ada/j 1/sample.annot.vcf.gz"


def _crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


@pytest.fixture(scope="module")
def bucket(cloud):
    """Holds one object of 6 MiB."""
    name = cloud.bucket()
    cloud.client("s3").put_object(Bucket=name, Key=KEY, Body=DATA)
    return name


@pytest.fixture
def s3(cloud):
    """S3 as boto3 sees it."""
    return cloud.client("s3")


def _begin(s3, bucket, key, **options):
    checksum = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT", **options}
    made = s3.create_multipart_upload(Bucket=bucket, Key=key, **checksum)
    return {"Bucket": bucket, "Key": key, "UploadId": made["UploadId"]}


def _copy_part(s3, upload, number, byte_range, **conditions):
    source = {"Bucket": upload["Bucket"], "Key": KEY}
    answer = s3.upload_part_copy(
        **upload, PartNumber=number, CopySource=source, CopySourceRange=byte_range, **conditions
    )
    made = answer["CopyPartResult"]
    return {"PartNumber": number, "ETag": made["ETag"], "ChecksumCRC32": made["ChecksumCRC32"]}


def _copy_both_parts(s3, upload):
    ranges = (f"bytes=0-{5 * MIB - 1}", f"bytes={5 * MIB}-{len(DATA) - 1}")
    return [_copy_part(s3, upload, number, each) for number, each in enumerate(ranges, 1)]


def _complete(s3, upload, parts, **declared):
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **declared)


def _head(s3, bucket, key):
    return s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")


def test_a_copy_in_parts_has_the_checksum_of_the_whole(s3, bucket):
    """It is declared and compared before there is an object; each part is answered with its own."""
    upload = _begin(s3, bucket, "whole")
    parts = _copy_both_parts(s3, upload)
    assert parts[0]["ChecksumCRC32"] == _crc32(DATA[: 5 * MIB])

    _complete(s3, upload, parts, ChecksumCRC32=_crc32(DATA), MpuObjectSize=len(DATA))

    head = _head(s3, bucket, "whole")
    assert (head["ChecksumType"], head["ChecksumCRC32"]) == ("FULL_OBJECT", _crc32(DATA))
    assert s3.get_object(Bucket=bucket, Key="whole")["Body"].read() == DATA


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"ChecksumCRC32": _crc32(b"another")}, "BadDigest"),
        ({"MpuObjectSize": 1}, "InvalidRequest"),
        ({"ChecksumType": "COMPOSITE"}, "InvalidRequest"),
    ],
)
def test_what_was_declared_of_the_whole_must_be_true(s3, bucket, declared, code):
    """Otherwise there is no object, and the upload can go on."""
    upload = _begin(s3, bucket, "refused")
    parts = _copy_both_parts(s3, upload)

    with pytest.raises(ClientError, match=code):
        _complete(s3, upload, parts, **declared)

    assert len(s3.list_parts(**upload)["Parts"]) == 2
    with pytest.raises(ClientError, match="404"):
        _head(s3, bucket, "refused")


def test_parts_are_listed_in_order(s3, bucket):
    """And each of them must have been sent."""
    upload = _begin(s3, bucket, "order")
    parts = _copy_both_parts(s3, upload)

    with pytest.raises(ClientError, match="InvalidPartOrder"):
        _complete(s3, upload, parts[::-1])
    with pytest.raises(ClientError, match="InvalidPart"):
        _complete(s3, upload, [*parts, {**parts[0], "PartNumber": 3}])


def test_checksums_of_parts_are_repeated_unless_there_is_one_of_the_whole(s3, bucket):
    """HEAD says of how many parts such a checksum is made."""
    upload = _begin(s3, bucket, "composite", ChecksumType="COMPOSITE")
    parts = _copy_both_parts(s3, upload)

    with pytest.raises(ClientError, match="must include the checksum for each part"):
        _complete(s3, upload, [{"PartNumber": p["PartNumber"], "ETag": p["ETag"]} for p in parts])
    _complete(s3, upload, parts)

    head = _head(s3, bucket, "composite")
    assert head["ChecksumType"] == "COMPOSITE"
    assert head["ChecksumCRC32"].endswith("-2")


def test_a_copy_in_one_piece_has_a_checksum_of_the_whole(s3, bucket):
    """Even of a source that has one of its parts."""
    upload = _begin(s3, bucket, "made in parts", ChecksumType="COMPOSITE")
    _complete(s3, upload, _copy_both_parts(s3, upload))

    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "made in parts"})

    head = _head(s3, bucket, "copy")
    assert (head["ChecksumType"], head["ChecksumCRC32"]) == ("FULL_OBJECT", _crc32(DATA))


def test_a_source_that_changed_is_not_copied(s3, bucket):
    """Neither in one piece nor in parts."""
    upload = _begin(s3, bucket, "changed")
    etag = _head(s3, bucket, KEY)["ETag"]
    _copy_part(s3, upload, 1, "bytes=0-9", CopySourceIfMatch=etag)

    with pytest.raises(ClientError, match="PreconditionFailed"):
        _copy_part(s3, upload, 1, "bytes=0-9", CopySourceIfMatch='"another"')
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.copy_object(
            Bucket=bucket,
            Key="changed",
            CopySource={"Bucket": bucket, "Key": KEY},
            CopySourceIfMatch='"another"',
        )


@pytest.mark.parametrize("byte_range", [f"bytes=0-{len(DATA)}", "bytes=9-0", "bytes=-5"])
def test_a_range_lies_inside_the_source(s3, bucket, byte_range):
    """A stock moto would copy what there is."""
    with pytest.raises(ClientError, match="InvalidArgument"):
        _copy_part(s3, _begin(s3, bucket, "range"), 1, byte_range)


def test_there_are_ten_thousand_part_numbers(s3, bucket):
    """The first is 1."""
    upload = _begin(s3, bucket, "numbers")
    _copy_part(s3, upload, 10_000, "bytes=0-9")

    for number in (0, 10_001):
        with pytest.raises(ClientError, match="InvalidArgument"):
            _copy_part(s3, upload, number, "bytes=0-9")


def test_an_upload_that_ended_takes_no_more_parts(s3, bucket):
    """Neither does one of another key."""
    upload = _begin(s3, bucket, "ended")
    parts = _copy_both_parts(s3, upload)
    s3.abort_multipart_upload(**upload)

    with pytest.raises(ClientError, match="NoSuchUpload"):
        _copy_both_parts(s3, upload)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        _complete(s3, upload, parts)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        _copy_both_parts(s3, {**_begin(s3, bucket, "ended"), "Key": "another"})


def test_completing_again_is_answered_alike(s3, bucket):
    """The first answer may have been lost."""
    upload = _begin(s3, bucket, "again")
    parts = _copy_both_parts(s3, upload)

    assert _complete(s3, upload, parts)["ETag"] == _complete(s3, upload, parts)["ETag"]


def test_no_part_comes_from_an_archived_object(s3, bucket):
    """Before it is restored."""
    s3.put_object(Bucket=bucket, Key="cold", Body=DATA, StorageClass="GLACIER")
    upload = _begin(s3, bucket, "from the cold")

    with pytest.raises(ClientError, match="InvalidObjectState"):
        s3.upload_part_copy(**upload, PartNumber=1, CopySource={"Bucket": bucket, "Key": "cold"})


def test_what_is_not_there_is_not_copied(s3, bucket):
    """A part is refused as a whole copy is."""
    upload = _begin(s3, bucket, "from nowhere")

    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.upload_part_copy(**upload, PartNumber=1, CopySource={"Bucket": bucket, "Key": "nowhere"})


def test_an_upload_by_boto3_in_parts_is_taken(s3, bucket, tmp_path):
    """It declares a checksum of each part, as S3 demands."""
    file = tmp_path / "large"
    file.write_bytes(DATA * 2)

    s3.upload_file(str(file), bucket, "large")

    assert _head(s3, bucket, "large")["ContentLength"] == 2 * len(DATA)


def test_tags_and_metadata_of_an_upload_in_parts_are_kept(s3, bucket):
    """With its class and type."""
    described = {
        "Metadata": {"job": "j 1"},
        "Tagging": "plan=free&note=a%20b",
        "ContentType": "application/gzip",
        "StorageClass": "GLACIER",
    }
    upload = _begin(s3, bucket, "described", **described)
    _complete(s3, upload, _copy_both_parts(s3, upload))

    head = _head(s3, bucket, "described")
    assert (head["Metadata"], head["ContentType"]) == ({"job": "j 1"}, "application/gzip")
    assert head["StorageClass"] == "GLACIER"
    tags = s3.get_object_tagging(Bucket=bucket, Key="described")["TagSet"]
    assert tags == [{"Key": "plan", "Value": "free"}, {"Key": "note", "Value": "a b"}]
