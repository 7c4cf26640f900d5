"""What a retrieval gives: all of it or a range, with a tree hash where the range has one; and inventories."""

import io
import json

import boto3
import pytest
from botocore.config import Config
from botocore.utils import calculate_tree_hash

from local.cloud.glacier.layer import Glacier
from local.cloud.s3.tiers import Tiers
from local.cloud.serving import serving

MIB = 1024**2
DATA = b"".join(bytes([number]) * MIB for number in range(6)) + b"the end"


def _no_service(environ, start_response):
    raise AssertionError("a request to Amazon Glacier was passed on")


@pytest.fixture
def due():
    """What is to be done once the time of a tier is over: tests do it when they want."""
    return []


@pytest.fixture
def glacier(due):
    """The service alone, as boto3 sees it."""
    app = Glacier(_no_service, Tiers(), lambda _, action: due.append(action))
    with serving(app) as address:
        yield boto3.client(
            "glacier",
            region_name="us-east-1",
            endpoint_url=address,
            aws_access_key_id="k",
            aws_secret_access_key="s",
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def archive(glacier, vault):
    """Six MiB and a little."""
    return glacier.upload_archive(vaultName=vault, body=DATA, archiveDescription="ada/j1")["archiveId"]


def _retrieve(glacier, vault, due, **parameters):
    """A job that has ended."""
    job = glacier.initiate_job(vaultName=vault, jobParameters=parameters)["jobId"]
    due.pop()()
    return {"vaultName": vault, "jobId": job}


def _of(archive, **parameters):
    return {"Type": "archive-retrieval", "ArchiveId": archive, **parameters}


def _hash(data):
    return calculate_tree_hash(io.BytesIO(data))


def test_all_of_it_comes_with_the_hash_and_the_description(glacier, vault, archive, due):
    """200."""
    output = glacier.get_job_output(**_retrieve(glacier, vault, due, **_of(archive)))

    assert (output["status"], output["body"].read()) == (200, DATA)
    assert (output["checksum"], output["archiveDescription"]) == (_hash(DATA), "ada/j1")
    assert (output["contentType"], output["acceptRanges"]) == ("application/octet-stream", "bytes")
    assert "contentRange" not in output


@pytest.mark.parametrize(
    ("first", "last"), [(0, MIB - 1), (4 * MIB, 6 * MIB - 1), (4 * MIB, len(DATA) - 1), (0, len(DATA) - 1)]
)
def test_a_range_that_is_aligned_with_the_tree_comes_with_its_hash(glacier, vault, archive, due, first, last):
    """206, and which bytes these are."""
    job = _retrieve(glacier, vault, due, **_of(archive))

    output = glacier.get_job_output(**job, range=f"bytes={first}-{last}")

    data = DATA[first : last + 1]
    assert (output["status"], output["body"].read(), output["checksum"]) == (206, data, _hash(data))
    assert output["contentRange"] == f"bytes {first}-{last}/{len(DATA)}"


@pytest.mark.parametrize(("first", "last"), [(0, 9), (5, MIB - 1), (MIB, 3 * MIB - 1), (0, 3 * MIB - 1)])
def test_any_other_range_comes_without_a_hash(glacier, vault, archive, due, first, last):
    """There is no node of the tree over it."""
    job = _retrieve(glacier, vault, due, **_of(archive))

    output = glacier.get_job_output(**job, range=f"bytes={first}-{last}")

    assert (output["status"], output["body"].read()) == (206, DATA[first : last + 1])
    assert "checksum" not in output


def test_a_range_ends_with_the_output(glacier, vault, archive, due):
    """One that goes on beyond it is cut, one that begins beyond it is refused."""
    job = _retrieve(glacier, vault, due, **_of(archive))

    for wanted in (f"bytes={6 * MIB}-{9 * MIB}", f"bytes={6 * MIB}-"):
        output = glacier.get_job_output(**job, range=wanted)
        assert output["body"].read() == b"the end"
        assert output["contentRange"] == f"bytes {6 * MIB}-{len(DATA) - 1}/{len(DATA)}"

    for wanted in (f"bytes={len(DATA)}-", "bytes=9-1", "bytes=-5", "0-5"):
        with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="Invalid range"):
            glacier.get_job_output(**job, range=wanted)


def test_a_part_of_an_archive_can_be_retrieved(glacier, vault, archive, due):
    """Ranges of the output count from its own beginning."""
    job = _retrieve(glacier, vault, due, **_of(archive, RetrievalByteRange=f"{2 * MIB}-{4 * MIB - 1}"))

    described, output = glacier.describe_job(**job), glacier.get_job_output(**job)

    data = DATA[2 * MIB : 4 * MIB]
    assert (output["body"].read(), output["checksum"]) == (data, _hash(data))
    assert (described["SHA256TreeHash"], described["ArchiveSHA256TreeHash"]) == (_hash(data), _hash(DATA))
    second = glacier.get_job_output(**job, range=f"bytes={MIB}-{2 * MIB - 1}")
    assert (second["body"].read(), second["checksum"]) == (data[MIB:], _hash(data[MIB:]))
    assert second["contentRange"] == f"bytes {MIB}-{2 * MIB - 1}/{2 * MIB}"


def test_an_archive_that_is_deleted_meanwhile_is_not_retrieved(glacier, vault, archive, due):
    """The job fails."""
    job = glacier.initiate_job(vaultName=vault, jobParameters=_of(archive))["jobId"]
    glacier.delete_archive(vaultName=vault, archiveId=archive)

    due.pop()()

    described = glacier.describe_job(vaultName=vault, jobId=job)
    assert (described["StatusCode"], described["Completed"]) == ("Failed", True)
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="not currently available"):
        glacier.get_job_output(vaultName=vault, jobId=job)


def test_an_inventory_lists_every_archive(glacier, vault, archive, due):
    """With all that is needed to find out what it is."""
    glacier.upload_archive(vaultName=vault, body=b"results")
    job = _retrieve(glacier, vault, due, Type="inventory-retrieval", Format="JSON")

    output = glacier.get_job_output(**job)

    data = output["body"].read()
    inventory = json.loads(data)
    assert inventory["VaultARN"].endswith(f":vaults/{vault}")
    assert [each["ArchiveDescription"] for each in inventory["ArchiveList"]] == ["ada/j1", ""]
    first = inventory["ArchiveList"][0]
    assert (first["ArchiveId"], first["Size"], first["SHA256TreeHash"]) == (archive, len(DATA), _hash(DATA))
    described = glacier.describe_job(**job)
    assert (described["Action"], described["InventorySizeInBytes"]) == ("InventoryRetrieval", len(data))
    assert output["contentType"] == "application/json"
    assert "checksum" not in output
    assert glacier.get_job_output(**job, range="bytes=0-9")["body"].read() == data[:10]


@pytest.mark.parametrize(
    "wrong", [{"ArchiveId": "x" * 138}, {"RetrievalByteRange": "0-6"}, {"Format": "XML"}]
)
def test_a_senseless_inventory_is_refused(glacier, vault, wrong):
    """It is of the whole vault."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException):
        glacier.initiate_job(vaultName=vault, jobParameters={"Type": "inventory-retrieval", **wrong})
