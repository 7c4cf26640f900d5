"""Haplotype-aware mode: what the records of a gene do together on each haplotype of the samples."""

import os

import pytest

from services.annotator.annotate import main
from services.annotator.annotation import csq_server, haplotype_csq
from tests.unit.annotator.haplotype_texts import (
    AWARE,
    GENOME,
    HEADER,
    SAMPLES,
    TOGETHER,
    alone,
    calls,
    record,
    text,
    without_marks,
)
from tests.unit.annotator.own_keys import without_own


def test_changes_of_one_codon_are_called_together_where_they_are_on_one_haplotype(annotate):
    """The second record points to the first, which tells what both do, and has its severity."""
    result = annotate(record(104, "A", "1|0"), record(105, "A", "1|0"))

    assert [info["BCSQ"] for info in result.infos] == [TOGETHER, "@104"]
    assert [info["GAS_CONSEQUENCE"] for info in result.infos] == ["missense_variant"] * 2
    assert [info["GAS_GENE"] for info in result.infos] == ["A"] * 2
    assert result.report.genes == {"A": 2}
    assert result.report.consequences == {"missense_variant": 2}


def test_changes_of_one_codon_on_two_haplotypes_are_called_apart(annotate):
    """Each haplotype has one of them."""
    result = annotate(record(104, "A", "1|0"), record(105, "A", "0|1"))

    assert calls(result) == [
        ("missense|A|A1|protein_coding|+|2A>2T|104G>A", ["1", "0", "0"]),
        ("missense|A|A1|protein_coding|+|2A>2D|105C>A", ["2", "0", "0"]),
    ]


def test_each_sample_is_marked_with_what_it_has(annotate):
    """Two bits for each consequence, one for each haplotype."""
    result = annotate(record(104, "A", "1|1", "0|1", "1|0"), record(105, "A", "1|0", "0|0", "0|0"))

    (one, marks), (pointer, others) = calls(result)
    assert one.split(",") == ["missense|A|A1|protein_coding|+|2A>2T|104G>A", TOGETHER]
    assert marks == [str(0b0110), str(0b0010), str(0b0001)]
    assert (pointer, others) == ("@104", ["1", "0", "0"])


def test_a_consequence_behind_a_stop_counts_as_what_it_is(annotate):
    """The engine puts an asterisk before it."""
    result = annotate(record(106, "TTAA", "1|0"), record(140, "A", "1|0"))

    assert result.infos[1]["BCSQ"].startswith("*missense|A|A1|")
    assert result.infos[1]["GAS_CONSEQUENCE"] == "missense_variant"


def test_an_allele_that_no_sample_has_changes_no_protein(annotate):
    """It is on no haplotype; the log says what that means for its counts."""
    result = annotate(record(104, "A,C", "0|0", "0|2"), record(107, "A", "0|0", ".", "."))

    assert result.infos[0]["GAS_CONSEQUENCE"] == ".,missense_variant"
    assert "BCSQ" not in result.infos[1]
    assert b"BCSQ" not in result.records[1]
    assert "outside genes or not carried" in result.log


def test_alleles_that_cannot_be_annotated_are_as_the_reference_on_a_haplotype(annotate):
    """The other alleles of their records stay on their haplotypes, whatever their numbers are."""
    result = annotate(
        record(104, "*,A", "2|1"), record(105, "<DEL>,A,<INS>", "2|0", "3|1"), record(110, "<DEL>", "1|0")
    )

    assert [info.get("BCSQ") for info in result.infos] == [TOGETHER, "@104", None]
    assert calls(result)[0][1] == ["1", "0", "0"]
    assert calls(result)[1][1] == ["1", "0", "0"]
    assert [info.get("GAS_CONSEQUENCE") for info in result.infos[:2]] == [
        ".,missense_variant",
        ".,missense_variant,.",
    ]
    assert result.infos[2]["GAS_SKIP"] == "symbolic_allele"


def test_records_without_genotypes_are_on_no_haplotype(annotate):
    """Beside the coding sequence, where nothing depends on haplotypes, they are called as ever."""
    result = annotate(
        record(104, "A", "7", "7", "7", keys="DP"),
        record(105, "A", "1|0"),
        record(600, "A" if GENOME[599] != "A" else "C", "7", "7", "7", keys="DP"),
    )

    assert [info.get("GAS_CONSEQUENCE") for info in result.infos] == [
        None,
        "missense_variant",
        "3_prime_UTR_variant",
    ]
    assert result.records[2].split(b"\t")[8:] == [b"DP", b"7", b"7", b"7"]


def test_marks_stand_behind_the_genotype_so_that_nothing_is_moved(annotate):
    """The last fields of a sample may have been left out."""
    result = annotate(record(104, "A", "1|0", "0|1:5", ".", keys="GT:DP"))

    assert result.records[0].split(b"\t")[8:] == [b"GT:BCSQ:DP", b"1|0:1", b"0|1:2:5", b".:0"]


