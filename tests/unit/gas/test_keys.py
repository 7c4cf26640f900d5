"""Object keys are built from untrusted file names and parsed from untrusted events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gas.keys import (
    MAX_FILE_NAME_BYTES,
    archive_key,
    clean_file_name,
    cycle_of,
    input_key,
    job_of,
    result_key,
)


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("x.vcf", "x.vcf"),
        ("C:\\data\\my file.vcf.gz", "my file.vcf.gz"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: b.vcf", "a_Set-Cookie_ b.vcf"),
        ('<script>"x".vcf', "_script_x_.vcf"),
        ("", "input.vcf"),
        ("..", "input.vcf"),
    ],
)
def test_a_file_name_becomes_harmless(given_name, cleaned):
    """No path, header break, quote or markup is left."""
    assert clean_file_name(given_name) == cleaned


@given(st.text(max_size=600))
def test_any_name_gives_a_short_plain_name(name):
    """Whatever comes, the name fits a key and is its own clean form."""
    cleaned = clean_file_name(name)

    assert 0 < len(cleaned.encode()) <= MAX_FILE_NAME_BYTES
    assert clean_file_name(cleaned) == cleaned
    assert job_of(input_key("u", "j", cleaned)) == "j"


def test_a_long_name_keeps_its_suffix():
    """The suffix tells people what the file is."""
    assert clean_file_name("a" * 500 + ".vcf.gz").endswith("a.vcf.gz")


def test_copies_of_different_cycles_have_different_keys():
    """A late worker of one cycle cannot name a copy of another."""
    hot = {result_key("u", "j", "x.gz", cycle=cycle) for cycle in (1, 2, 3)}
    cold = {archive_key("u", "j", "x.gz", cycle=cycle) for cycle in (1, 2, 3)}

    assert len(hot | cold) == 6
    assert {job_of(key) for key in hot | cold} == {"j"}


@pytest.mark.parametrize("cycle", [1, 2, 10])
@pytest.mark.parametrize("name", ["x.gz", "2", "a (1), b.gz"])
def test_a_hot_key_tells_its_cycle(name, cycle):
    """The first has no folder of its own; a cold key tells nothing."""
    assert cycle_of(result_key("u", "j", name, cycle=cycle)) == cycle
    assert cycle_of(archive_key("u", "j", name, cycle=cycle)) is None


@pytest.mark.parametrize("key", ["", "inputs", "inputs/u/j", "other/u/j/x", "/inputs/u/j"])
def test_a_key_that_is_none_of_ours_belongs_to_no_job(key):
    """Whatever else lies in the bucket is nobody's input."""
    assert job_of(key) is None
