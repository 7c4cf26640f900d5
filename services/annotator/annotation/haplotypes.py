"""The answers to a block that is called on the haplotypes of its samples."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import NONE
from services.annotator.annotation.compounds import Answer, Compounds
from services.annotator.annotation.haplotype_csq import HaplotypeCsq
from services.annotator.vcf.genotype_counts import have_genotypes
from services.annotator.vcf.genotype_texts import genotype_places, joined_rows, texts_at
from services.annotator.vcf.phase import check_phase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.annotation.queries import Queries
    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack
    from services.annotator.vcf.columns import Columns
    from services.annotator.vcf.header import Header

_ALLELE = re.compile(rb"\d+")
_REFERENCE = b"0"

# Answers of several records at once: those with a pointer, and those with several changes.
_COMPOUND = r"(^|,)@|\+[0-9]"


class HaplotypeAnswers(NamedTuple):
    """What the engine says to a block.

    :ivar texts: the BCSQ value of each query: empty outside all genes, null where the engine refused.
    :ivar meanings: for those with pointers, the value with what these mean in their place, else null.
    :ivar marks: for each record of the block which of the consequences each sample has, or null.
    """

    texts: pa.BinaryArray
    meanings: pa.BinaryArray
    marks: pa.BinaryArray


class Haplotypes:
    """Calls blocks on the haplotypes of their samples."""

    def __init__(self, pack: Pack, genes: Genes, scratch: Path, header: Header) -> None:
        self._pack = pack
        self._header = header
        self._csq = HaplotypeCsq(pack, genes, scratch, header.samples)

    def start(self) -> None:
        """Start the process that the engine's are forks of."""
        self._csq.start()

    def answers(self, columns: Columns, alleles: Alleles) -> HaplotypeAnswers:
        """The answers to the queries of a block.

        :raises InvalidInput: at the first genotype that is not phased.
        """
        check_phase(columns, self._header, alleles.allele_counts)
        queries = replace(alleles.queries, genotypes=self._genotypes(columns, alleles))
        stretches = self._stretches(columns)[_runs(columns, alleles.asked)]
        answers = self._ask(queries, stretches)
        parts = pc.split_pattern(answers, b"\t", max_splits=1)
        texts, meanings = _understood(queries, stretches, answers, pc.list_element(parts, 0))
        return HaplotypeAnswers(texts, meanings, _marks(columns, alleles, parts))

    def _genotypes(self, columns: Columns, alleles: Alleles) -> pa.BinaryArray:
        """The genotypes that the engine gets; where a record has no GT, all of them are missing."""
        asked = alleles.asked
        having = have_genotypes(columns)[asked]
        cells = texts_at(columns, genotype_places(columns, self._header.samples, asked[having]))
        rows = joined_rows(cells, self._header.samples)
        missing = pa.array([b"\t".join([b"."] * self._header.samples)], pa.binary())
        places = np.where(having, np.cumsum(having) - 1, len(rows))
        genotypes = pa.concat_arrays([rows, missing]).take(pa.array(places))
        return _renumbered(genotypes, alleles)

    def _stretches(self, columns: Columns) -> NDArray[np.int64]:
        """For each run of records on one contig how many there were before under other names of it."""
        seen: Counter[str | None] = Counter()
        ranks = []
        for name, _, _ in columns.runs:
            contig = self._pack.contig_names.get(name)
            key = contig.name if contig else None
            ranks.append(seen[key])
            seen[key] += 1
        return np.array(ranks, np.int64)

    def _ask(self, queries: Queries, stretches: NDArray[np.int64]) -> pa.BinaryArray:
        """Ask the engine, about each name of a sequence by itself, of which it would make one haplotype."""
        parts = [np.flatnonzero(stretches == stretch) for stretch in np.unique(stretches)]
        if len(parts) <= 1:
            return self._csq.consequences(queries)
        answers = pa.concat_arrays([self._csq.consequences(queries.take(part)) for part in parts])
        return answers.take(pa.array(np.argsort(np.concatenate(parts), kind="stable")))


