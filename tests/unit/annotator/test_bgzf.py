"""Compressed text is BGZF, and the offsets into it point where they should."""

import gzip
from itertools import pairwise

import numpy as np
import pysam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annotator.result.bgzf import BLOCK_BYTES, compress
from services.annotator.vcf.decompression import BGZF_END
from services.annotator.vcf.formats import is_bgzip

SIZES = (1, 2, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES + 17)


def text_of(size, seed=1):
    """Bytes that deflate can make little of, with some that it can."""
    noise = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    noise[: size // 3] = 65
    return noise.tobytes()


@pytest.mark.parametrize("size", [0, *SIZES])
def test_what_is_compressed_comes_back(size):
    """By gzip, and as BGZF; as bytes or as an array."""
    text = text_of(size)

    compressed = compress(text)

    assert compress(np.frombuffer(text, np.uint8)).data == compressed.data
    assert gzip.decompress(compressed.data + BGZF_END) == text
    assert is_bgzip(compressed.data + BGZF_END)
    assert len(compressed.blocks) == -(-size // BLOCK_BYTES)


@pytest.mark.parametrize("size", SIZES)
def test_no_block_is_larger_than_its_header_can_say(size):
    """Its size is stored in 16 bits (SAM specification, 4.1), also of what cannot be compressed."""
    compressed = compress(text_of(size)[::-1])
    edges = [*compressed.blocks.tolist(), len(compressed.data)]

    for start, end in pairwise(edges):
        assert compressed.data[start : start + 4] == b"\x1f\x8b\x08\x04"
        assert int.from_bytes(compressed.data[start + 16 : start + 18], "little") == end - start - 1


def test_the_same_text_gives_the_same_bytes():
    """Wherever it stands, and each block by itself."""
    text = text_of(2 * BLOCK_BYTES + 9)

    whole = compress(text)
    parts = [compress(text[start : start + BLOCK_BYTES]) for start in range(0, len(text), BLOCK_BYTES)]

    assert whole.data == b"".join(part.data for part in parts)


@pytest.mark.parametrize("size", [0, *SIZES])
@pytest.mark.parametrize("before", [0, 1000])
def test_an_offset_leads_to_its_place(tmp_path, size, before):
    """Also at the end, where it is the start of what follows, and behind other data in the file."""
    first, text, last = compress(text_of(before)), text_of(size), b"what follows"
    compressed = compress(text)
    path = tmp_path / "x.gz"
    path.write_bytes(first.data + compressed.data + compress(last).data + BGZF_END)
    chosen = {0, 1, size // 2, size - 1, size, BLOCK_BYTES - 1, BLOCK_BYTES, 2 * BLOCK_BYTES}
    places = np.array(sorted(place for place in chosen if 0 <= place <= size))

    offsets = compressed.virtual_offsets(places) + (len(first.data) << 16)

    with pysam.BGZFile(str(path)) as stream:
        for place, offset in zip(places.tolist(), offsets.tolist(), strict=True):
            stream.seek(offset)
            assert stream.read(size + 100) == text[place:] + last


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 3 * BLOCK_BYTES), st.lists(st.floats(0, 1), max_size=10))
def test_offsets_ascend_with_places(size, shares):
    """An index is searched by their order."""
    places = np.array(sorted({0, size, *(int(share * size) for share in shares)}))

    offsets = compress(text_of(size)).virtual_offsets(places)

    assert (np.diff(offsets) > 0).all()
