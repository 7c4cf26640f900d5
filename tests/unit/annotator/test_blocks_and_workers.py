"""Blocks and workers are how the work is done, and nothing of the result tells of them."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gas.errors import InvalidInput
from services.annotator.annotation.file import Options
from services.annotator.progress import Progress
from tests.unit.annotator import vcf_texts
from tests.unit.annotator.conftest import HEADER as SITES
from tests.unit.annotator.conftest import site
from tests.unit.annotator.test_files_that_are_refused import REFUSED
from tests.unit.annotator.vcf_texts import HEADER, Drawn

EACH = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("seed", [1, 2])
def test_every_file_of_a_result_is_the_same_for_any_number_of_workers(bench, seed):
    """Byte for byte: records, index, log, summary and table."""
    content = vcf_texts.text(Drawn(random.Random(seed)), 1500)
    told: list[Progress] = []

    results = [
        bench.annotate(
            content, options=Options(workers=workers, block_bytes=2_000, on_progress=told.append)
        ).files
        for workers in (1, 2, 3, 7)
    ]

    assert all(result == results[0] for result in results)
    assert len(told) >= 4 * 24, "there were dozens of blocks"


def test_progress_is_told_in_the_order_of_the_file(bench):
    """Whoever is done first, what is told has been put together; the last is the whole."""
    content = vcf_texts.text(Drawn(random.Random(3)), 300)
    told: list[Progress] = []

    report = bench.annotate(
        content, options=Options(workers=3, block_bytes=500, on_progress=told.append)
    ).report

    assert told == sorted(told, key=lambda progress: progress.records)
    assert told[-1].records == report.records
    assert {progress.contig for progress in told} <= set(report.contigs)
    assert told[-1].read == len(content)


@settings(EACH, max_examples=30)
@given(vcf_texts.texts(), st.integers(1, 500))
def test_the_result_does_not_depend_on_where_blocks_end(new_bench, content, size):
    """Records, log, summary and table are those of one block, whatever the records."""
    bench = new_bench()

    whole = bench.annotate(content).contents
    parts = bench.annotate(content, options=Options(block_bytes=size)).contents

    assert parts == whole


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_same_place_however_small_the_blocks_are(bench, content, sentence, workers):
    """Also when the fault is only seen beside the record before, and while others are at work."""
    with pytest.raises(InvalidInput) as refused:
        bench.annotate(content, options=Options(workers=workers, block_bytes=1))

    assert str(refused.value) == sentence
    assert bench.left == []


@pytest.mark.parametrize("size", [1, 20, 30, 50, 90, 1_000])
def test_a_contig_that_comes_again_is_named_before_what_is_wrong_behind_it(bench, size):
    """Whether it came first in this block or in one long before."""
    lines = ["MT 10 T C", "1 5 A C", "2 5 A C", "MT 11 C T", "MT x C T"]
    content = b"".join(map(site, lines))

    with pytest.raises(InvalidInput, match=r"Line 6, column 1: The records of MT are not in one block"):
        bench.annotate(SITES + content, options=Options(block_bytes=size))


@pytest.mark.parametrize(
    "fault", [b"\0", b"\n\nMT\t12\t", b"A" * 8_000_001], ids=["zero byte", "empty line", "long line"]
)
@pytest.mark.parametrize("size", [1, 1_000])
def test_a_broken_record_is_named_before_what_is_wrong_with_the_text_behind_it(bench, size, fault):
    """Also if the text can be read no further than to it."""
    content = b"MT\tx\t.\tT\tC\t.\t.\t.\nMT\t11\t.\tC\tT\t" + fault + b"\t.\t.\n"

    with pytest.raises(InvalidInput, match=r"Line 3, column 2: POS has to be a whole number"):
        bench.annotate(SITES + content, options=Options(block_bytes=size))


letters = st.sampled_from(
    [b"", b"\t", b"\n", b"\0", b"\r\n", b"\n\n", b"#", b"-", b"9", b"x", b" ", b";", b"\xff"]
)


@settings(EACH, max_examples=60)
@given(vcf_texts.record_lists(), st.data(), st.integers(1, 200))
def test_of_several_faults_the_first_in_the_file_is_named_whatever_the_blocks(new_bench, records, data, size):
    """Text that was damaged in a few places ends in the same way, with a result or with a sentence."""
    content = b"".join(record + b"\n" for record in records)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        content = content[:place] + data.draw(letters) + content[place + 1 :]
    bench = new_bench()

    whole = outcome(bench, HEADER + content, Options())
    parts = outcome(bench, HEADER + content, Options(workers=2, block_bytes=size))

    assert parts == whole


def outcome(bench, content, options):
    try:
        return bench.annotate(content, options=options).contents
    except InvalidInput as refused:
        return str(refused)
