"""The benchmark runs and tells what it should; how fast anything is here does not matter."""

import gzip
import json
import subprocess
import sys
from dataclasses import replace

import pysam
import pytest

from benchmarks.contenders import contenders
from benchmarks.measuring import measure
from benchmarks.plots import draw_plots, fill
from benchmarks.results import Results
from benchmarks.rounds import benchmark
from benchmarks.svg import ticks
from benchmarks.synthetic.data import SyntheticData
from benchmarks.synthetic.shape import Shape
from benchmarks.tables import all_tables, input_table
from services.annotator.pack.pack import load_pack, verify_pack

SMALL = Shape(bases=400_000, genes=12, sites=200, known=200)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> SyntheticData:
    return SyntheticData(tmp_path_factory.mktemp("data"), SMALL)


@pytest.fixture(scope="module")
def results(data) -> Results:
    """The floor and the project with everything, once on each of two inputs."""
    return benchmark(data, contenders(data, ["floor", "gas_full_1"]), [(100, 1), (200, 1)], repeat=1)


def records(path) -> list[bytes]:
    return [line for line in gzip.decompress(path.read_bytes()).splitlines() if not line.startswith(b"#")]


def test_as_many_records_come_out_as_went_in(data, results):
    """Of the floor the same, of ours each with its annotation added."""
    given = records(data.vcf(200, 1))

    assert len(given) == 200
    assert records(data.result("floor")) == given
    annotated = records(data.result("gas_full_1"))
    assert [record.split(b"\t")[:7] for record in annotated] == [record.split(b"\t")[:7] for record in given]
    assert any(b";BCSQ=" in record for record in annotated)
    known = sum(b";RSID=rs" in record for record in annotated)
    assert known == 100, "half of the sites are known variants, in the same normal form"


def test_a_table_has_a_row_for_each_contender(results):
    """With time, ratio to the floor, and memory."""
    head, rule, *rows = input_table(results, results.inputs[-1]).splitlines()

    assert [cell.strip() for cell in head.split("|")[2:-1]] == [
        "seconds",
        "best",
        "times the floor",
        "times as fast as csq -Oz",
        "records/s",
        "CPU s",
        "peak RSS MB",
        "peak PSS MB",
    ]
    assert all(row.count("|") - row.count("\\|") == rule.count("|") for row in (head, *rows))
    assert [row.split(" | ")[0].strip("| *") for row in rows] == [
        title.strip("*") for title in results.titles.values()
    ]


def test_results_are_kept_whole_and_fill_the_page(results, tmp_path):
    """What is read back makes the same tables and plots; the page changes between its marks alone."""
    results.write(tmp_path / "results.json")
    kept = Results.read(tmp_path / "results.json")
    page = "before\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n"

    filled = fill(page, all_tables(kept))

    assert kept == results
    assert filled.startswith("before\n<!-- results: begin -->\n")
    assert filled.endswith("<!-- results: end -->\nafter\n")
    assert "old" not in filled
    assert "200 records, one sample" in filled
    assert {"performance-variants.svg", "performance-contenders.svg"} <= draw_plots(kept).keys()


def test_the_data_are_the_same_every_time(data, tmp_path):
    """A shape says all: another folder gets the same text, another seed another one."""
    again = SyntheticData(tmp_path, SMALL)
    other = SyntheticData(tmp_path, replace(SMALL, seed=SMALL.seed + 1))

    assert records(again.vcf(200, 3)) == records(data.vcf(200, 3))
    assert again.genes.read_text() == data.genes.read_text()
    assert records(other.vcf(200, 3)) != records(data.vcf(200, 3))


def test_an_input_has_its_sites_and_samples(data):
    """A part of the sites in order, with genotypes that agree with AC."""
    with pysam.VariantFile(str(data.vcf(50, 3))) as vcf:
        found = list(vcf)

    assert len(found) == 50
    assert [record.pos for record in found] == sorted({record.pos for record in found})
    for record in found:
        genotypes = [sample["GT"] for sample in record.samples.values()]
        assert len(genotypes) == 3
        assert record.info["AC"][0] == sum(map(sum, genotypes))


def test_a_pack_of_the_data_is_in_order(data):
    """Files, digests, contigs and known variants; its coding sequences are whole codons."""
    pack = load_pack(data.pack_with_known)

    verify_pack(pack)

    assert pack.sources[0].records == 200
    lengths: dict[str, int] = {}
    for line in data.genes.read_text().splitlines():
        columns = line.split("\t")
        if columns[2:3] == ["CDS"]:
            name = columns[8]
            lengths[name] = lengths.get(name, 0) + int(columns[4]) - int(columns[3]) + 1
    assert lengths
    assert all(length % 3 == 0 for length in lengths.values())


def test_memory_and_cpu_time_are_those_of_the_process_that_had_most(tmp_path):
    """Also when it was started by another one, and however large the one who measures is."""
    grow = "x = bytearray({} << 20)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grow.format(150)!r}])"
    burden = bytearray(300 << 20)

    measured = measure([["true"], [sys.executable, "-c", program]], tmp_path / "printed")

    assert len(burden) > 200 << 20
    assert 150_000 < measured.peak_kb < 200_000
    assert measured.user + measured.system > 0


def test_the_time_is_told_by_stage(data):
    """In words for the modules that are known, and with what is left, so that the whole is told."""
    command = ["-m", "benchmarks.stages", str(data.vcf(200, 1)), str(data.pack_with_known)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)

    stages = json.loads(done.stdout)

    named = {"consequence engine", "join with known variants", "HGVS names", "compression", "table (Parquet)"}
    assert named <= stages.keys()
    assert min(stages.values()) >= 0


def test_a_contender_that_fails_is_not_measured(tmp_path):
    """Whichever part of the pipeline it is; what it said is told."""
    with pytest.raises(RuntimeError, match="No such file"):
        measure([["ls", "/nowhere/at/all"], ["true"]], tmp_path / "printed")


@pytest.mark.parametrize("largest", [0.013, 0.9, 1, 7.3, 42, 2504, 1_000_000])
def test_ticks_are_few_and_reach_as_far_as_the_data(largest):
    """From 0 on, in steps of one size."""
    places = ticks(largest)

    assert places[0] == 0
    assert places[-1] >= largest * (1 - 1e-9)
    assert 3 <= len(places) <= 8


def test_the_command_says_what_it_can_do():
    """It can be called as the page says."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.annotate", "--help"], capture_output=True, text=True, check=True
    )

    assert "--quick" in done.stdout
