"""The HGVS names of the alleles of a block that have any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.allele_rows import KINDS
from services.annotator.annotation.alleles import Kind
from services.annotator.hgvs.gene_models import GeneModels
from services.annotator.hgvs.names import Hgvs, Names, is_mitochondrial

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack
    from services.annotator.pack.reference import Reference

# A change may be shifted along a repeat into an exon: one that is this far away is looked at.
ROOM_BASES = 200

_SNV = KINDS.index(Kind.SNV)

# What VCF section 1.2 reserves in an INFO value, but for the comma between values, and blanks, which
# readers of version 4.2 refuse.
_RESERVED = re.compile("[%;= ]")
_ENCODED = str.maketrans({character: f"%{ord(character):02X}" for character in "%;= "})


class Naming:
    """Names alleles on the gene models of one pack."""

    def __init__(self, pack: Pack, genes: Genes, reference: Reference) -> None:
        self._pack = pack
        self._genes = genes
        self._reference = reference

    def names(
        self, alleles: Alleles, contigs: NDArray[np.int32], positions: NDArray[np.int64]
    ) -> dict[int, Names]:
        """The names of each row that touches an exon, or that is on a mitochondrion.

        :param contigs: for each row the number of its contig in the pack.
        :param positions: for each row POS of its record.
        """
        annotated = np.flatnonzero(alleles.position > 0)
        lengths = pc.binary_length(alleles.ref).to_numpy(zero_copy_only=False)
        ends = positions + lengths - 1
        models = self._models(contigs[annotated], positions[annotated], ends[annotated])
        # What is inserted or deleted may be named where it can be shifted to, an insertion behind its base.
        room = np.where(alleles.kind == _SNV, 0, ROOM_BASES)
        chosen = self._chosen(models, annotated, contigs, positions - room, ends + room)
        take = pa.array(chosen)
        refs, alts = (texts.take(take).to_pylist() for texts in (alleles.ref, alleles.alt))
        rows = (chosen.tolist(), contigs[chosen].tolist(), positions[chosen].tolist(), refs, alts)
        hgvs = Hgvs(models, self._reference)
        return {
            row: hgvs.names(self._pack.contigs[contig], position, ref.decode(), alt.decode())
            for row, contig, position, ref, alt in zip(*rows, strict=True)
        }

    def _models(
        self, contigs: NDArray[np.int32], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> GeneModels:
        """The gene models around some stretches."""
        lines = {}
        for number in np.flatnonzero(np.bincount(contigs)).tolist():
            contig, here = self._pack.contigs[number], contigs == number
            lines[contig.name] = self._genes.around(contig, starts[here], ends[here])
        return GeneModels.of_lines(lines, self._pack.name)

    def _chosen(
        self,
        models: GeneModels,
        annotated: NDArray[np.int64],
        contigs: NDArray[np.int32],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """The rows that touch an exon, or are on a mitochondrion, of those that are annotated."""
        chosen = [np.zeros(0, np.int64)]
        for number in np.flatnonzero(np.bincount(contigs[annotated], minlength=1)).tolist():
            contig = self._pack.contigs[number]
            rows = annotated[contigs[annotated] == number]
            if not is_mitochondrial(contig):
                rows = rows[models.touches_exons(contig.name, starts[rows], ends[rows])]
            chosen.append(rows)
        return np.sort(np.concatenate(chosen))


def joined(names: Iterable[str]) -> str:
    """Names as the value of an INFO key."""
    text = ",".join(names)
    return text.translate(_ENCODED) if _RESERVED.search(text) else text
