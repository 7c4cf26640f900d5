"""The header of the result: the user's lines as they came, and ours before the ``#CHROM`` line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from services.annotator.annotation.csq import ENGINE_VERSION
from services.annotator.annotation.info import CONSEQUENCE_KEY, SKIP_KEY
from services.annotator.vcf.header import unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.annotator.annotation.info import OwnKeys
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.header import Header

# Raised whenever the same file and pack would give a different result than before.
ANNOTATION_VERSION = "1"

# What a contig may be called (VCF specification 4.3, section 1.4.7).
_CONTIG_NAME = re.compile(rb"[0-9A-Za-z!#$%&+./:;?@^_|~-][0-9A-Za-z!#$%&*+./:;=?@^_|~-]*")
_INFO_ID = re.compile(rb"##INFO=<(?:[^,<>]+,)*ID=([^,>]+)")
_FORMAT_BCSQ = re.compile(rb"##FORMAT=<(?:[^,<>]+,)*ID=BCSQ[,>]")
_MARK = b"##gas_"


def keeps_calls(header: Header) -> bool:
    """Whether samples have the FORMAT field by which an earlier run of the engine marked their alleles."""
    return any(_FORMAT_BCSQ.match(unquoted(line)) for line in header.meta if line.startswith(b"##FORMAT="))


def annotated_before(header: Header) -> bool:
    """Whether a file says that it is a result of this service."""
    return any(line.startswith(_MARK) for line in header.meta)


def result_header(header: Header, pack: Pack, own: OwnKeys, contigs: Iterable[bytes]) -> bytes:
    """The header of the result, of which nothing depends on when or where it is made.

    :param contigs: the names in the CHROM column; those that are not declared get a line, because
        readers warn or stop without one.
    """
    names = {name.encode() for name in own.names}
    kept = [line for line in header.meta if not _is_ours(line, names)]
    added = [*_contig_lines(header, pack, contigs), *_info_lines(own), *_origin(pack)]
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


def _info_lines(own: OwnKeys) -> Iterator[bytes]:
    yield _info_line(
        CONSEQUENCE_KEY,
        ".",
        "String",
        "Consequences by bcftools csq in local mode. "
        "Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change",
    )
    yield _info_line(SKIP_KEY, "1", "String", "Why the record was kept as it was, without annotation")
    for key in own.keys:
        yield _info_line(key.id, "A", key.type, key.description)


def _info_line(name: str, number: str, kind: str, description: str) -> bytes:
    return f'##INFO=<ID={name},Number={number},Type={kind},Description="{description}">'.encode()


def _origin(pack: Pack) -> Iterator[bytes]:
    """What made the result: enough to make the same bytes again."""
    yield f'##gas_annotator=<ID=gas,Version={ANNOTATION_VERSION},Engine="{ENGINE_VERSION}">'.encode()
    assembly = f'Version="{pack.version}",Assembly="{pack.assembly}"'
    yield f"##gas_pack=<ID={pack.name},{assembly},Digest=sha256:{pack.digest}>".encode()
