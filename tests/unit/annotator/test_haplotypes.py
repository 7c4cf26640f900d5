"""Haplotype-aware mode: what the records of a gene do together on each haplotype of the samples."""

import os
from dataclasses import replace

import pytest

from gas.errors import InvalidInput
from services.annotator.annotate import main
from services.annotator.annotation import csq_server, gene_blocks, haplotype_csq
from services.annotator.annotation.compounds import Answer, Compounds
from services.annotator.annotation.file import Options
from services.annotator.vcf.text import BLOCK_BYTES
from tests.unit.annotator.conftest import Bench
from tests.unit.annotator.haplotype_texts import (
    GENOME,
    HEADER,
    SAMPLES,
    alone,
    calls_of,
    make_pack,
    record,
    text,
    without_marks,
)
from tests.unit.annotator.own_keys import without_own

TOGETHER = "missense|A|A1|protein_coding|+|2A>2N|104G>A+105C>A"
AWARE = Options(haplotypes=True)


@pytest.fixture(scope="module")
def genes(tmp_path_factory):
    return make_pack(tmp_path_factory.mktemp("pack") / "genes")


@pytest.fixture
def bench(tmp_path, genes):
    return Bench(tmp_path, genes)


@pytest.fixture
def annotate(bench):
    """Annotate records in haplotype-aware mode."""

    def annotated(*records, header=HEADER, **options):
        return bench.annotate(header + b"".join(records), options=replace(AWARE, **options))

    return annotated


def calls(result):
    return [calls_of(line.decode().split("\t")) for line in result.records]


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


NO_PHASE = "which does not tell on which haplotype each allele is"
NO_GENOTYPE = "which is not a genotype of one or two alleles"
NO_ALLELE = "an allele that the record does not have"
MANY = ",".join("A" * length for length in range(2, 14))

