"""What every object store and every cold storage promises."""

from __future__ import annotations

import gzip
import hashlib
import io
import uuid
from dataclasses import replace

import pytest
import requests

from gas.aws.glacier_classes import GlacierClassStorage
from gas.aws.objects import S3ObjectStore
from gas.errors import Misconfigured, NotFound, NotYet
from gas.jobs import ResultFile
from gas.keys import archive_key, result_key
from tests.waiting import wait_for

DATA = gzip.compress(b"##fileformat=VCFv4.2\n" * 500)


@pytest.fixture
def file(results, user) -> ResultFile:
    """A hot result file."""
    key = result_key(user, uuid.uuid4().hex, "x.annot.vcf.gz")
    results.upload(key, io.BytesIO(DATA), content_type="application/gzip")
    digest = hashlib.sha256(DATA).hexdigest()
    return ResultFile(name="x.annot.vcf.gz", key=key, size=len(DATA), sha256=digest)


def content(store, key: str, limit: int | None = None) -> bytes:
    target = io.BytesIO()
    store.download(key, target, limit=limit)
    return target.getvalue()


def archived(cold_side, file: ResultFile, user: str) -> ResultFile:
    job_id = file.key.split("/")[2]
    key = archive_key(user, job_id, file.name, cycle=1)
    return replace(file, archive_id=cold_side.cold.store(file, key, lambda upload_id: None))


def test_an_object_comes_back_whole_or_as_far_as_wanted(results, file):
    """The beginning of a log is enough for a page."""
    assert results.stat(file.key).size == len(DATA)
    assert content(results, file.key) == DATA
    assert content(results, file.key, limit=10) == DATA[:10]
    assert content(results, file.key, limit=10**6) == DATA


def test_an_empty_object_is_an_object(results, user):
    """Its beginning is empty as well."""
    key = result_key(user, "empty", "x")
    results.upload(key, io.BytesIO(b""), content_type="text/plain")

    assert results.stat(key).size == 0
    assert content(results, key, limit=5) == b""


def test_an_object_is_replaced_and_removed(results, file):
    """Removing it again is no error."""
    results.upload(file.key, io.BytesIO(b"new"), content_type="text/plain")
    assert content(results, file.key) == b"new"

    results.remove(file.key)
    results.remove(file.key)

    with pytest.raises(NotFound):
        results.stat(file.key)
    with pytest.raises(NotFound):
        content(results, file.key)
    with pytest.raises(NotFound):
        content(results, file.key, limit=5)


def test_a_file_goes_to_cold_storage_and_comes_back(cold_side, results, file, user):
    """Verified on both ways, and the hot copy may be gone meanwhile."""
    cold = cold_side.cold
    kept = archived(cold_side, file, user)
    results.remove(file.key)

    asked = cold.retrieve(kept, "j1", tier="Expedited")
    assert (asked.ready, asked.tier) == (False, "Expedited")
    assert asked.expected_seconds > 0
    back = result_key(user, "j", file.name, cycle=2)
    with pytest.raises(NotYet):
        cold.bring_back(kept, back)

    cold_side.thaw(kept)
    cold.bring_back(kept, back)

    assert content(results, back) == DATA


def test_every_step_of_cold_storage_may_be_done_again(cold_side, results, file, user):
    """Each may have been the last one before a crash."""
    cold = cold_side.cold
    kept = archived(cold_side, file, user)
    again = archived(cold_side, file, user)
    assert (again == kept) or not cold_side.same_archive_again
    results.remove(file.key)
    assert not cold.retrieve(kept, "j1", tier="Expedited").ready
    assert cold.retrieve(kept, "j1", tier="Expedited").tier == "", "it had been asked for before"
    cold_side.thaw(kept)
    assert cold.retrieve(kept, "j1", tier="Expedited").ready
    for _ in range(2):
        cold.bring_back(kept, file.key)
        assert content(results, file.key) == DATA
    for _ in range(2):
        cold.discard(kept)


def test_what_was_discarded_cannot_be_asked_for(cold_side, file, user):
    """It is gone for good, and that is an error and not a long wait."""
    kept = archived(cold_side, file, user)
    cold_side.cold.discard(kept)

    with pytest.raises(NotFound):
        cold_side.cold.retrieve(kept, "j1", tier="Expedited")


def test_a_refused_expedited_retrieval_falls_back_to_standard(cold_side, file, user):
    """Capacity is not always there; waiting longer is better than not at all."""
    kept = archived(cold_side, file, user)
    cold_side.allow_expedited(available=False)
    try:
        asked = cold_side.cold.retrieve(kept, "j1", tier="Expedited")
    finally:
        cold_side.allow_expedited(available=True)

    assert (asked.tier, asked.ready) == ("Standard", False)


def test_a_copy_that_expired_before_it_was_brought_back_is_asked_for_again(cold_side, results, file, user):
    """Whoever comes too late waits once more, and loses nothing."""
    cold = cold_side.cold
    kept = archived(cold_side, file, user)
    results.remove(file.key)
    cold.retrieve(kept, "j1", tier="Expedited")
    cold_side.thaw(kept)
    cold_side.expire(kept)

    with pytest.raises(NotYet):
        cold.bring_back(kept, file.key)
    asked = cold.retrieve(kept, "j1", tier="Standard")
    assert (asked.tier, asked.ready) == ("Standard", False)

    cold_side.thaw(kept)
    cold.bring_back(kept, file.key)
    assert content(results, file.key) == DATA


