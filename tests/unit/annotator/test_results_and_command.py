"""Results appear whole or not at all; the command says in one sentence why there are none."""

import subprocess
import sys
import time

import pytest

from services.annotator.annotate import main
from services.annotator.result_files import result_names
from services.annotator.severe import MAX_SEVERE

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.mark.parametrize("file_name", ["x.vcf", "x.vcf.gz", "x.vcf.bgz", "x.VCF"])
def test_results_are_named_after_the_input(file_name):
    """Every way to write the ending of a VCF gives the same names."""
    names = result_names(file_name)

    assert [str(name) for name in vars(names).values()] == [
        "x.annot.vcf.gz",
        "x.annot.vcf.gz.tbi",
        "x.vcf.count.log",
        "summary.json",
    ]


def test_the_command_writes_all_results_and_says_what_it_found(tmp_path, capsys):
    """Index, log and summary lie beside the result."""
    source = tmp_path / "x.vcf"
    source.write_text(HEADER + "chrM\t11778\t.\tG\tA\t.\t.\t.\n")

    status = main([str(source), str(tmp_path / "y.annot.vcf.gz")])

    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "summary.json",
        "x.vcf",
        "x.vcf.count.log",
        "y.annot.vcf.gz",
        "y.annot.vcf.gz.tbi",
    ]
    assert "1 records: 1 in genes, 0 outside, 0 kept without annotation" in capsys.readouterr().out


def test_the_command_refuses_a_bad_file_with_its_sentence(tmp_path, capsys):
    """Status 2, the sentence on stderr, and nothing left."""
    source = tmp_path / "x.vcf"
    source.write_text("hello\n")

    status = main([str(source), str(tmp_path / "y.annot.vcf.gz"), "--pack", "human_mt"])

    assert status == 2
    assert capsys.readouterr().err.startswith("Line 1: This is not a VCF: ")
    assert [path.name for path in tmp_path.iterdir()] == ["x.vcf"]


def test_the_command_names_a_pack_that_is_not_there(tmp_path, capsys):
    """A missing pack is not the fault of the file."""
    status = main([str(tmp_path / "x.vcf"), str(tmp_path / "y"), "--pack", "nowhere"])

    assert status == 1
    assert capsys.readouterr().err.startswith("There is no pack 'nowhere'")


def test_a_kill_leaves_nothing_that_looks_like_a_result(tmp_path):
    """What is not complete lies in a hidden folder under names that are not those of results."""
    source = tmp_path / "x.vcf"
    source.write_text(
        HEADER + "".join(f"MT\t{p}\t.\tN\tA\t.\t.\t.\n" for p in range(1, 16000) for _ in range(9))
    )
    command = [
        sys.executable,
        "-m",
        "services.annotator.annotate",
        str(source),
        str(tmp_path / "y.annot.vcf.gz"),
    ]

    process = subprocess.Popen(command)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".annotating-*/body.partial")) and time.monotonic() < deadline:
        pass
    process.kill()

    assert process.wait() == -9
    names = [path.name for path in tmp_path.iterdir() if path != source]
    assert all(name.startswith(".annotating-") for name in names)
    assert len(names) == 1


def test_log_and_summary_have_the_same_numbers(bench):
    """In is out, the classes add up, and both pages say so."""
    result = bench.records(
        "1 5 A C", "MT 10 T C", "MT 3243 A G,T", "MT 8993 T G", "MT 11778 G A", "MT 16000 G <DEL>"
    )

    summary, log = result.summary, result.log
    assert summary["schema_version"] == 1
    assert summary["records"] == {
        "read": 6,
        "written": 6,
        "annotated": 4,
        "with_consequence": 3,
        "without_consequence": 1,
        "kept_unannotated": 2,
        "skipped": {"symbolic_allele": 1, "unknown_contig": 1},
    }
    assert "in = out: 6 = 3 + 1 + 2 = 6" in log
    assert summary["consequences"] == {"missense": 2, "non_coding": 1}
    assert summary["impacts"] == {"MODERATE": 2, "MODIFIER": 1}
    assert summary["genes"] == {"MT-ATP6": 1, "MT-ND4": 1, "MT-TL1": 1}
    assert (summary["alleles"]["transitions"], summary["alleles"]["transversions"]) == (3, 2)
    assert "Ts/Tv 1.50 (3 / 2)" in log
    assert [record["position"] for record in summary["severe"]] == [8993, 11778, 3243]


def test_the_log_names_its_sources_and_their_licences(bench):
    """Attribution goes with every result."""
    log = bench.records("MT 10 T C").log

    assert "CC BY 3.0: MITOMAP: A Human Mitochondrial Genome Database" in log
    assert "bcftools csq 1.24" in log


def test_the_summary_is_bounded(bench):
    """However many severe records there are, so many are listed, the worst first."""
    lines = [f"MT {position} N A,C,G,T" for position in range(8600, 9100)]

    summary = bench.records(*lines).summary

    assert len(summary["severe"]) == MAX_SEVERE
    impacts = [record["impact"] for record in summary["severe"]]
    assert impacts == sorted(impacts, key=["HIGH", "MODERATE", "LOW", "MODIFIER"].index)
