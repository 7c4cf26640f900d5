"""Archives uploaded in parts: in any order, again, at the same time, and complete or not at all."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.utils import calculate_tree_hash

from local.cloud.glacier.bodies import Body
from local.cloud.glacier.byte_ranges import ByteRange
from local.cloud.glacier.errors import GlacierError
from local.cloud.glacier.payloads import Payload
from local.cloud.glacier.uploads import Upload

MIB = 1024**2
DATA = b"".join(bytes([number]) * MIB for number in range(3)) + b"the end"


@pytest.fixture(autouse=True)
def _settings(cloud):
    """Whatever a test switches is switched back."""
    yield
    cloud.post("/vault-jobs", {"repeat_seconds": 3600.0})


def _begin(glacier, vault, part_size=MIB):
    made = glacier.initiate_multipart_upload(
        vaultName=vault, archiveDescription="ada/j1", partSize=str(part_size)
    )
    return {"vaultName": vault, "uploadId": made["uploadId"]}


def _send(glacier, upload, number, data=DATA, size=MIB):
    part = data[number * size : (number + 1) * size]
    place = f"bytes {number * size}-{number * size + len(part) - 1}/*"
    return glacier.upload_multipart_part(**upload, range=place, body=part)


def _complete(glacier, upload, data=DATA):
    checksum = calculate_tree_hash(io.BytesIO(data))
    return glacier.complete_multipart_upload(**upload, archiveSize=str(len(data)), checksum=checksum)


def _begin_and_send(glacier, vault):
    upload = _begin(glacier, vault)
    for number in range(4):
        _send(glacier, upload, number)
    return upload


def _archives(glacier, vault):
    described = glacier.describe_vault(vaultName=vault)
    return described["NumberOfArchives"], described["SizeInBytes"]


def test_parts_become_an_archive_whatever_their_order(glacier, vault):
    """The checksum of the whole is that of the whole's bytes."""
    upload = _begin(glacier, vault)
    for number in (2, 3, 0, 1):
        sent = _send(glacier, upload, number)
        assert sent["checksum"] == calculate_tree_hash(io.BytesIO(DATA[number * MIB :][:MIB]))

    made = _complete(glacier, upload)

    assert made["checksum"] == calculate_tree_hash(io.BytesIO(DATA))
    assert len(made["archiveId"]) == 138
    assert _archives(glacier, vault) == (1, len(DATA))


def test_a_part_that_is_sent_again_replaces_the_earlier_one(glacier, vault):
    """A wrong part does not spoil the archive, once the right one has come."""
    upload = _begin(glacier, vault)
    _send(glacier, upload, 1, data=DATA[::-1])
    for number in range(4):
        _send(glacier, upload, number)

    _complete(glacier, upload)

    assert _archives(glacier, vault) == (1, len(DATA))


def test_parts_may_come_at_the_same_time(hurried_cloud):
    """Each of them twice, from ten threads."""
    glacier = hurried_cloud.client("glacier")
    glacier.create_vault(vaultName="hurried")
    upload = _begin(glacier, "hurried")

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda number: _send(glacier, upload, number), [0, 1, 2, 3] * 2))

    assert _complete(glacier, upload)["checksum"] == calculate_tree_hash(io.BytesIO(DATA))


def test_completing_again_gives_the_same_archive_for_a_short_time(cloud, glacier, vault):
    """Only for the same bytes; later the upload is unknown."""
    upload = _begin_and_send(glacier, vault)
    first = _complete(glacier, upload)["archiveId"]

    assert _complete(glacier, upload)["archiveId"] == first
    assert _archives(glacier, vault)[0] == 1
    with pytest.raises(glacier.exceptions.InvalidParameterValueException):
        _complete(glacier, upload, DATA[:-1])
    cloud.post("/vault-jobs", {"repeat_seconds": 0})
    with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="upload ID was not found"):
        _complete(glacier, upload)


def test_an_archive_whose_parts_are_not_all_there_is_not_made(glacier, vault):
    """A missing part, and one before the last that is too short; the upload can still go on."""
    upload = _begin(glacier, vault)
    for number in (0, 1, 3):
        _send(glacier, upload, number)
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="missing"):
        _complete(glacier, upload)
    short = f"bytes {2 * MIB}-{2 * MIB + 9}/*"
    glacier.upload_multipart_part(**upload, range=short, body=b"0123456789")
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="missing"):
        _complete(glacier, upload)
    assert _archives(glacier, vault)[0] == 0

    _send(glacier, upload, 2)

    assert _complete(glacier, upload)["archiveId"]


def test_an_archive_of_another_size_or_hash_is_not_made(glacier, vault):
    """Both are compared with what has arrived."""
    upload = _begin_and_send(glacier, vault)

    for wrong in (DATA + b"more", DATA[:-1] + b"D"):
        with pytest.raises(glacier.exceptions.InvalidParameterValueException):
            _complete(glacier, upload, wrong)

    assert _archives(glacier, vault)[0] == 0


