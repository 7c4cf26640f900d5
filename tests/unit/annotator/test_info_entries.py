"""What is written into INFO keeps to what the header says of it, whatever the record."""

import os
import re
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings

from services.annotator.annotation import block
from services.annotator.annotation.csq import Csq
from services.annotator.annotation.file import Options
from tests.unit.annotator import vcf_texts
from tests.unit.annotator.own_keys import OWN

DECLARED = re.compile(rb"##INFO=<ID=([^,]+),Number=([^,]+),Type=([^,]+),")
NUMBERS = {b"Integer": rb"-?\d+", b"Float": rb"-?\d+(?:\.\d+)?(?:e-?\d+)?", b"String": rb"[^;=,\s]+"}

EACH = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def added(record):
    """The entries that were added to a record."""
    entries = record.split(b"\t")[7].split(b";")
    return [tuple(entry.split(b"=", 1)) for entry in entries if OWN.fullmatch(entry)]


def declared(result):
    """Number and Type of each key that the header declares."""
    return {match[1]: (match[2], match[3]) for match in map(DECLARED.match, result.header) if match}


@settings(EACH, max_examples=30)
@given(vcf_texts.texts(15))
def test_keys_of_alleles_have_one_value_for_each(new_bench, content):
    """So says Number=A: a point stands for an allele of which nothing is known or said."""
    result = new_bench().annotate(content)

    kinds = declared(result)
    for record in result.records:
        alleles = record.split(b"\t")[4].count(b",") + 1
        for key, value in added(record):
            number, _ = kinds[key]
            assert number in {b"A", b"1", b"."}
            if number != b".":
                assert value.count(b",") + 1 == (alleles if number == b"A" else 1), (key, value)


@settings(EACH, max_examples=30)
@given(vcf_texts.texts(15))
def test_values_are_of_the_type_that_is_declared(new_bench, content):
    """And have none of the characters that INFO reserves; no key occurs twice."""
    result = new_bench().annotate(content)

    kinds = declared(result)
    for record in result.records:
        entries = added(record)
        assert len(dict(entries)) == len(entries)
        for key, value in entries:
            for one in value.split(b","):
                assert one == b"." or re.fullmatch(NUMBERS[kinds[key][1]], one), (key, value)


def test_a_name_has_the_place_of_its_allele(bench):
    """Also where another has none."""
    first, last = bench.records("MT 302 A <DEL>,AC", "MT 11778 G A,*").infos

    assert first["GAS_HGVSG"] == ".,NC_012920.1:m.309dup"
    assert last["GAS_HGVSG"] == "NC_012920.1:m.11778G>A,."


def refuse(arguments):
    """An engine that cannot stand one position."""
    feed = b"".join(iter(partial(os.read, 0, 1 << 16), b""))
    header, records = feed.split(b"INFO\n")
    if b"\t11778\t" in records:
        raise ValueError("Not this one.")
    answers = (line.rsplit(b"\t", 1)[0] + b"\t.\n" for line in records.splitlines())
    os.write(1, header + b"INFO\n" + b"".join(answers))


@pytest.mark.parametrize("line", ["MT 11778 G A", "MT 11778 G A,C", "MT 11778 G <DEL>,A", "MT 11778 GC G"])
def test_what_the_engine_refuses_is_kept_as_it_was(bench, monkeypatch, line):
    """It is counted among what was skipped, once, and nothing is said of it."""
    monkeypatch.setattr(block, "Csq", partial(Csq, call=refuse))

    result = bench.records("MT 3243 A G", line, "MT 14484 T C")

    assert result.infos[1] == {"GAS_SKIP": "engine_refused"}
    assert "GAS_SKIP" not in result.infos[0]
    report = result.report
    assert report.skip_reasons == {"engine_refused": 1}
    assert report.kept_unannotated == 1
    assert report.annotated_alleles == 2
    assert report.known_records == 2
    assert report.alleles == report.annotated_alleles + sum(report.skipped_alleles.values())
    (skipped,) = report.skipped_records
    assert (skipped.line, skipped.reason) == (4, "engine_refused")
    refused = [row for row in result.table.to_pylist() if row["line"] == 4]
    assert {row["skip"] for row in refused} <= {"engine_refused", "symbolic_allele"}
    assert not any(row["type"] or row["hgvsc"] or row["MITOMAP_AC"] for row in refused)


def test_the_options_of_a_run_leave_no_trace(bench):
    """Not in the header either."""
    one, other = (
        bench.annotate(vcf_texts.HEADER + b"MT\t10\t.\tT\tC\t.\t.\t.\tGT\t.\t.\n", options=options).header
        for options in (Options(), Options(workers=2, block_bytes=10))
    )

    assert one == other
