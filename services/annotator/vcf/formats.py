"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

GZIP = b"\x1f\x8b"

# Where the first bytes of a file have to be looked at to tell what it is.
HEAD_BYTES = 512

# First bytes of what people upload instead of a VCF, and what they should do about it.
_TO_VCF = "convert it with `bcftools view -Ov` and upload the result"
_FOREIGN = (
    (b"BCF", f"This is a BCF file, not a VCF: {_TO_VCF}."),
    (b"BAM\x01", "This is a BAM file of aligned reads, not a VCF: call variants first."),
    (b"CRAM", "This is a CRAM file of aligned reads, not a VCF: call variants first."),
    (b"@HD\t", "This is a SAM file of aligned reads, not a VCF: call variants first."),
    (b"TBI\x01", "This is a tabix index (.tbi), not the VCF that it belongs to."),
    (b"CSI\x01", "This is a CSI index (.csi), not the VCF that it belongs to."),
    (b"PK\x03\x04", "This is a ZIP archive or an Excel workbook: unpack it and upload the VCF itself."),
    (b"BZh", "This is a bzip2 file: compress the VCF with bgzip or gzip instead."),
    (b"\xfd7zXZ", "This is an xz file: compress the VCF with bgzip or gzip instead."),
    (b"\x28\xb5\x2f\xfd", "This is a Zstandard file: compress the VCF with bgzip or gzip instead."),
    (b"7z\xbc\xaf", "This is a 7-Zip archive: unpack it and upload the VCF itself."),
    (GZIP, "This file is compressed twice: decompress it once and upload the result."),
    (b"%PDF", "This is a PDF document, not a VCF."),
    (b"\xff\xfe", "This text is UTF-16: save it as plain text (UTF-8 without a byte-order mark)."),
    (b"\xfe\xff", "This text is UTF-16: save it as plain text (UTF-8 without a byte-order mark)."),
    (b"\xef\xbb\xbf", "This text starts with a byte-order mark: save it as UTF-8 without one."),
    (b"##gff-version", "This is a GFF file of gene models, not a VCF."),
    (b">", "This is a FASTA file of sequences, not a VCF."),
    (b"{", "This is a JSON document, not a VCF."),
    (b"#CHROM", "The ##fileformat line is missing: a VCF starts with, for instance, ##fileformat=VCFv4.2."),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml")
_TAR_MAGIC = (257, b"ustar")


def foreign(head: bytes) -> str | None:
    """What the first bytes of decompressed data say instead of VCF, as a sentence; None if nothing."""
    for magic, sentence in _FOREIGN:
        if head.startswith(magic):
            return sentence
    if head.lstrip().lower().startswith(_MARKUP):
        return "This is a web page or an XML document, not a VCF; it may be a login page."
    offset, magic = _TAR_MAGIC
    if head[offset:].startswith(magic):
        return "This is a tar archive: unpack it and upload the VCF itself."
    return None


def is_bgzip(head: bytes) -> bool:
    """Whether gzip data are in BGZF blocks: the extra field "BC" of the SAM specification, 4.1."""
    return head.startswith(GZIP + b"\x08\x04") and head[12:14] == b"BC"
