"""Buckets that keep versions, or once did."""

import pytest

KEY = "results/ada/j1/x.vcf.gz"


@pytest.fixture
def bucket(cloud):
    """Keeps versions."""
    name = cloud.bucket()
    _set(cloud, name, "Enabled")
    return name


def _set(cloud, bucket, status):
    cloud.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def _put(cloud, bucket, body):
    cloud.client("s3").put_object(Bucket=bucket, Key=KEY, Body=body)


def _count(cloud, bucket):
    page = cloud.client("s3").list_object_versions(Bucket=bucket, Prefix=KEY)
    return len(page.get("Versions", [])), len(page.get("DeleteMarkers", []))


def _read(cloud, bucket):
    return cloud.client("s3").get_object(Bucket=bucket, Key=KEY)["Body"].read()


def test_a_write_while_suspended_replaces_only_what_was_written_so(cloud, bucket):
    """Earlier versions stay."""
    _put(cloud, bucket, b"kept")
    _set(cloud, bucket, "Suspended")

    for body in (b"first", b"second"):
        _put(cloud, bucket, body)

    assert _read(cloud, bucket) == b"second"
    assert _count(cloud, bucket) == (2, 0)


def test_a_delete_while_suspended_leaves_the_versions(cloud, bucket):
    """It removes what has no version of its own, and puts a marker there."""
    _put(cloud, bucket, b"kept")
    _set(cloud, bucket, "Suspended")
    _put(cloud, bucket, b"not kept")

    for _ in range(2):
        answer = cloud.client("s3").delete_object(Bucket=bucket, Key=KEY)
        assert (answer["DeleteMarker"], answer["VersionId"]) == (True, "null")

    assert _count(cloud, bucket) == (1, 1)


def test_each_version_and_marker_is_removed_by_its_id(cloud, bucket):
    """While suspended as well; without the marker the version before it can be seen again."""
    s3 = cloud.client("s3")
    _put(cloud, bucket, b"kept")
    _set(cloud, bucket, "Suspended")
    s3.delete_object(Bucket=bucket, Key=KEY)

    s3.delete_object(Bucket=bucket, Key=KEY, VersionId="null")
    assert _read(cloud, bucket) == b"kept"
    page = s3.list_object_versions(Bucket=bucket, Prefix=KEY)
    s3.delete_object(Bucket=bucket, Key=KEY, VersionId=page["Versions"][0]["VersionId"])

    assert _count(cloud, bucket) == (0, 0)


def test_what_was_never_there_can_be_deleted(cloud, bucket):
    """Nothing is left by that."""
    _set(cloud, bucket, "Suspended")

    cloud.client("s3").delete_object(Bucket=bucket, Key=KEY)

    assert _count(cloud, bucket) == (0, 0)
