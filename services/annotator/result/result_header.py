"""The header of the result: the user's lines as they came, and ours before the ``#CHROM`` line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.annotation.csq import ENGINE_VERSION
from services.annotator.annotation.info import (
    CALLS_KEY,
    CODING_NAMES_KEY,
    CONSEQUENCE_KEY,
    GENE_KEY,
    GENOMIC_NAMES_KEY,
    IMPACT_KEY,
    PROTEIN_NAMES_KEY,
    SKIP_KEY,
)
from services.annotator.annotation.mode import Mode
from services.annotator.vcf.header import unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.annotator.annotation.info import OwnKeys
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.header import Header

# Raised whenever the same file and pack would give a different result than before.
ANNOTATION_VERSION = "2"

# What a contig may be called (VCF specification 4.3, section 1.4.7).
_CONTIG_NAME = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")
_INFO_ID = re.compile(rb"##INFO=<(?:[^,<>]+,)*?ID=([^,>]+)")
_FORMAT_BCSQ = re.compile(rb"##FORMAT=<(?:[^,<>]+,)*ID=BCSQ[,>]")
_MARK = b"##gas_"

# Each key with its Number and its description.
_OWN_LINES = (
    (CONSEQUENCE_KEY, "A", "Most severe consequence in terms of the Sequence Ontology"),
    (IMPACT_KEY, "A", "Impact of the most severe consequence: HIGH, MODERATE, LOW or MODIFIER"),
    (GENE_KEY, "A", "Gene of the most severe consequence"),
    (
        CODING_NAMES_KEY,
        ".",
        "HGVS names on the transcripts of which an exon or 8 bases beside one are changed",
    ),
    (PROTEIN_NAMES_KEY, ".", "HGVS names on the proteins of these transcripts"),
    (GENOMIC_NAMES_KEY, "A", "HGVS name on the mitochondrial genome"),
    (SKIP_KEY, "1", "Why the record was kept as it was, without annotation"),
)

_CALLS_FORMAT = "Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
_CALLS = {
    Mode.LOCAL: f"Consequences by bcftools csq in local mode. {_CALLS_FORMAT}",
    Mode.HAPLOTYPES: (
        f"Consequences by bcftools csq on the haplotypes of the samples. {_CALLS_FORMAT}; "
        "@POS stands for those of several records that are told at POS, * follows a stop on the haplotype"
    ),
}

# Written so, and read by later annotations.
_MARKED = f'Mode="{Mode.HAPLOTYPES}"'
_MARKS_LINE = (
    b"##FORMAT=<ID=BCSQ,Number=.,Type=Integer,Description="
    b'"Which consequences of INFO/BCSQ the sample has: bits 0 and 1 for the first on its first and second '
    b'haplotype, bits 2 and 3 for the second, and so on, 30 bits to each number">'
)


def has_marks(header: Header) -> bool:
    """Whether samples have the FORMAT field that tells which consequences are on their haplotypes."""
    return any(_is_marks_line(line) for line in header.meta)


def _is_marks_line(line: bytes) -> bool:
    return line.startswith(b"##FORMAT=") and _FORMAT_BCSQ.match(unquoted(line)) is not None


def loses_marks(header: Header, mode: Mode) -> bool:
    """Whether these are removed: where new ones take their place, and those of an earlier annotation here."""
    marked_here = any(line.startswith(_MARK) and _MARKED.encode() in line for line in header.meta)
    return mode == Mode.HAPLOTYPES or marked_here


def annotated_before(header: Header) -> bool:
    """Whether a file says that it is a result of this service."""
    return any(line.startswith(_MARK) for line in header.meta)


def result_header(
    header: Header, pack: Pack, own: OwnKeys, contigs: Iterable[bytes], mode: Mode = Mode.LOCAL
) -> bytes:
    """The header of the result, of which nothing depends on when or where it is made.

    :param contigs: the names in the CHROM column; those that are not declared get a line, because
        readers warn or stop without one.
    """
    names = {name.encode() for name in own.names}
    kept = [line for line in header.meta if not _is_ours(line, names)]
    if loses_marks(header, mode):
        kept = [line for line in kept if not _is_marks_line(line)]
    added = [*_contig_lines(header, pack, contigs), *_own_lines(own, mode), *_origin(pack, mode)]
    return b"".join(line + b"\n" for line in (*kept, *added, header.columns))


def _is_ours(line: bytes, names: set[bytes]) -> bool:
    match = _INFO_ID.match(unquoted(line)) if line.startswith(b"##INFO=") else None
    return line.startswith(_MARK) or (match is not None and match[1] in names)


def _contig_lines(header: Header, pack: Pack, contigs: Iterable[bytes]) -> Iterator[bytes]:
    for name in contigs:
        if name not in header.contigs and _CONTIG_NAME.fullmatch(name):
            known = pack.contig_names.get(name)
            length = b",length=%d" % known.length if known else b""
            yield b"##contig=<ID=%s%s>" % (name, length)


def _own_lines(own: OwnKeys, mode: Mode) -> Iterator[bytes]:
    yield _info_line(CALLS_KEY, ".", "String", _CALLS[mode])
    for name, number, description in _OWN_LINES:
        yield _info_line(name, number, "String", description)
    for key in own.keys:
        yield _info_line(key.id, "." if key.id in own.of_stretches else "A", key.type, key.description)
    if mode == Mode.HAPLOTYPES:
        yield _MARKS_LINE


def _info_line(name: str, number: str, kind: str, description: str) -> bytes:
    return f'##INFO=<ID={name},Number={number},Type={kind},Description="{description}">'.encode()


def _origin(pack: Pack, mode: Mode) -> Iterator[bytes]:
    """What made the result: enough to make the same bytes again."""
    how = f",{_MARKED}" if mode == Mode.HAPLOTYPES else ""
    yield f'##gas_annotator=<ID=gas,Version={ANNOTATION_VERSION},Engine="{ENGINE_VERSION}"{how}>'.encode()
    assembly = f'Version="{pack.version}",Assembly="{pack.assembly}"'
    yield f"##gas_pack=<ID={pack.name},{assembly},Digest=sha256:{pack.digest}>".encode()
