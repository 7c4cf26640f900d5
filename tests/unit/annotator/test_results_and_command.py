"""Results appear whole or not at all; the command says in one sentence why there are none."""

import pytest

from services.annotator.annotate import main
from services.annotator.result.result_files import result_names
from services.annotator.result.severe import MAX_SEVERE
from services.annotator.vcf.decompression import BGZF_END

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
        "x.parquet",
    ]


def test_the_command_writes_all_results_and_says_what_it_found(tmp_path, capsys):
    """Index, log, summary and table lie beside the result."""
    source = tmp_path / "x.vcf"
    source.write_text(HEADER + "chrM\t11778\t.\tG\tA\t.\t.\t.\n")

    status = main([str(source), str(tmp_path / "y.annot.vcf.gz")])

    assert status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "summary.json",
        "x.parquet",
        "x.vcf",
        "x.vcf.count.log",
        "y.annot.vcf.gz",
        "y.annot.vcf.gz.tbi",
    ]
    assert "1 record: 1 in genes, 0 outside, 0 kept without annotation" in capsys.readouterr().out


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


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("x.vcf", "x.vcf"),
        ("x.vcf", "./sub/../x.vcf"),
        ("summary.json", "y.vcf.gz"),
        ("x.vcf", "x.vcf.count.log"),
        ("x.vcf", "x.parquet"),
    ],
)
def test_the_command_never_overwrites_its_input_or_one_result_by_another(tmp_path, capsys, source, result):
    """Paths are compared as what they lead to; the input stays as it was."""
    (tmp_path / "sub").mkdir()
    content = HEADER + "chrM\t11778\t.\tG\tA\t.\t.\t.\n"
    (tmp_path / source).write_text(content)

    status = main([str(tmp_path / source), f"{tmp_path}/{result}"])

    assert status == 2
    assert capsys.readouterr().err.endswith("would be overwritten: give the result another name or folder.\n")
    assert (tmp_path / source).read_text() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source, "sub"])


def test_an_index_that_cannot_be_written_is_not_the_fault_of_the_file(bench):
    """A full disk is an outage: the job is to be tried again and not to fail."""
    bench.outputs.index.mkdir()

    with pytest.raises(OSError, match="irectory"):
        bench.records("MT 10 T C")

    assert not bench.outputs.vcf.exists()


def test_an_old_result_is_replaced_as_a_whole(new_bench):
    """Nothing of an earlier run stays beside the new one."""
    old, fresh = new_bench(), new_bench()
    for path in vars(old.outputs).values():
        path.write_bytes(b"old" * 10_000)

    assert old.records("MT 10 T C").files == fresh.records("MT 10 T C").files


def test_an_old_result_is_gone_before_its_parts_are_replaced(bench):
    """The VCF vouches for the others, so that it is never beside those of another run."""
    bench.outputs.vcf.write_bytes(b"old")
    bench.outputs.summary.mkdir()

    with pytest.raises(OSError, match="irectory"):
        bench.records("MT 10 T C")

    assert not bench.outputs.vcf.exists()


def test_the_result_ends_once(bench):
    """It is made of two BGZF files, and readers stop at an end marker in the middle."""
    content = bench.records("MT 10 T C").outputs.vcf.read_bytes()

    assert content.endswith(BGZF_END)
    assert content.count(BGZF_END) == 1


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
    assert summary["consequences"] == {"missense_variant": 2, "non_coding_transcript_variant": 1}
    assert summary["impacts"] == {"MODERATE": 2, "MODIFIER": 1}
    assert summary["genes"] == {"MT-ATP6": 1, "MT-ND4": 1, "MT-TL1": 1}
    assert (summary["alleles"]["transitions"], summary["alleles"]["transversions"]) == (3, 2)
    assert "Ts/Tv 1.50 (3 / 2)" in log
    assert [record["position"] for record in summary["severe"]] == [8993, 11778, 3243]


def test_the_summary_says_what_the_columns_of_known_values_are(bench):
    """A viewer finds the frequencies and what is known of the effect by their roles."""
    keys = {key["id"]: key for key in bench.records("MT 10 T C").summary["pack"]["keys"]}

    assert {name for name, key in keys.items() if key["role"] == "frequency"} == {"MITOMAP_AF"}
    assert {name for name, key in keys.items() if key["role"] == "significance"} == {
        "MITOMAP_CLNSIG",
        "MITOMAP_STATUS",
    }
    assert (keys["MITOMAP_AC"]["type"], keys["MITOMAP_AC"]["role"]) == ("Integer", None)
    assert keys["MITOMAP_DISEASE"]["description"] == "Disease that MITOMAP associates with the allele"


def test_the_log_names_its_sources_and_their_licences(bench):
    """Attribution goes with every result."""
    log = bench.records("MT 10 T C").log

    assert "CC BY 3.0: MITOMAP: A Human Mitochondrial Genome Database" in log
    assert "bcftools csq 1.24" in log


def test_a_record_counts_for_each_of_its_genes(bench):
    """The end of MT-ATP8 is the start of MT-ATP6; the worst consequence is in one of them only."""
    report = bench.records("MT 8540 T C").report

    assert report.genes == {"MT-ATP6": 1, "MT-ATP8": 1}
    assert sum(report.consequences.values()) == 1


@pytest.mark.parametrize(
    ("line", "consequence", "stated"),
    [
        ("MT 11778 G A,C", "missense_variant", "P"),
        ("MT 11778 G C,A", "missense_variant", None),
        ("MT 11778 G GT,A", "stop_gained&frameshift_variant", None),
        ("MT 3243 A C,G", "non_coding_transcript_variant", "P"),
    ],
)
def test_a_severe_record_has_the_significance_of_the_allele_it_shows(bench, line, consequence, stated):
    """What is known of another allele of the record would mislead beside this one's consequence."""
    (severe,) = bench.records(line).report.severe

    assert severe.consequence == consequence
    assert severe.significance.get("MITOMAP_CLNSIG") == stated


def test_severe_records_are_ordered_by_consequence_then_by_known_effect(bench):
    """An effect that is known brings a record before others of its consequence, and into the list."""
    unknown = [f"MT 11778 G {alt}" for alt in ("C", "T") * MAX_SEVERE]

    severe = bench.records(*unknown, "MT 14484 T C", "MT 15000 A AA").report.severe

    assert [record.position for record in severe[:3]] == [15000, 14484, 11778]
    assert severe[0].consequence == "stop_gained&frameshift_variant"
    assert [record.line for record in severe[2:]] == list(range(3, MAX_SEVERE + 1))


def test_the_summary_is_bounded(bench):
    """However many severe records there are, so many are listed, the worst first."""
    lines = [f"MT {position} N A,C,G,T" for position in range(8600, 9100)]

    summary = bench.records(*lines).summary

    assert len(summary["severe"]) == MAX_SEVERE
    impacts = [record["impact"] for record in summary["severe"]]
    assert impacts == sorted(impacts, key=["HIGH", "MODERATE", "LOW", "MODIFIER"].index)
