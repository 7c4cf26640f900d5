"""The sequence of a pack is what the FASTA has, in a form where bases are found by arithmetic."""

import gzip
import hashlib

import pysam
import pytest

from gas.errors import InvalidInput, Misconfigured
from services.annotator.pack_tool import input_files
from services.annotator.pack_tool.sequence import write_sequence

FASTA = b">1 first > of two\r\nacgtn\r\nRYKMSWBDHV\r\n\r\n>chrUn_KI270302v1\n" + b"A" * 121 + b"\n"


@pytest.fixture
def written(tmp_path):
    """Write the bytes of a FASTA file, and give what came of it and the copy as pysam reads it."""

    def write(content, wanted=None):
        source = tmp_path / "source.fa"
        source.write_bytes(content)
        contigs = write_sequence(source, tmp_path, wanted)
        return contigs, pysam.FastaFile(str(tmp_path / "sequence.fa"))

    return write


def test_bases_are_kept_in_upper_case(written):
    """Soft masking is lost, IUPAC codes are not."""
    contigs, fasta = written(FASTA)

    assert [contig.name for contig in contigs] == list(fasta.references) == ["1", "chrUn_KI270302v1"]
    assert fasta.fetch("1") == "ACGTNRYKMSWBDHV"
    assert fasta.fetch("chrUn_KI270302v1") == "A" * 121


def test_digests_are_those_of_a_sam_header(written):
    """M5 is of the bases in upper case without line feeds (SAM specification, 1.3.2)."""
    contigs, fasta = written(FASTA)

    expected = [
        hashlib.md5(fasta.fetch(name).encode(), usedforsecurity=False).hexdigest()
        for name in fasta.references
    ]
    assert [contig.md5 for contig in contigs] == expected
    assert [contig.length for contig in contigs] == [15, 121]


def test_the_index_is_the_one_that_samtools_makes(written, tmp_path):
    """Name, length, offset, bases and bytes of a line."""
    written(FASTA)

    ours = (tmp_path / "sequence.fa.fai").read_text()
    pysam.faidx(str(tmp_path / "sequence.fa"))
    assert (tmp_path / "sequence.fa.fai").read_text() == ours


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_the_result_does_not_depend_on_how_the_file_is_read(written, monkeypatch, tmp_path, size):
    """A header or a line may be cut anywhere between two pieces."""
    written(FASTA)
    whole = (tmp_path / "sequence.fa").read_bytes()

    monkeypatch.setattr(input_files, "PIECE_BYTES", size)
    written(FASTA)

    assert (tmp_path / "sequence.fa").read_bytes() == whole


def test_compressed_files_are_told_by_their_first_bytes(written):
    """Also of several gzip members, as bgzip writes them."""
    middle = len(FASTA) // 2
    contigs, _ = written(gzip.compress(FASTA[:middle]) + gzip.compress(FASTA[middle:]))

    assert [contig.length for contig in contigs] == [15, 121]


def test_contigs_can_be_chosen(written):
    """The others are read over."""
    contigs, fasta = written(FASTA, ["chrUn_KI270302v1"])

    assert list(fasta.references) == ["chrUn_KI270302v1"]
    assert len(contigs) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ACGT\n", "does not begin with >"),
        (b"", "no line that begins with >"),
        (b">1\nACGT\n>1\nACGT\n", "the contig 1 twice"),
        (b">1\nACGT\n>2", "no bases for the contig 2"),
        (b">1\nAC-GT\n", "'-' in the contig 1: not a nucleotide"),
        (b">1\nMKLV*EF\n", "in the contig 1: not a nucleotide"),
        (b"> \nACGT\n", "of the name ''"),
        (b">a,b\nACGT\n", "of the name 'a,b', which a VCF cannot have"),
        (gzip.compress(FASTA, mtime=0)[:-9], "is damaged or was cut off"),
    ],
)
def test_what_is_no_sequence_of_nucleotides_is_refused(written, content, reason):
    """The sentence names the contig."""
    with pytest.raises(InvalidInput, match=reason):
        written(content)


def test_a_contig_that_is_not_there_cannot_be_chosen(written):
    """A misspelt name would leave a hole."""
    with pytest.raises(Misconfigured, match="no contig chr1; name contigs as this file does"):
        written(FASTA, ["1", "chr1"])
