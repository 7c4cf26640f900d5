"""Files that can never be annotated: each is refused with one clear sentence and the place."""

import gzip
import io
import os

import pysam
import pytest

from gas.errors import InvalidInput
from services.annotator.vcf import decompression, header, text

FORMAT = b"##fileformat=VCFv4.2\n"
COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
HEADER = FORMAT + COLUMNS
RECORD = b"MT\t10\t.\tT\tC\t.\t.\t.\n"

NOT_VCF = "Line 1: This is not a VCF: the first line has to be ##fileformat=VCFv4.1 to VCFv4.5, not "
SORT = "sort the file, for instance with `bcftools sort`."

ENDS_BEYOND = "the record ends beyond 536,870,911, the last position that the index of a result can hold."

REFUSED = {
    "empty": (b"", "The file is empty."),
    "empty gzip": (gzip.compress(b""), "The file is empty."),
    "prose": (b"Dear reader,\n", NOT_VCF + "'Dear reader,'."),
    "version 3.3": (b"##fileformat=VCFv3.3\n", "Line 1: VCF version 3.3 is not supported, only 4.1 to 4.5."),
    "no version": (b"##fileformat=\n" + COLUMNS, NOT_VCF + "'##fileformat='."),
    "no fileformat": (
        COLUMNS,
        "The ##fileformat line is missing: a VCF starts with, for instance, ##fileformat=VCFv4.2.",
    ),
    "BCF": (
        gzip.compress(b"BCF\2\2"),
        "This is a BCF file, not a VCF: convert it with `bcftools view -Ov` and upload the result.",
    ),
    "BAM": (gzip.compress(b"BAM\1"), "This is a BAM file of aligned reads, not a VCF: call variants first."),
    "ZIP": (b"PK\3\4abc", "This is a ZIP archive or an Excel workbook: unpack it and upload the VCF itself."),
    "PDF": (b"%PDF-1.7\n", "This is a PDF document, not a VCF."),
    "HTML": (
        b"\n<!DOCTYPE html>\n",
        "This is a web page or an XML document, not a VCF; it may be a login page.",
    ),
    "tar": (b"x" * 257 + b"ustar", "This is a tar archive: unpack it and upload the VCF itself."),
    "UTF-16": (
        HEADER.decode().encode("utf-16"),
        "This text is UTF-16: save it as plain text (UTF-8 without a byte-order mark).",
    ),
    "byte-order mark": (
        b"\xef\xbb\xbf" + HEADER,
        "This text starts with a byte-order mark: save it as UTF-8 without one.",
    ),
    "compressed twice": (
        gzip.compress(gzip.compress(HEADER)),
        "This file is compressed twice: decompress it once and upload the result.",
    ),
    "old Mac": (
        HEADER.replace(b"\n", b"\r") + b"\n",
        "The lines end in CR alone, as on old Macs: save the file with LF line ends.",
    ),
    "no #CHROM": (FORMAT, "Line 1: The file ends without a #CHROM line, which names the columns."),
    "records first": (
        FORMAT + RECORD,
        "Line 2: The #CHROM line, which names the columns, is missing before this.",
    ),
    "meta without value": (FORMAT + b"##oops\n" + COLUMNS, "Line 2: A header line has to be ##key=value."),
    "meta not closed": (
        FORMAT + b"##INFO=<ID=A,Number=1\n" + COLUMNS,
        "Line 2: A ##INFO line has to be ##INFO=<ID=...>, closed by a bracket.",
    ),
    "missing column": (
        FORMAT + b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\n",
        "Line 2: The #CHROM line lacks the column INFO; tabs separate columns.",
    ),
    "wrong column": (
        FORMAT + COLUMNS.replace(b"POS", b"POSITION"),
        "Line 2, column 2: This column has to be POS, not 'POSITION'; tabs separate columns.",
    ),
    "duplicate sample": (
        FORMAT + COLUMNS.rstrip() + b"\tFORMAT\tA\tB\tA\n",
        "Line 2, column 12: The sample name 'A' occurs twice.",
    ),
    "unnamed sample": (
        FORMAT + COLUMNS.rstrip() + b"\tFORMAT\t\tB\n",
        "Line 2, column 10: A sample has no name.",
    ),
    "blank sample": (
        FORMAT + COLUMNS.rstrip() + b"\tFORMAT\tA\t \n",
        "Line 2, column 11: A sample has no name.",
    ),
    "second header": (HEADER + RECORD + COLUMNS, "Line 4, column 1: CHROM is empty or starts with #."),
    "late header line": (HEADER + b"##a=b\n", "Line 3: A header line comes after the #CHROM line."),
    "few columns": (
        HEADER + RECORD + b"MT\t11\t.\tC\tT\n",
        "Line 4: The record has 5 columns where the header names 8.",
    ),
    "many columns": (
        HEADER + RECORD.rstrip() + b"\tGT\n",
        "Line 3: The record has 9 columns where the header names 8.",
    ),
    "blanks for tabs": (
        HEADER + RECORD.replace(b"\t", b" "),
        "Line 3: The record has 1 column where the header names 8; tabs separate columns, not blanks.",
    ),
    "a blank for a tab": (
        HEADER + RECORD.replace(b"\t", b" ", 1),
        "Line 3: The record has 7 columns where the header names 8; tabs separate columns, not blanks.",
    ),
    "POS a word": (
        HEADER + RECORD.replace(b"10", b"ten"),
        "Line 3, column 2: POS has to be a whole number, not 'ten'.",
    ),
    "POS negative": (
        HEADER + RECORD.replace(b"10", b"-1"),
        "Line 3, column 2: POS has to be a whole number, not '-1'.",
    ),
    "POS huge": (
        HEADER + RECORD.replace(b"10", b"536870912"),
        "Line 3, column 2: POS is beyond 536,870,911, the last position that the index of a result can hold.",
    ),
    "REF over the last position": (
        HEADER + RECORD.replace(b"10", b"536870911").replace(b"T", b"TT"),
        f"Line 3, column 4: By its REF {ENDS_BEYOND}",
    ),
    "END huge": (
        HEADER + RECORD.replace(b".\n", b"A=1;END=536870912\n"),
        f"Line 3, column 8: By its END {ENDS_BEYOND}",
    ),
    "END of many digits": (
        HEADER + RECORD.replace(b".\n", b"END=%d\n" % 10**30),
        f"Line 3, column 8: By its END {ENDS_BEYOND}",
    ),
    "SVLEN huge": (
        HEADER + RECORD.replace(b"C", b"C,<DEL>").replace(b".\n", b"SVLEN=.,-536870902\n"),
        f"Line 3, column 8: By its SVLEN {ENDS_BEYOND}",
    ),
    "LEN huge": (
        HEADER.rstrip()
        + b"\tFORMAT\tA\tB\n"
        + RECORD.replace(b"C", b"<*>").rstrip()
        + b"\tGT:LEN\t0\t0:536870903\n",
        f"Line 3, column 11: By its LEN {ENDS_BEYOND}",
    ),
    "REF empty": (
        HEADER + RECORD.replace(b"T", b""),
        "Line 3, column 4: REF has to be bases (A, C, G, T, N), not ''.",
    ),
    "REF no bases": (
        HEADER + RECORD.replace(b"T", b"X1"),
        "Line 3, column 4: REF has to be bases (A, C, G, T, N), not 'X1'.",
    ),
    "CHROM empty": (
        HEADER + RECORD.replace(b"MT", b""),
        "Line 3, column 1: CHROM is empty or starts with #.",
    ),
    "CHROM long": (
        HEADER + RECORD.replace(b"MT", b"M" * 1001),
        "Line 3, column 1: CHROM is longer than 1,000 characters, which is more than is accepted.",
    ),
    "unsorted": (
        HEADER + RECORD.replace(b"10", b"20") + RECORD,
        f"Line 4, column 2: Position 10 comes after 20 on MT: {SORT}",
    ),
    "two blocks": (
        HEADER + RECORD + RECORD.replace(b"MT", b"1") + RECORD,
        f"Line 5, column 1: The records of MT are not in one block: {SORT}",
    ),
    "other contigs": (
        HEADER + RECORD.replace(b"MT", b"chr1") + RECORD.replace(b"MT", b"chr2"),
        (
            "No record is on a contig of the reference: the file has chr1, chr2, "
            "Human mitochondrial genome (rCRS) has MT."
        ),
    ),
    "NUL": (
        HEADER + RECORD.replace(b"T\tC", b"T\t\0"),
        "Line 3, column 5: The line has a zero byte, which no text has: the file is damaged or is not a VCF.",
    ),
    "empty line": (HEADER + b"\n" + RECORD, "Line 3: The line is empty."),
    "more after gzip": (
        gzip.compress(HEADER + RECORD) + b"more",
        "The file is damaged after line 3: the compressed data are followed by something else.",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_can_never_work_is_refused_with_its_sentence(bench, content, sentence):
    """The sentence says what is wrong and where, and nothing is left that looks like a result."""
    with pytest.raises(InvalidInput) as refused:
        bench.annotate(content)

    assert str(refused.value) == sentence
    assert bench.left == []


def test_a_truncated_gzip_file_names_the_last_good_line(bench):
    """Data that end within a member were cut off."""
    content = gzip.compress(HEADER + b"".join(random_records(5000)))

    with pytest.raises(InvalidInput) as refused:
        bench.annotate(content[: len(content) // 2])

    assert str(refused.value).startswith("The file is damaged after line ")
    assert str(refused.value).endswith(": the compressed data end early; the upload or the copy was cut off.")


def test_damage_is_told_from_nonsense_that_it_leaves(bench):
    """A record that makes no sense because the compressed data are corrupt is called damage."""
    content = bytearray(gzip.compress(HEADER + b"".join(random_records(16000))))
    middle = len(content) // 2
    content[middle : middle + 4] = b"XXXX"

    with pytest.raises(InvalidInput, match="The file is damaged after line"):
        bench.annotate(bytes(content))


def test_a_line_too_long_is_never_held(bench):
    """A line is refused as soon as it passes the limit, not when it ends."""
    content = HEADER + RECORD.rstrip() + b"A" * (text.MAX_LINE_BYTES + 1)

    with pytest.raises(InvalidInput) as refused:
        bench.annotate(content)

    assert str(refused.value) == (
        "Line 3: The line is longer than 8,000,000 characters, which is more than is accepted."
    )


def test_a_decompression_bomb_is_refused_early():
    """Text that expands more than any VCF is not expanded to its end."""
    member = gzip.compress(b"A\n" * (1 << 22))
    bomb = io.BytesIO(member * (decompression.FREE_BYTES // (1 << 23) + 1))

    with pytest.raises(InvalidInput, match="The file expands more than 300-fold, which no VCF does"):
        for _ in decompression.gunzip(bomb):
            pass


def test_a_header_without_end_is_refused(bench):
    """Headers are held in memory, so there is an end to them."""
    content = FORMAT + (b"##note=" + b"x" * (1 << 20) + b"\n") * 33

    with pytest.raises(InvalidInput, match=r"Line \d\d: The header is longer than 32,000,000 characters"):
        bench.annotate(content)


@pytest.mark.parametrize("version", header.VERSIONS)
@pytest.mark.parametrize("compress", ["plain", "gzip", "two members", "bgzip", "padded"])
def test_every_version_and_compression_is_accepted(bench, version, compress):
    """Compression is told by the first bytes; members and padding make no difference."""
    content = HEADER.replace(b"4.2", version.encode()) + RECORD
    packed = {
        "plain": content,
        "gzip": gzip.compress(content),
        "two members": gzip.compress(content[:40]) + gzip.compress(content[40:]),
        "bgzip": bgzip(bench.folder / "packed", content),
        "padded": gzip.compress(content) + b"\0" * 512,
    }[compress]

    result = bench.annotate(packed)

    assert result.report.with_consequence + result.report.without_consequence == 1
    assert result.report.warnings == ()


def test_a_missing_bgzf_end_marker_is_a_warning(bench):
    """The file may be complete, but whoever reads the result should know."""
    content = bgzip(bench.folder / "packed", HEADER + RECORD)

    result = bench.annotate(content.removesuffix(decompression.BGZF_END))

    assert result.report.warnings == (
        (
            "The file lacks the mark that bgzip puts at the end: "
            "if it was cut off, its last records are missing."
        ),
    )


@pytest.mark.parametrize(
    ("alt", "info"), [("C", "END=536870911"), ("<DEL>", "SVLEN=-536870901"), ("<INS>", "SVLEN=600000000")]
)
def test_a_record_may_end_at_the_last_position_of_the_index(bench, alt, info):
    """What is inserted takes no place on the reference, however long it is."""
    assert bench.records(f"MT 10 T {alt} {info}").report.written == 1


def test_a_header_line_may_have_anything_in_quotes(bench):
    """Commas, brackets and words between quotes are text."""
    content = (
        FORMAT
        + b'##INFO=<Description="a<b, \\" ID=>",ID=X,Number=1,Type=String>\n'
        + b'##INFO=<Description="x,ID=BCSQ",ID=Y,Number=1,Type=String>\n'
        + b'##contig=<ID=MT,note="x,length=5",length=16569>\n'
    )

    result = bench.annotate(content + COLUMNS + RECORD)

    assert b"\n".join(result.header).startswith(content.rstrip())
    assert result.report.warnings == ()


def test_a_ratio_means_nothing_in_a_small_file():
    """Deflate reaches a thousand to one on text of one letter, which does no harm in a few megabytes."""
    content = b"A\n" * (1 << 22)

    assert b"".join(decompression.gunzip(io.BytesIO(gzip.compress(content)))) == content


def random_records(count):
    """Records that do not compress away, so that half of the bytes hold about half of them."""
    return (b"MT\t%d\t.\tA\tC\t.\t.\tX=%s\n" % (n, os.urandom(8).hex().encode()) for n in range(1, count + 1))


def bgzip(path, content):
    with pysam.BGZFile(str(path), "wb") as stream:
        stream.write(content)
    return path.read_bytes()