def test_header_log_and_summary_say_how_it_was_done(annotate, bench):
    """A result of local mode says so in its log and summary."""
    result = annotate(record(104, "A", "1|0"))

    assert [line for line in result.header if line.startswith(b"##FORMAT=<ID=BCSQ,Number=.,Type=Integer,")]
    assert [line for line in result.header if b'Mode="haplotype-aware"' in line]
    assert ", haplotype-aware mode;" in result.log
    assert result.summary["mode"] == "haplotype-aware"

    local = bench.annotate(HEADER + record(104, "A", "1|0"))

    assert not [line for line in local.header if line.startswith(b"##FORMAT=<ID=BCSQ") or b"Mode=" in line]
    assert ", local mode;" in local.log
    assert local.summary["mode"] == "local"


def test_the_command_has_an_option_for_it(tmp_path, genes):
    """It is local mode without."""
    source, result = tmp_path / "x.vcf", tmp_path / "out.vcf.gz"
    source.write_bytes(HEADER + record(104, "A", "1|0"))

    status = main([str(source), str(result), "--pack", str(genes.folder), "--haplotypes"])

    assert status == 0
    assert ", haplotype-aware mode;" in (tmp_path / "x.vcf.count.log").read_text()


@pytest.mark.parametrize("seed", range(8))
def test_the_result_is_what_the_engine_alone_says(annotate, bench, seed):
    """In INFO and in every sample, of records that are close to one another; nothing else is changed."""
    content = text(seed, 60)
    given = content[len(HEADER) :].splitlines()

    result = bench.annotate(content, options=AWARE)

    assert calls(result) == alone(bench.pack, content)
    assert [without_own(without_marks(line)) for line in result.records] == given


def test_marks_have_room_for_all_consequences(annotate, bench, monkeypatch):
    """The engine is run again where there are more than usual."""
    content = text(3, 150)
    whole = bench.annotate(content, options=AWARE).contents

    monkeypatch.setattr(haplotype_csq, "ROOM", 1)

    assert bench.annotate(content, options=AWARE).contents == whole


def test_a_gene_on_which_the_engine_fails_does_not_lose_the_others(annotate, monkeypatch):
    """The records of that gene are kept without annotation."""

    def failing(arguments):
        feed = os.read(0, 1 << 20)
        if b"\t450\t" in feed:
            raise ValueError("This gene is too much.")
        os.lseek(0, 0, os.SEEK_SET)
        csq_server.call(arguments)

    monkeypatch.setattr(haplotype_csq.HaplotypeCsq.__init__, "__defaults__", (failing,))

    result = annotate(
        *(record(104, "A", "1|0"), record(105, "A", "1|0"), record(410, "A", "1|0"), record(450, "A", "1|0")),
        record(2004, "A", "1|0"),
    )

    assert [info.get("BCSQ", info.get("GAS_SKIP")) for info in result.infos[:4]] == [
        TOGETHER,
        "@104",
        "engine_refused",
        "engine_refused",
    ]
    assert result.infos[4]["GAS_GENE"] == "D"


def test_a_result_that_is_annotated_again_is_the_same(annotate, bench):
    """What was added is taken out first, in FORMAT and in the samples too."""
    content = text(4, 80)
    first = bench.annotate(content, options=AWARE).text
    again = bench.annotate(first, options=AWARE)

    assert again.text == first
    assert "earlier annotation" in again.log


def test_a_result_loses_its_marks_when_it_is_annotated_in_local_mode(annotate, bench):
    """They do not belong to the new consequences."""
    content = text(5, 80)
    local = bench.annotate(content).records
    marked = bench.annotate(content, options=AWARE).text

    again = bench.annotate(marked)

    assert again.records == local
    assert not [line for line in again.header if b"Mode=" in line or line.startswith(b"##FORMAT=<ID=BCSQ")]


FOREIGN = HEADER.replace(
    b"#CHROM", b'##FORMAT=<ID=BCSQ,Number=.,Type=Integer,Description="of another tool">\n#CHROM'
)


def test_marks_of_another_tool_are_replaced(annotate):
    """There is room for one field of the name only."""
    result = annotate(record(104, "A", "1|0:5:9", "0|1", keys="GT:DP:BCSQ"), header=FOREIGN)

    assert result.records[0].split(b"\t")[8:] == [b"GT:BCSQ:DP", b"1|0:1:5", b"0|1:2", b"0|0:0"]
    assert len([line for line in result.header if line.startswith(b"##FORMAT=<ID=BCSQ")]) == 1


def test_marks_of_another_tool_stay_in_local_mode(bench):
    """A note says that they do not belong to what is in INFO."""
    line = record(104, "A", "1|0:5:9", "0|1", keys="GT:DP:BCSQ")

    result = bench.annotate(FOREIGN + line)

    assert result.records[0].split(b"\t")[8:] == line.rstrip().split(b"\t")[8:]
    assert "keep the FORMAT field BCSQ" in result.log


def test_there_are_as_many_marks_as_samples(annotate):
    """In every record that has any."""
    result = annotate(*text(6, 100)[len(HEADER) :].splitlines(keepends=True))

    assert {len(marks) for _, marks in calls(result)} == {0, len(SAMPLES)}
