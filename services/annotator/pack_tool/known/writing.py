"""A source of known variants, from its files to the Parquet file of a pack."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.pack.manifest import Kind
from services.annotator.pack_tool.known.bed_source import read_intervals
from services.annotator.pack_tool.known.parquet_files import Gathered
from services.annotator.pack_tool.known.reading import Reading
from services.annotator.pack_tool.known.vcf_source import VcfSource

if TYPE_CHECKING:
    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.known.source_spec import SourceSpec


def write_source(spec: SourceSpec, pack: Pack, path: Path) -> Reading:
    """Write the Parquet file of a source for a pack.

    :raises InvalidInput: if its files cannot be read, are not sorted, or have nothing for this pack.
    """
    reading = Reading()
    keys = tuple(field.key.id for field in spec.fields)
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as scratch,
        Gathered(spec.kind, keys, Path(scratch)) as gathered,
    ):
        if spec.kind is Kind.ALLELES:
            VcfSource(spec, pack, gathered, reading).read()
        else:
            read_intervals(spec, pack, gathered, reading)
        _check(spec, reading)
        reading.rows = gathered.write(path, pack.contigs)
    return reading


def _check(spec: SourceSpec, reading: Reading) -> None:
    """A file of another assembly, or with other fields than it should have, is to be found out here."""
    keys = [field.key.id for field in spec.fields]
    if not any(reading.given[key] for key in keys):
        reasons = "; ".join(reading.remarks()) or "nothing was left out"
        raise InvalidInput(
            f"The source {spec.name} has nothing for this pack: {reading.records:,} records give no value "
            f"for {' or '.join(keys)} ({reasons})."
        )
    for field in spec.fields:
        if not reading.given[field.key.id]:
            reading.notes.append(f"{field.key.id} has no value: no record has the field {field.field}")