def _runs(columns: Columns, records: NDArray[np.int64]) -> NDArray[np.int64]:
    """The run on one contig that each of some records is in."""
    firsts = [first for _, first, _ in columns.runs]
    return np.searchsorted(firsts, records, side="right") - 1


def _renumbered(genotypes: pa.BinaryArray, alleles: Alleles) -> pa.BinaryArray:
    """Genotypes by the alleles that the engine is asked about; what it is not counts as the reference."""
    shared = (alleles.allele_counts > 1)[alleles.record] & (alleles.skip != NONE)
    places = np.flatnonzero(np.isin(alleles.asked, alleles.record[shared]))
    if not len(places):
        return genotypes
    texts = genotypes.take(pa.array(places)).to_pylist()
    new = [
        _with_numbers(text, alleles, record)
        for text, record in zip(texts, alleles.asked[places].tolist(), strict=True)
    ]
    mask = np.zeros(len(genotypes), bool)
    mask[places] = True
    return pc.replace_with_mask(genotypes, pa.array(mask), pa.array(new, pa.binary()))


def _with_numbers(text: bytes, alleles: Alleles, record: int) -> bytes:
    first, last = np.searchsorted(alleles.record, [record, record + 1]).tolist()
    asked = (alleles.skip[first:last] == NONE).tolist()
    numbers = {_REFERENCE: _REFERENCE}
    for number, is_asked in enumerate(asked, 1):
        numbers[b"%d" % number] = b"%d" % sum(asked[:number]) if is_asked else _REFERENCE
    return _ALLELE.sub(lambda match: numbers.get(match[0].lstrip(b"0") or b"0", _REFERENCE), text)


def _understood(
    queries: Queries, stretches: NDArray[np.int64], answers: pa.BinaryArray, texts: pa.BinaryArray
) -> tuple[pa.BinaryArray, pa.BinaryArray]:
    """The BCSQ values with pointers that are right, and what these mean."""
    mask = pc.fill_null(pc.match_substring_regex(texts, _COMPOUND), fill_value=False)
    places = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    given = [
        _answer(queries, stretches, place, answer)
        for place, answer in zip(places.tolist(), answers.take(pa.array(places)).to_pylist(), strict=True)
    ]
    compounds = Compounds(given)
    right = [compounds.with_right_pointers(answer) for answer in given]
    meant = [compounds.meaning(answer) for answer in right]
    values = pa.array([",".join(answer.entries).encode() for answer in right], pa.binary())
    meanings = pa.array([",".join(entries).encode() for entries in meant], pa.binary())
    none = pa.nulls(len(texts), pa.binary())
    return pc.replace_with_mask(texts, mask, values), pc.replace_with_mask(none, mask, meanings)


def _answer(queries: Queries, stretches: NDArray[np.int64], place: int, answer: bytes) -> Answer:
    value, *marks = answer.decode("latin-1").split("\t")
    return Answer(
        number=place,
        stretch=int(stretches[place]) << 32 | int(queries.contigs[place]),
        position=int(queries.positions[place]),
        ref=queries.refs[place].as_py().decode(),
        alts=queries.alts[place].as_py().decode().split(","),
        entries=value.split(","),
        marks=marks,
    )


def _marks(columns: Columns, alleles: Alleles, parts: pa.ListArray) -> pa.BinaryArray:
    """The marks of each record of the block, null where there are none."""
    given = pc.greater(pc.list_value_length(parts), 1)
    marked = parts.filter(given)
    marks = pc.list_element(marked, 1) if len(marked) else pa.array([], pa.binary())
    records = alleles.asked[pc.fill_null(given, fill_value=False).to_numpy(zero_copy_only=False)]
    places = np.full(columns.size, -1)
    places[records] = np.arange(len(records))
    return marks.take(pa.array(np.maximum(places, 0), mask=places < 0))