def test_an_upload_without_parts_is_not_complete(glacier, vault):
    """An archive has at least one byte."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="no parts"):
        _complete(glacier, _begin(glacier, vault), b"")


@pytest.mark.parametrize(
    "place",
    [
        f"bytes {MIB // 2}-{MIB // 2 + 6}/*",
        "bytes 0-7/*",
        "bytes 0-6/7",
        "0-6",
        f"bytes {10_000 * MIB}-{10_000 * MIB + 6}/*",
    ],
)
def test_a_part_that_is_not_where_it_belongs_is_refused(glacier, vault, place):
    """Places are multiples of the part size, as long as the body, and at most 10,000."""
    upload = _begin(glacier, vault)

    with pytest.raises(glacier.exceptions.InvalidParameterValueException):
        glacier.upload_multipart_part(**upload, range=place, body=b"results")

    assert glacier.list_parts(**upload)["Parts"] == []


def test_a_part_is_not_longer_than_was_agreed(glacier, vault):
    """Even if it begins where one begins."""
    upload = _begin(glacier, vault)
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="align"):
        _send(glacier, upload, 0, size=2 * MIB)


def test_a_part_whose_checksum_is_wrong_leaves_the_earlier_one(glacier, vault):
    """What was verified stays."""
    upload = _begin(glacier, vault)
    _send(glacier, upload, 0)
    before = glacier.list_parts(**upload)["Parts"]

    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="Checksum mismatch"):
        glacier.upload_multipart_part(
            **upload, range=f"bytes 0-{MIB - 1}/*", body=b"x" * MIB, checksum="0" * 64
        )

    assert glacier.list_parts(**upload)["Parts"] == before
    for number in (1, 2, 3):
        _send(glacier, upload, number)
    assert _complete(glacier, upload)["archiveId"]


@pytest.mark.parametrize(
    "size", ["0", "1024", str(3 * MIB), str(8192 * MIB), "big", str(MIB + 1), "9" * 5000]
)
def test_a_part_size_is_a_power_of_two_of_mib_up_to_4_gib(glacier, vault, size):
    """Both ends of the range are allowed."""
    for allowed in (MIB, 4096 * MIB):
        _begin(glacier, vault, allowed)

    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="Invalid part size"):
        _begin(glacier, vault, size)


def test_parts_are_listed_in_order_and_in_pages(glacier, vault):
    """With their tree hashes, and what the upload was begun with."""
    upload = _begin_and_send(glacier, vault)

    pages = list(glacier.get_paginator("list_parts").paginate(**upload, PaginationConfig={"PageSize": 3}))

    parts = [part for page in pages for part in page["Parts"]]
    assert [len(page["Parts"]) for page in pages] == [3, 1]
    assert [part["RangeInBytes"] for part in parts][2:] == ["2097152-3145727", "3145728-3145734"]
    assert parts[3]["SHA256TreeHash"] == calculate_tree_hash(io.BytesIO(b"the end"))
    assert (pages[0]["PartSizeInBytes"], pages[0]["ArchiveDescription"]) == (MIB, "ada/j1")


def test_only_uploads_that_have_not_ended_are_listed(glacier, vault):
    """In pages."""
    uploads = [_begin_and_send(glacier, vault) for _ in range(5)]
    _complete(glacier, uploads[0])
    glacier.abort_multipart_upload(**uploads[1])

    paginate = glacier.get_paginator("list_multipart_uploads").paginate
    pages = list(paginate(vaultName=vault, PaginationConfig={"PageSize": 2}))

    listed = [upload["MultipartUploadId"] for page in pages for upload in page["UploadsList"]]
    assert sorted(listed) == sorted(upload["uploadId"] for upload in uploads[2:])
    assert [len(page["UploadsList"]) for page in pages] == [2, 1]


def test_an_aborted_upload_is_unknown_but_can_be_aborted_again(cloud, glacier, vault):
    """For a short time; a completed one cannot be aborted."""
    aborted, completed = _begin_and_send(glacier, vault), _begin_and_send(glacier, vault)
    _complete(glacier, completed)
    not_found = glacier.exceptions.ResourceNotFoundException

    for _ in range(2):
        glacier.abort_multipart_upload(**aborted)

    for ask in (_complete, lambda *given: _send(*given, 0), lambda _, upload: glacier.list_parts(**upload)):
        with pytest.raises(not_found, match="upload ID was not found"):
            ask(glacier, aborted)
    for refused in (lambda: glacier.list_parts(**completed), lambda: _send(glacier, completed, 0)):
        with pytest.raises(not_found):
            refused()
    with pytest.raises(not_found):
        glacier.abort_multipart_upload(**completed)
    cloud.post("/vault-jobs", {"repeat_seconds": 0})
    with pytest.raises(not_found):
        glacier.abort_multipart_upload(**aborted)


def test_an_upload_that_was_never_begun_is_unknown(glacier, vault):
    """Whatever is asked of it."""
    upload = {"vaultName": vault, "uploadId": "x" * 92}
    for ask in (_complete, lambda *given: _send(*given, 0), lambda _, each: glacier.list_parts(**each)):
        with pytest.raises(glacier.exceptions.ResourceNotFoundException):
            ask(glacier, upload)


def test_a_part_that_arrives_after_the_end_is_refused():
    """The upload was there when the part began to arrive."""
    upload = Upload("ada/j1", MIB)
    upload.abort()

    with pytest.raises(GlacierError, match="upload ID was not found"):
        upload.add(ByteRange(0, 6), Payload(Body(), 7, (b"hash",)))