# Each with the column and the sample that is named, its genotype, and what is wrong with it.
REFUSED = {
    "unphased": (record(104, "A", "0|1", "0/1"), 11, "S2", "0/1", NO_PHASE),
    "unphased outside all genes": (record(5, "A", "0|1", "0|1", "1/0"), 12, "S3", "1/0", NO_PHASE),
    "unphased beside other fields": (record(104, "A", "0/1:7", keys="GT:DP"), 10, "S1", "0/1", NO_PHASE),
    "unphased alleles beyond 9": (record(104, MANY, "11/12"), 10, "S1", "11/12", NO_PHASE),
    "three alleles": (record(104, "A", "0|1|1"), 10, "S1", "0|1|1", NO_GENOTYPE),
    "nothing": (record(104, "A", ""), 10, "S1", "", NO_GENOTYPE),
    "no such allele": (record(104, "A", "0|2"), 10, "S1", "0|2", NO_ALLELE),
    "no such allele beyond 9": (record(104, MANY, "13|0"), 10, "S1", "13|0", NO_ALLELE),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_what_is_not_phased_is_refused_with_its_place(bench, annotate, wrong, workers):
    """Whatever comes behind it."""
    line, column, sample, genotype, problem = wrong

    with pytest.raises(InvalidInput) as refused:
        annotate(line, record(2500, "A", "0/1"), workers=workers, block_bytes=1)

    assert str(refused.value) == (
        f"Line 6, column {column}: Haplotype-aware annotation needs phased genotypes as 0|1, "
        f"but sample {sample} has {genotype!r}, {problem}: "
        "phase the genotypes, or annotate the file without haplotypes."
    )
    assert bench.left == []


def test_a_file_without_samples_is_refused(bench):
    """On no haplotype is anything."""
    with pytest.raises(
        InvalidInput, match=r"^The file has no samples, so .*: annotate it without haplotypes\.$"
    ):
        bench.annotate(
            b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", options=AWARE
        )


@pytest.mark.parametrize(
    "cell", ["1/1", "1", ".", "./.", ".|1", "./1", "1/.", "0/0", "00|01", "10|11", "10/10"]
)
def test_what_needs_no_phase_is_accepted(annotate, cell):
    """Genotypes of one allele, of one allele twice, and with one missing."""
    assert annotate(record(104, MANY, cell)).report.records == 1


@pytest.mark.parametrize("seed", range(8))
def test_the_result_is_what_the_engine_alone_says(annotate, bench, seed):
    """In INFO and in every sample, of records that are close to one another; nothing else is changed."""
    content = text(seed, 60)
    given = content[len(HEADER) :].splitlines()

    result = bench.annotate(content, options=AWARE)

    assert calls(result) == alone(bench.pack, content)
    assert [without_own(without_marks(line)) for line in result.records] == given


@pytest.mark.parametrize("seed", [1, 2])
def test_the_result_depends_neither_on_workers_nor_on_blocks(annotate, bench, seed):
    """Also not where no record lies between two genes, one of which has transcripts with one end."""
    content = text(seed, 150)

    whole = bench.annotate(content, options=AWARE).contents
    parts = [
        bench.annotate(content, options=replace(AWARE, workers=workers, block_bytes=size)).contents
        for workers, size in ((1, 1), (2, 1), (3, 1), (1, 700), (1, BLOCK_BYTES))
    ]

    assert all(part == whole for part in parts)


def test_blocks_end_between_genes(annotate):
    """However small they are meant to be."""
    ends = []
    records = [
        record(place, "C" if GENOME[place - 1] != "C" else "G")
        for place in (50, 104, 105, 150, 410, 690, 800, 1010)
    ]

    annotate(*records, block_bytes=1, on_progress=lambda progress: ends.append(progress.records))

    assert ends == [1, 4, 6, 7, 8]


def test_a_deletion_that_reaches_into_the_next_gene_is_not_cut_off_from_it(annotate):
    """It is on the haplotypes of both."""
    ends = []
    deletion = record(215, "A", "1|0", ref=GENOME[214:410])

    annotate(
        record(104, "A"),
        deletion,
        record(450, "A"),
        block_bytes=1,
        on_progress=lambda told: ends.append(told.records),
    )

    assert ends == [3]


def test_more_text_than_may_be_held_is_refused_with_the_place(bench, monkeypatch):
    """There is no place to cut it."""
    monkeypatch.setattr(gene_blocks, "MAX_STRETCH_BYTES", 1_000_000)
    line = record(104, "A", keys="GT:" + "x" * 40_000)
    records = [record(50, "A", ref=GENOME[49]), *[line] * 40]

    with pytest.raises(InvalidInput) as refused:
        bench.annotate(HEADER + b"".join(records), options=replace(AWARE, block_bytes=1000))

    assert str(refused.value) == (
        "Line 7: The genes from 1:104 to 105 and beyond overlap, and their records have more than 1 MB "
        "of text, which is more than can be annotated haplotype-aware: annotate the file without haplotypes."
    )
    assert bench.left == []


def test_what_is_wrong_before_the_end_of_damaged_data_counts_first(annotate):
    """Also in records that wait for the end of their gene."""
    with pytest.raises(InvalidInput, match=r"^Line 6, column 2: POS"):
        annotate(b"1\tx\t.\tA\tC\t.\t.\t.\tGT\t0\t0\t0\n", record(104, "A"), b"1\t105\t\0\n", block_bytes=1)


def test_two_names_of_a_sequence_are_two_sequences(annotate, bench):
    """Nobody can say which of their records are on one haplotype."""
    pack = replace(bench.pack, contigs=(replace(bench.pack.contigs[0], aliases=("chr1",)),))
    # Behind the last a block ends whatever its size.
    records = [record(104, "A", "1|0"), b"chr" + record(105, "A", "1|0"), b"chr" + record(2900, "A")]

    parts = bench.annotate(
        HEADER + b"".join(records), pack=pack, options=replace(AWARE, block_bytes=1)
    ).contents
    whole = bench.annotate(HEADER + b"".join(records), pack=pack, options=AWARE)

    assert parts == whole.contents
    assert [info["BCSQ"].split("|")[-1] for info in whole.infos[:2]] == ["104G>A", "105C>A"]


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


def answer(position, *entries, marks=("0",)):
    return Answer(position, 0, position, "G", ["A"], list(entries), list(marks))


def told(*positions):
    return "missense|A|A1|protein_coding|+|2A>2N|" + "+".join(f"{position}G>A" for position in positions)


def test_a_pointer_to_a_record_that_has_nothing_to_do_with_it_is_put_right():
    """Where genes overlap the engine may name the position of a later record."""
    target, pointing = answer(104, told(104, 105)), answer(105, "@999", "intron|B||protein_coding")

    right = Compounds([target, pointing]).with_right_pointers(pointing)

    assert right.entries == ["@104", "intron|B||protein_coding"]


def test_of_several_wrong_pointers_the_samples_tell_which_is_which():
    """A sample has a pointer on the haplotypes on which it has what is pointed to."""
    targets = [answer(101, told(101, 105), marks=("1", "0")), answer(102, told(102, 105), marks=("0", "2"))]
    pointing = answer(105, "@999", "@998", marks=("0", str(0b0010)))
    other = pointing._replace(marks=["1", "8"])

    assert Compounds([*targets, pointing]).with_right_pointers(pointing).entries == ["@102", "@101"]
    assert Compounds([*targets, other]).with_right_pointers(other).entries == ["@101", "@102"]


def test_a_pointer_means_what_is_told_of_its_own_change():
    """The record that it points to may tell of others too."""
    target = answer(104, told(104), told(104, 105), told(104, 107))
    pointing = answer(105, "intron|B||protein_coding", "@104")

    assert Compounds([target, pointing]).meaning(pointing) == ["intron|B||protein_coding", told(104, 105)]


def test_a_pointer_that_nothing_explains_is_of_the_coding_sequence():
    """It says at least so much."""
    pointing = answer(105, "@104")

    assert Compounds([pointing]).with_right_pointers(pointing) == pointing
    assert Compounds([pointing]).meaning(pointing) == ["coding_sequence|||"]


def test_there_are_as_many_marks_as_samples(annotate):
    """In every record that has any."""
    result = annotate(*text(6, 100)[len(HEADER) :].splitlines(keepends=True))

    assert {len(marks) for _, marks in calls(result)} == {0, len(SAMPLES)}
