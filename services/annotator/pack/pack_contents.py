"""What the files of a pack hold, against what its manifest says of them."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pysam

from services.annotator.pack.manifest import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from services.annotator.pack.manifest import Contig, Source
    from services.annotator.pack.pack import Pack

# A chromosome is read in pieces of this many bases.
PIECE_BASES = 1 << 24

# A reader takes whole row groups of a source: this many rows are about 1 MB of memory for each column.
ROW_GROUP_ROWS = 1 << 16

# The columns by which a source is joined and sorted; the columns of its keys follow them.
PLACE_COLUMNS = {
    Kind.ALLELES: {"contig": pa.string(), "position": pa.int32(), "ref": pa.string(), "alt": pa.string()},
    Kind.INTERVALS: {"contig": pa.string(), "start": pa.int32(), "end": pa.int32()},
}


def source_schema(kind: Kind, keys: tuple[str, ...]) -> Any:
    """The Arrow schema of a source's Parquet file: a place is always there, a value may be null."""
    places = [pa.field(name, type_, nullable=False) for name, type_ in PLACE_COLUMNS[kind].items()]
    return pa.schema(places + [pa.field(key, pa.string()) for key in keys])


def check_reference(pack: Pack) -> None:
    """The sequence has every contig of the manifest with its length and its bases.

    :raises ValueError: saying which has not.
    """
    path = pack.path(pack.reference)
    # Without an index one would be made, in a folder that may be read-only or shared.
    if not path.with_name(path.name + ".fai").is_file():
        raise ValueError(f"{path} has no index {path.name}.fai beside it")
    with closing(pysam.FastaFile(str(path))) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        for contig in pack.contigs:
            if lengths.get(contig.name) != contig.length:
                raise ValueError(f"{path} has no contig {contig.name} of {contig.length} bases")
            if _md5(fasta, contig) != contig.md5:
                raise ValueError(f"{path} has other bases of {contig.name} than the manifest says")


def _md5(fasta: pysam.FastaFile, contig: Contig) -> str:
    """The digest that SAM headers call M5, of bases that are in upper case already."""
    digest = hashlib.md5(usedforsecurity=False)
    for start in range(0, contig.length, PIECE_BASES):
        digest.update(fasta.fetch(contig.name, start, min(start + PIECE_BASES, contig.length)).encode())
    return digest.hexdigest()


def check_genes(pack: Pack) -> None:
    """The gene models are of the contigs that name their file, and each of those has some.

    :raises ValueError: saying which are not.
    """
    for name in pack.gene_files:
        path = pack.path(name)
        expected = {contig.name for contig in pack.contigs if contig.genes == name}
        with path.open("rb") as lines:
            found = {line.split(b"\t", 1)[0].decode() for line in lines if not line.startswith(b"#")}
        if odd := sorted(found ^ expected):
            raise ValueError(f"{path} and the manifest disagree about genes on the contig {odd[0]}")


def check_sources(pack: Pack) -> None:
    """The known variants have the columns, the contigs, the order and the number that they should.

    Only what a Parquet file says of its row groups is read, not the rows.

    :raises ValueError: saying which have not.
    """
    order = {contig.name: place for place, contig in enumerate(pack.contigs)}
    for source in pack.sources:
        path = pack.path(source.file)
        file = pq.ParquetFile(path, pre_buffer=False)
        schema = source_schema(source.kind, source.keys)
        if not file.schema_arrow.equals(schema):
            raise ValueError(f"{path} does not have the columns {', '.join(schema.names)} of the right types")
        if file.metadata.num_rows != source.records:
            raise ValueError(f"{path} has {file.metadata.num_rows} rows, the manifest says {source.records}")
        _check_row_groups(path, source, file.metadata, order)


def _check_row_groups(path: Path, source: Source, metadata: Any, order: dict[str, int]) -> None:
    """Each is small and of one contig, and none begins before the one ahead of it has ended."""
    previous = (-1, 0)
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        contig, position = group.column(0).statistics, group.column(1).statistics
        if group.num_rows > ROW_GROUP_ROWS or contig is None or position is None:
            raise ValueError(f"row group {number} of {path} is too large or has no statistics")
        if contig.min != contig.max:
            raise ValueError(f"row group {number} of {path} is of more than one contig")
        if contig.min not in order:
            raise ValueError(f"{path} has the contig {contig.min}, which the manifest does not name")
        if (order[contig.min], position.min) < previous:
            raise ValueError(f"row group {number} of {path}, a file of {source.kind}, is out of order")
        previous = (order[contig.min], position.max)
