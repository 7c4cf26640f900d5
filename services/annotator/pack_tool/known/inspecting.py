"""The rows of a source, held against what readers rely on: order, normal forms, values fit for INFO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.annotator.annotation.alleles import Change, normalise
from services.annotator.pack.manifest import Kind
from services.annotator.pack.reference import Reference
from services.annotator.pack_tool.known.sorting import same_as_before
from services.annotator.pack_tool.known.values import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.annotator.pack.manifest import Contig, InfoKey, Source
    from services.annotator.pack.pack import Pack

# Of the alleles of a row group that are not of one base, as many as are looked at unless all are.
SAMPLE = 200

# What would end a value, an entry or the column of INFO (VCF 4.3, section 1.2).
_RESERVED = r"[\s;=,]"


def inspect_source(pack: Pack, source: Source, *, deep: bool) -> Iterator[str]:
    """What is wrong with the rows of a source, a sentence for the first of each kind.

    :param deep: look at all alleles.
    """
    file = pq.ParquetFile(pack.path(source.file), pre_buffer=False)
    contigs = {contig.name: contig for contig in pack.contigs}
    keys = [key for key in pack.keys if key.id in source.keys]
    reference = Reference(pack)
    said: set[str] = set()
    last: Any = None
    for number in range(file.num_row_groups):
        rows = file.read_row_group(number, use_threads=False).combine_chunks()
        contig = contigs[rows["contig"][0].as_py()]
        problems = [*_order(rows, last, contig, source.kind), *_values(rows, keys)]
        if source.kind is Kind.ALLELES:
            problems += _alleles(rows, contig, reference, deep=deep)
        last = rows.slice(rows.num_rows - 1)
        for kind, problem in problems:
            if kind not in said:
                said.add(kind)
                yield f"{pack.path(source.file)}, row group {number}: {problem}."


def _order(rows: Any, last: Any, contig: Contig, kind: Kind) -> Iterator[tuple[str, str]]:
    """Alleles ascend and are there once; intervals ascend, and may be there twice.

    :param last: the row before them, if there is one.
    """
    if last is not None and last["contig"][0].as_py() == contig.name:
        rows = pa.concat_tables([last, rows]).combine_chunks()
    names = ("position", "ref", "alt") if kind is Kind.ALLELES else ("start", "end")
    places = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in names]).to_numpy()
    wrong = places != np.arange(rows.num_rows)
    if kind is Kind.ALLELES:
        wrong |= same_as_before(rows)
    if wrong.any():
        place = rows[names[0]][int(np.flatnonzero(wrong)[0])].as_py()
        yield "order", f"{contig.name}:{place} is out of order or there twice"


def _alleles(rows: Any, contig: Contig, reference: Reference, *, deep: bool) -> Iterator[tuple[str, str]]:
    """REF is the reference's, and no other description of the change is shorter or further left."""
    positions = rows["position"].to_numpy().astype(np.int64)
    refs, alts = rows["ref"].combine_chunks(), rows["alt"].combine_chunks()
    if positions[0] < 1 or positions[-1] > contig.length:
        yield "place", f"{contig.name}:{positions[-1]} is outside of the contig"
        return
    first = np.array([ord(ref[0]) for ref in refs.to_pylist()], np.uint8)
    wrong = np.flatnonzero(first != reference.bases_at(contig, positions))
    if len(wrong):
        yield "ref", f"REF at {contig.name}:{positions[wrong[0]]} is not what the reference has"
    longer = pc.greater(pc.add(pc.binary_length(refs), pc.binary_length(alts)), 2)
    places = np.flatnonzero(longer.to_numpy(zero_copy_only=False))
    if not deep and len(places) > SAMPLE:
        places = places[np.linspace(0, len(places) - 1, SAMPLE).astype(np.int64)]
    for place in places.tolist():
        change = Change(int(positions[place]), refs[place].as_py(), alts[place].as_py())
        if change.ref != reference.bases(contig, change.position, len(change.ref)):
            yield "ref", f"REF at {contig.name}:{change.position} is not what the reference has"
        elif normalise(change, contig, reference) != change:
            yield "form", f"{contig.name}:{change.position} {change.ref}>{change.alt} is not in normal form"


def _values(rows: Any, keys: list[InfoKey]) -> Iterator[tuple[str, str]]:
    """Values can stand in INFO as they are, and those of a number are numbers."""
    for key in keys:
        column = rows[key.id].combine_chunks()
        if pc.any(pc.match_substring_regex(column, _RESERVED)).as_py():
            yield f"text {key.id}", f"a value of {key.id} has a character that INFO reserves"
        if key.type in NUMBERS:
            numbers = pc.match_substring_regex(column, NUMBERS[key.type])
            if pc.any(pc.invert(numbers)).as_py():
                yield f"type {key.id}", f"a value of {key.id} is not of the type {key.type}"
