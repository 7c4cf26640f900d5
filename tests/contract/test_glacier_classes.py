"""What cold storage in the Glacier storage classes does besides the contract of every cold storage."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from gas.aws.objects import S3ObjectStore
from gas.errors import NotYet
from gas.jobs import ResultFile
from tests.contract.glacier_bench import LARGE, PART_BYTES, SMALL, Bench, Meddling, make_bench

SOURCE = "results/ada/j 1/x.vcf.gz"
TARGET = "archive/ada/j 1/x.vcf.gz"


@pytest.fixture
def bench(cloud) -> Bench:
    """A bucket without versions."""
    return make_bench(cloud.client("s3"))


def failing(code: str, status: int = 500) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "AnOperation")


def refuse(**request):
    raise AssertionError(request)


def store(cold, file: ResultFile) -> ResultFile:
    return replace(file, archive_id=cold.store(file, TARGET, refuse))


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in one piece", "in parts"])
class TestEveryCopy:
    """Whether it is made in one piece or in parts."""

    def test_keeps_what_describes_the_content(self, bench, data):
        """On the way to cold storage and on the way back."""
        store(bench.cold(), bench.put(data, SOURCE))
        bench.cold().bring_back(bench.put_restored(data), "back")

        assert bench.head(TARGET)["StorageClass"] == "GLACIER"
        for key in (TARGET, "back"):
            head = bench.head(key)
            assert (head["ContentType"], head["ContentDisposition"]) == ("application/gzip", "attachment")
            assert head["Metadata"] == {"job": "j 1"}
            assert bench.tags(key) == {"plan": "free", "note": "a b"}
            assert bench.has_checksum_of(key, data)

    def test_is_not_made_again_when_it_is_whole(self, bench, data):
        """A second attempt after a crash finds it."""
        file = bench.put(data, SOURCE)
        kept = store(bench.cold(), file)
        client = Meddling(bench.s3, copy_object=refuse, create_multipart_upload=refuse)

        assert store(bench.cold(client), file) == kept

    def test_takes_the_place_of_one_that_is_not_whole(self, bench, data):
        """Whatever lies there under the key of the copy."""
        bench.put(b"x" * len(data), TARGET, StorageClass="GLACIER")

        store(bench.cold(), bench.put(data, SOURCE))

        assert bench.has_checksum_of(TARGET, data)

    def test_takes_the_place_of_one_in_another_class(self, bench, data):
        """The setting changed between two attempts."""
        file = bench.put(data, SOURCE)
        for storage_class in ("DEEP_ARCHIVE", "GLACIER"):
            store(bench.cold(storage_class=storage_class), file)

            assert bench.head(TARGET)["StorageClass"] == storage_class

    def test_of_a_file_of_another_size_is_refused(self, bench, data):
        """Before anything is recorded or removed."""
        file = bench.put(data, SOURCE)

        with pytest.raises(ValueError, match="not what was recorded"):
            store(bench.cold(), replace(file, size=file.size - 1))

    def test_is_not_made_of_what_cannot_be_read(self, bench, data):
        """Asked for but not restored yet, and nothing is left of the attempt."""
        file = bench.put(data, TARGET, StorageClass="GLACIER")

        with pytest.raises(NotYet):
            bench.cold().bring_back(replace(file, archive_id=TARGET), "back")

        assert (bench.uploads(), bench.versions("back")) == (0, 0)


class TestCopiesInParts:
    """What can go wrong between the first part and the last."""

    def test_a_source_that_changes_meanwhile_is_not_copied(self, bench):
        """Parts of two contents never become one object."""
        file = bench.put(LARGE, SOURCE)

        def change_and_copy(**request):
            bench.put(b"x" * len(LARGE), SOURCE)
            return bench.s3.upload_part_copy(**request)

        with pytest.raises(ClientError, match="PreconditionFailed"):
            store(bench.cold(Meddling(bench.s3, upload_part_copy=change_and_copy)), file)

        assert (bench.uploads(), bench.versions(TARGET)) == (0, 0)

    def test_a_part_that_failed_is_tried_again(self, bench):
        """S3 failed twice; what was copied before is not copied again."""
        asked = []

        def fail_twice(**request):
            asked.append(request["PartNumber"])
            if asked.count(2) in {1, 2} and request["PartNumber"] == 2:
                raise failing("InternalError")
            return bench.s3.upload_part_copy(**request)

        store(bench.cold(Meddling(bench.s3, upload_part_copy=fail_twice)), bench.put(LARGE, SOURCE))

        assert sorted(asked) == [1, 2, 2, 2]
        assert bench.has_checksum_of(TARGET, LARGE)

    @pytest.mark.parametrize("operation", ["upload_part_copy", "complete_multipart_upload"])
    def test_a_copy_that_fails_leaves_nothing(self, bench, operation):
        """Parts that nobody completes would be paid for."""

        def fail(**_request):
            raise failing("InternalError")

        with pytest.raises(ClientError, match="InternalError"):
            store(bench.cold(Meddling(bench.s3, **{operation: fail})), bench.put(LARGE, SOURCE))

        assert (bench.uploads(), bench.versions(TARGET)) == (0, 0)

    def test_a_copy_of_other_content_is_refused_by_its_checksum(self, bench):
        """A part of another object, and nobody noticed."""
        other = bench.put(b"x" * len(LARGE), "other")

        def copy_another(**request):
            head = bench.head(other.key)
            source = {"Bucket": bench.bucket, "Key": other.key}
            return bench.s3.upload_part_copy(
                **{**request, "CopySource": source, "CopySourceIfMatch": head["ETag"]}
            )

        with pytest.raises(ClientError, match="BadDigest"):
            store(bench.cold(Meddling(bench.s3, upload_part_copy=copy_another)), bench.put(LARGE, SOURCE))

        assert (bench.uploads(), bench.versions(TARGET)) == (0, 0)

    def test_what_an_earlier_attempt_left_is_removed(self, bench):
        """Of this key, and of no other that begins like it."""
        for key in (TARGET, f"{TARGET}.tbi"):
            bench.s3.create_multipart_upload(Bucket=bench.bucket, Key=key)

        store(bench.cold(), bench.put(LARGE, SOURCE))

        left = bench.s3.list_multipart_uploads(Bucket=bench.bucket)["Uploads"]
        assert [upload["Key"] for upload in left] == [f"{TARGET}.tbi"]

    def test_a_source_with_checksums_of_its_parts_only_is_copied(self, bench):
        """As it is uploaded where nobody asks for a checksum of the whole."""
        made = bench.s3.create_multipart_upload(Bucket=bench.bucket, Key=SOURCE, ChecksumAlgorithm="CRC32")
        upload = {"Bucket": bench.bucket, "Key": SOURCE, "UploadId": made["UploadId"]}
        parts = []
        for number, start in enumerate(range(0, len(LARGE), PART_BYTES), 1):
            body = LARGE[start : start + PART_BYTES]
            sent = bench.s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            parts.append({"PartNumber": number, "ETag": sent["ETag"], "ChecksumCRC32": sent["ChecksumCRC32"]})
        bench.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        assert bench.head(SOURCE)["ChecksumType"] == "COMPOSITE"

        store(bench.cold(), replace(bench.put(LARGE, "the same"), key=SOURCE))

        assert bench.has_checksum_of(TARGET, LARGE)


@pytest.mark.parametrize("versioning", ["", "Enabled", "Suspended"])
class TestRemoving:
    """In a bucket that keeps versions, did once, or never did."""

    def put_versions(self, cloud, versioning):
        """A bucket with an object that was written twice, deleted and written again, and a neighbour."""
        bench = make_bench(cloud.client("s3"), "Enabled" if versioning else "")
        bench.put(SMALL, f"{SOURCE}.tbi")
        for _ in range(2):
            bench.put(SMALL, SOURCE)
        bench.s3.delete_object(Bucket=bench.bucket, Key=SOURCE)
        if versioning:
            bench.set_versioning(versioning)
        return bench, bench.put(SMALL, SOURCE)

    def test_a_hot_copy_leaves_no_version(self, cloud, versioning):
        """Twice, as after a crash; an object whose key begins like this one stays."""
        bench, file = self.put_versions(cloud, versioning)

        for _ in range(2):
            S3ObjectStore(bench.s3, bench.bucket).remove(file.key)

        assert bench.versions(file.key) == 0
        assert bench.read(f"{SOURCE}.tbi") == SMALL

    def test_a_cold_copy_leaves_no_version(self, cloud, versioning):
        """Neither of a copy that was overwritten."""
        bench, file = self.put_versions(cloud, versioning)

        for _ in range(2):
            bench.cold().discard(replace(file, archive_id=file.key))

        assert bench.versions(file.key) == 0
        assert bench.read(f"{SOURCE}.tbi") == SMALL


class TestSmallFiles:
    """Below the least size, the cold copy is gated like others and costs what a hot one does."""

    def test_a_small_file_is_ready_at_once(self, bench):
        """It needs no retrieval and comes back like every other."""
        cold = bench.cold(min_bytes=len(SMALL) + 1)
        kept = store(cold, bench.put(SMALL, SOURCE))

        assert "StorageClass" not in bench.head(TARGET)
        asked = cold.retrieve(kept, "j1", tier="Expedited")
        assert (asked.ready, asked.tier) == (True, "")
        cold.bring_back(kept, "back")
        assert bench.read("back") == SMALL

    def test_the_least_size_itself_is_archived(self, bench):
        """And whoever restores need not know the setting."""
        kept = store(bench.cold(min_bytes=len(SMALL)), bench.put(SMALL, SOURCE))

        assert bench.head(TARGET)["StorageClass"] == "GLACIER"
        assert not bench.cold().retrieve(kept, "j1", tier="Bulk").ready


class TestAsking:
    """What S3 may answer when it is asked for a copy."""

    def test_a_copy_that_another_asked_for_in_the_same_moment_is_in_progress(self, bench):
        """S3 refuses the second request; that is no failure."""
        kept = replace(bench.put(SMALL, TARGET, StorageClass="GLACIER"), archive_id=TARGET)
        before = bench.head(TARGET)
        bench.cold().retrieve(kept, "j1", tier="Standard")

        late = bench.cold(Meddling(bench.s3, head_object=lambda **_: before))
        asked = late.retrieve(kept, "j1", tier="Standard")

        assert (asked.tier, asked.ready) == ("", False)

    @pytest.mark.parametrize(
        ("wanted", "got"), [("Expedited", "Standard"), ("Standard", "Standard"), ("Bulk", "Bulk")]
    )
    def test_the_deep_archive_has_two_tiers(self, bench, wanted, got):
        """Standard stands in for the one that it lacks."""
        kept = store(bench.cold(storage_class="DEEP_ARCHIVE"), bench.put(SMALL, SOURCE))
        assert bench.head(TARGET)["StorageClass"] == "DEEP_ARCHIVE"

        asked = bench.cold().retrieve(kept, "j1", tier=wanted)

        assert (asked.tier, asked.ready) == (got, False)

    @pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500)])
    def test_other_failures_leave_the_message_in_its_queue(self, bench, code, status):
        """After what botocore repeats by itself; no other tier is asked for."""
        kept = replace(bench.put(SMALL, TARGET, StorageClass="GLACIER"), archive_id=TARGET)

        def fail(**_request):
            raise failing(code, status)

        with pytest.raises(ClientError, match=code):
            bench.cold(Meddling(bench.s3, restore_object=fail)).retrieve(kept, "j1", tier="Expedited")


def test_an_upload_of_the_store_can_be_copied_in_parts(bench):
    """What the annotator uploads is what the archiver copies."""
    S3ObjectStore(bench.s3, bench.bucket).upload(SOURCE, io.BytesIO(LARGE * 2), content_type="text/plain")

    store(bench.cold(), replace(bench.put(LARGE * 2, "the same"), key=SOURCE))

    assert bench.head(SOURCE)["ChecksumType"] == "FULL_OBJECT", "what a copy in parts is compared by"
    assert bench.has_checksum_of(TARGET, LARGE * 2)
