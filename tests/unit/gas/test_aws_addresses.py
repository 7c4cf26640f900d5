"""Signed addresses lead to where a browser can go."""

from __future__ import annotations

import pytest

from gas.aws.clients import Clients
from gas.aws.objects import S3SignedAccess
from gas.errors import Misconfigured


def access(monkeypatch, tmp_path, region: str, configuration: str = "") -> S3SignedAccess:
    config = tmp_path / "config"
    config.write_text(configuration)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return S3SignedAccess(Clients()["s3"], "some-bucket")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-south-2"])
def test_addresses_name_the_region(monkeypatch, tmp_path, region):
    """The global host redirects for a new bucket, and a browser does not follow that with an upload."""
    signed = access(monkeypatch, tmp_path, region)

    host = f"https://some-bucket.s3.{region}.amazonaws.com/"
    assert signed.upload_form("k", max_bytes=1, lifetime=60).url in {host, host.replace(".us-east-1", "")}
    link = signed.download_link("k", file_name="k", lifetime=60)
    assert link.startswith((host, host.replace(".us-east-1", "")))
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link


def test_the_configuration_file_may_ask_for_the_bucket_in_the_path(monkeypatch, tmp_path):
    """For a storage that has one host name for all buckets."""
    style = "[default]\ns3 =\n    addressing_style = path\n"
    signed = access(monkeypatch, tmp_path, "us-east-1", style)

    assert signed.upload_form("k", max_bytes=1, lifetime=60).url.endswith("amazonaws.com/some-bucket")


def test_a_missing_region_is_a_wrong_configuration(monkeypatch, tmp_path):
    """Said in a sentence, and not by a traceback."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Misconfigured, match="region"):
        Clients()["sqs"]
