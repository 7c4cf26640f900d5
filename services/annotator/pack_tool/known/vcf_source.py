"""A source of alleles: VCF files into sorted rows of normal forms with their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gas.errors import InvalidInput
from services.annotator.pack.reference import Reference
from services.annotator.pack_tool.known.alleles import Alleles, read_alleles
from services.annotator.pack_tool.known.reading import UNKNOWN_CONTIG
from services.annotator.pack_tool.known.sorting import Window
from services.annotator.pack_tool.known.source_spec import ID_COLUMN
from services.annotator.pack_tool.known.values import constant, info_field, of_alleles, values
from services.annotator.pack_tool.known.vcf_tables import Records, read_vcf

if TYPE_CHECKING:
    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.known.parquet_files import Gathered
    from services.annotator.pack_tool.known.reading import Reading
    from services.annotator.pack_tool.known.source_spec import Field, SourceSpec


class VcfSource:
    """Reads the files of a source, which may each have some of the contigs."""

    def __init__(self, spec: SourceSpec, pack: Pack, gathered: Gathered, reading: Reading) -> None:
        self._spec = spec
        self._contigs = pack.contig_names
        self._reference = Reference(pack)
        self._gathered = gathered
        self._reading = reading
        self._window = Window()
        self._name = ""
        self._contig: Contig | None = None
        self._begun: set[Contig] = set()

    def read(self) -> None:
        """Gather the rows of all files.

        :raises InvalidInput: if one is not VCF or not sorted, or a contig comes twice.
        """
        for path in self._spec.files:
            for records in read_vcf(path):
                self._add(records)
            self._end_contig()

    def _add(self, records: Records) -> None:
        reading, table = self._reading, records.table
        reading.records += table.num_rows
        if records.contig != self._name:
            self._end_contig()
            self._begin_contig(records.contig)
        contig = self._contig
        if contig is None:
            reading.leave_out(UNKNOWN_CONTIG, records.contig, table.num_rows)
            return
        alleles = read_alleles(table, contig, self._reference, reading)
        last = table["POS"][-1].as_py()
        self._gather(contig, self._window.add(self._rows(table, alleles), last))

    def _begin_contig(self, name: str) -> None:
        self._name, self._contig = name, self._contigs.get(name.encode())
        if self._contig in self._begun:
            raise InvalidInput(
                f"The source {self._spec.name} has the contig {self._contig.name} twice; merge its parts, as "
                "with `bcftools concat --allow-overlaps`."
            )
        if self._contig:
            self._begun.add(self._contig)

    def _end_contig(self) -> None:
        rows = self._window.finish()
        if self._contig is not None and rows is not None:
            self._gather(self._contig, rows)
        self._name, self._contig = "", None

    def _gather(self, contig: Contig, rows: pa.Table) -> None:
        self._reading.count_values(rows)
        self._gathered.add(contig, rows)

    def _rows(self, table: pa.Table, alleles: Alleles) -> pa.Table:
        places = [pa.array(alleles.positions, pa.int32()), alleles.refs, alleles.alts]
        columns = [self._column(field, table, alleles) for field in self._spec.fields]
        rows = pa.table(places + columns, schema=self._gathered.rows_schema)
        return rows.take(pa.array(alleles.order()))

    def _column(self, field: Field, table: pa.Table, alleles: Alleles) -> Any:
        if field.field is None:
            return constant(field.constant, len(alleles.rows))
        if field.field == ID_COLUMN:
            texts = table["ID"].combine_chunks()
        else:
            texts = info_field(table["INFO"].combine_chunks(), field.field)
        own = of_alleles(texts, alleles.rows, alleles.indices, per_allele=field.per_allele)
        return values(field, own, self._reading)
