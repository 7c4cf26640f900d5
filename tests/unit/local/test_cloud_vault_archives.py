"""Archives of Amazon Glacier: taken in only if both checksums are right, each with an id of its own."""

import hashlib
import http.client
import io
import uuid
from urllib.parse import urlsplit

import pytest
import requests
from botocore.utils import calculate_tree_hash

from local.cloud.glacier.archives import Archive
from local.cloud.glacier.bodies import Body
from local.cloud.glacier.errors import GlacierError
from local.cloud.glacier.layer import Glacier
from local.cloud.glacier.vaults import Vaults
from local.cloud.s3.tiers import Tiers

MIB = 1024**2
GIB = 1024**3
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/glacier/aws4_request, SignedHeaders=host"


def _headers(data, **changes):
    """What an upload of these bytes says; a header that is changed to None is left out."""
    headers = {
        "Authorization": AUTHORIZATION,
        "x-amz-glacier-version": "2012-06-01",
        "x-amz-content-sha256": hashlib.sha256(data).hexdigest(),
        "x-amz-sha256-tree-hash": calculate_tree_hash(io.BytesIO(data)),
        **changes,
    }
    return {name: value for name, value in headers.items() if value is not None}


def _post(cloud, vault, data, **changes):
    address = f"{cloud.url}/-/vaults/{vault}/archives"
    return requests.post(address, data=data, headers=_headers(data, **changes), timeout=10)


def _count(glacier, vault):
    return glacier.describe_vault(vaultName=vault)["NumberOfArchives"]


def test_an_upload_is_answered_with_an_id_and_the_tree_hash(glacier, vault):
    """The hash of a file of more than one MiB differs from its plain SHA-256."""
    data = b"a" * (2 * MIB + 1)

    made = glacier.upload_archive(vaultName=vault, body=data, archiveDescription="ada/j1")

    assert made["checksum"] == calculate_tree_hash(io.BytesIO(data)) != hashlib.sha256(data).hexdigest()
    assert len(made["archiveId"]) == 138
    assert made["location"] == f"/123456789012/vaults/{vault}/archives/{made['archiveId']}"


def test_equal_contents_are_two_archives(glacier, vault):
    """Removing one leaves the other."""
    first, second = (glacier.upload_archive(vaultName=vault, body=b"same")["archiveId"] for _ in range(2))

    glacier.delete_archive(vaultName=vault, archiveId=first)

    assert first != second
    assert _count(glacier, vault) == 1


@pytest.mark.parametrize("header", ["x-amz-content-sha256", "x-amz-sha256-tree-hash"])
def test_an_upload_whose_checksum_is_wrong_is_not_kept(cloud, glacier, vault, header):
    """The client can send it again."""
    answer = _post(cloud, vault, b"results", **{header: hashlib.sha256(b"other").hexdigest()})

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameterValueException")
    assert "Checksum mismatch" in answer.json()["message"]
    assert _count(glacier, vault) == 0


@pytest.mark.parametrize("header", ["x-amz-content-sha256", "x-amz-sha256-tree-hash"])
def test_an_upload_without_a_checksum_is_refused(cloud, glacier, vault, header):
    """Both are required."""
    answer = _post(cloud, vault, b"results", **{header: None})

    assert (answer.status_code, answer.json()["code"]) == (400, "MissingParameterValueException")
    assert _count(glacier, vault) == 0


def test_an_empty_upload_is_refused(glacier, vault):
    """An archive has at least one byte."""
    with pytest.raises(glacier.exceptions.InvalidParameterValueException, match="content length: 0"):
        glacier.upload_archive(vaultName=vault, body=b"")


@pytest.mark.parametrize(
    ("size", "reason"), [(4 * GIB + 1, "Invalid content length"), (4 * GIB, "timed out")]
)
def test_one_request_takes_four_gib(cloud, vault, size, reason):
    """More is refused; a body that ends before its length is refused too, and cannot be kept."""
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=30)
    connection.putrequest("POST", f"/-/vaults/{vault}/archives")
    for name, value in {**_headers(b""), "Content-Length": str(size)}.items():
        connection.putheader(name, value)
    connection.endheaders(b"beginning")
    connection.sock.shutdown(1)

    answer = connection.getresponse().read().decode()

    assert reason in answer


@pytest.mark.parametrize("description", ["x" * 1025, "tab\tinside", "ä".encode().decode("latin-1")])
def test_a_description_is_at_most_1024_printable_ascii_characters(cloud, glacier, vault, description):
    """The longest one that is allowed is taken."""
    glacier.upload_archive(vaultName=vault, body=b"results", archiveDescription="~ " * 512)

    answer = _post(cloud, vault, b"results", **{"x-amz-archive-description": description.encode("latin-1")})

    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidParameterValueException")
    assert _count(glacier, vault) == 1


def test_an_archive_can_be_removed_again_but_not_invented(glacier, vault):
    """Removing what was removed is no error."""
    archive = glacier.upload_archive(vaultName=vault, body=b"results")["archiveId"]

    for _ in range(2):
        glacier.delete_archive(vaultName=vault, archiveId=archive)

    with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="archive ID was not found"):
        glacier.delete_archive(vaultName=vault, archiveId="x" * 138)


def test_nothing_can_be_put_into_an_unknown_vault(glacier):
    """404, whatever is sent."""
    with pytest.raises(glacier.exceptions.ResourceNotFoundException, match="Vault not found"):
        glacier.upload_archive(vaultName=f"vault-{uuid.uuid4().hex}", body=b"results")


def test_a_refused_body_is_read_to_its_end():
    """A client that still sends would see a broken connection instead of the answer."""
    body, statuses = io.BytesIO(b"x" * (3 * MIB)), []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/-/vaults/nowhere/archives",
        "CONTENT_LENGTH": str(3 * MIB),
        "HTTP_AUTHORIZATION": AUTHORIZATION,
        "HTTP_X_AMZ_GLACIER_VERSION": "2012-06-01",
        "wsgi.input": body,
    }

    Glacier(None, Tiers(), None)(environ, lambda status, _: statuses.append(status))

    assert statuses == ["404 Not Found"]
    assert body.read() == b""


def test_what_arrives_after_its_vault_was_removed_is_not_kept():
    """The vault was there when the upload began."""
    vaults = Vaults()
    vault = vaults.create("us-east-1", "v")
    archive = Archive(Body(), 7, (b"hash",), "")
    vaults.delete("us-east-1", "v")
    vaults.create("us-east-1", "v")

    with pytest.raises(GlacierError, match="Vault not found"):
        vaults.keep(vault, archive)

    assert vaults.find("us-east-1", "v").archives == {}
