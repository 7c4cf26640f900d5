"""A pack is named, or has an address in S3."""

import pytest

from gas.errors import Misconfigured
from services.annotator.pack.pack_address import PackAddress, pack_address


@pytest.mark.parametrize("text", ["s3://bucket/packs/small/1", "s3://bucket/packs/small/1/"])
def test_addresses_are_told_from_names(text):
    """One setting may hold either."""
    assert pack_address(text) == PackAddress("bucket", "packs/small/1")
    assert str(pack_address(text)) == "s3://bucket/packs/small/1"
    assert pack_address("human_mt") is None
    assert pack_address("/packs/s3") is None


@pytest.mark.parametrize("text", ["s3://", "s3://bucket", "s3://bucket/", "s3://Bucket/x", "s3:///x"])
def test_half_an_address_is_refused(text):
    """It would be taken for a folder."""
    with pytest.raises(Misconfigured, match="is not the address of a pack; write s3://bucket/prefix"):
        pack_address(text)