def test_a_retrieval_goes_on_at_the_tier_that_it_was_asked_for_at(cold_side, file, user):
    """Another tier later on is neither an error nor a second retrieval."""
    kept = archived(cold_side, file, user)
    cold_side.cold.retrieve(kept, "j1", tier="Bulk")

    for tier in ("Bulk", "Standard", "Expedited"):
        assert cold_side.cold.retrieve(kept, "j1", tier=tier).tier == ""


def test_a_file_in_the_deep_archive_comes_back_as_well(cloud, user):
    """That class knows no expedited retrieval, and whoever restores need not know the class."""
    bucket = cloud.outputs["ResultsBucket"]
    hot = S3ObjectStore(cloud.client("s3"), bucket)
    deep = GlacierClassStorage(cloud.client("s3"), bucket, storage_class="DEEP_ARCHIVE")
    key = result_key(user, "deep", "x.annot.vcf.gz")
    hot.upload(key, io.BytesIO(DATA), content_type="application/gzip")
    file = ResultFile(name="x", key=key, size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
    kept = replace(file, archive_id=deep.store(file, archive_key(user, "deep", file.name, cycle=1), print))
    restorer = GlacierClassStorage(cloud.client("s3"), bucket)

    assert restorer.retrieve(kept, "j1", tier="Expedited").tier == "Standard"

    wait_for(lambda: restorer.retrieve(kept, "j1", tier="Expedited").ready, "the retrieval")
    restorer.bring_back(kept, f"{key}-back")
    assert content(hot, f"{key}-back") == DATA


def test_a_storage_class_that_cannot_be_restored_from_is_refused():
    """At start, and not at the first restore."""
    with pytest.raises(Misconfigured, match="STANDARD"):
        GlacierClassStorage(None, "bucket", storage_class="STANDARD")


def test_a_file_that_is_not_what_was_recorded_is_not_archived(cold_side, results, file, user):
    """A wrong copy is noticed before anything is recorded or removed."""
    results.upload(file.key, io.BytesIO(b"x" * file.size), content_type="application/gzip")

    with pytest.raises(ValueError, match="not what was recorded"):
        archived(cold_side, file, user)


def test_a_file_that_is_not_there_is_not_archived(cold_side, results, file, user):
    """An error, and not an archive of nothing."""
    results.remove(file.key)

    with pytest.raises(NotFound):
        archived(cold_side, file, user)


def test_the_stores_can_be_verified(results, cold_side):
    """At start, a service asks for its bucket."""
    results.verify()
    cold_side.cold.verify()


class TestSignedAccess:
    """Addresses are promises of the storage itself, so only the local cloud can keep them."""

    def post(self, form, data, **fields):
        return requests.post(form.url, data={**form.fields, **fields}, files={"file": data}, timeout=10)

    def test_a_form_stores_one_object_under_its_key(self, cloud, input_access, user):
        """Within its size, and nothing else."""
        key = f"inputs/{user}/j1/a (1).vcf"
        form = input_access.upload_form(key, max_bytes=100, lifetime=60)

        assert self.post(form, b"x" * 100).ok

        stored = cloud.client("s3").get_object(Bucket=cloud.outputs["InputsBucket"], Key=key)
        assert stored["Body"].read() == b"x" * 100

    @pytest.mark.parametrize(
        ("data", "fields"),
        [
            (b"x" * 101, {}),
            (b"", {}),
            (b"x", {"key": "inputs/another/j1/a.vcf"}),
            (b"x", {"Content-Type": "text/html"}),
            (b"x", {"x-amz-storage-class": "GLACIER"}),
            (b"x", {"success_action_redirect": "https://evil.example/"}),
        ],
    )
    def test_a_form_that_was_tampered_with_stores_nothing(self, cloud, input_access, user, data, fields):
        """Too large, empty, another key, another type, fields that nobody signed."""
        key = f"inputs/{user}/j1/a.vcf"
        form = input_access.upload_form(key, max_bytes=100, lifetime=60)

        assert 400 <= self.post(form, data, **fields).status_code < 500

        listed = cloud.client("s3").list_objects_v2(
            Bucket=cloud.outputs["InputsBucket"], Prefix=f"inputs/{user}/"
        )
        assert listed["KeyCount"] == 0

    def test_a_link_downloads_under_the_name_of_the_file(self, cloud, input_access, user):
        """And a changed one does not."""
        key = f"inputs/{user}/j1/a b.vcf"
        s3, bucket = cloud.client("s3"), cloud.outputs["InputsBucket"]
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
        s3.put_object(Bucket=bucket, Key="inputs/other", Body=b"secret")
        link = input_access.download_link(key, file_name="a b.vcf", lifetime=60)

        answer = requests.get(link, timeout=10)

        assert answer.content == b"data"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.vcf"'
        forged = link.replace(key.replace(" ", "%20"), "inputs/other")
        assert forged != link
        assert requests.get(forged, timeout=10).status_code == 403
