"""Blocks between which no gene lies: what is called on haplotypes is called with all of its gene at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gas.errors import InvalidInput
from services.annotator.printable import printable
from services.annotator.vcf.columns import Broken, Columns
from services.annotator.vcf.records import REF
from services.annotator.vcf.text import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from services.annotator.pack.genes import Genes
    from services.annotator.pack.pack import Pack

# With as much text of 2,504 samples a worker takes 800 MB, and the process that reads the file 400 MB.
MAX_STRETCH_BYTES = 32_000_000


class GeneBlocks:
    """Cuts text where no cluster of overlapping genes has a record on both sides."""

    def __init__(self, pack: Pack, genes: Genes, width: int) -> None:
        self._pack = pack
        self._genes = genes
        self._width = width
        self._contig = b""
        self._reach = 0
        self._first = (b"", 0)

    def regroup(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The same lines in blocks of about the same size, or larger where there is no place to cut.

        :raises InvalidInput: where there is none for too long.
        """
        waiting: list[Block] = []
        try:
            for block in blocks:
                cut = self._last_cut(block)
                if cut is None:
                    waiting.append(block)
                    self._check(waiting)
                    continue
                head, tail = _split(block, cut)
                if waiting or head.text:
                    yield _joined([*waiting, head])
                waiting = [tail] if tail.text else []
        except InvalidInput:
            # What is wrong further up in the file counts first.
            if waiting:
                yield _joined(waiting)
            raise
        if waiting:
            yield _joined(waiting)

    def _last_cut(self, block: Block) -> int | None:
        """How many records of a block come before the last place where it can be cut, if there is one."""
        try:
            columns = Columns(block, self._width)
            positions = columns.positions
        except Broken:
            return block.text.count(b"\n")  # It is refused by whoever takes a closer look.
        cuts = np.concatenate([self._cuts(columns, positions, *run) for run in columns.runs])
        places = np.flatnonzero(cuts)
        if not len(places):
            return None
        last = int(places[-1])
        self._first = next(
            (name, int(positions[last])) for name, first, end in columns.runs if first <= last < end
        )
        return last

    def _cuts(
        self, columns: Columns, positions: NDArray[np.int64], name: bytes, first: int, last: int
    ) -> NDArray[np.bool_]:
        """Before which records of a run on one contig the text can be cut."""
        here = positions[first:last]
        # The engine looks one base further than REF, for what is inserted there.
        reach = here + (columns.ends(REF) - columns.starts(REF))[first:last]
        before = self._reach if name == self._contig else -1
        self._contig, self._reach = name, max(before, int(reach.max()))
        contig = self._pack.contig_names.get(name)
        return self._genes.are_apart(contig, here, reach, before) if contig else np.ones(len(here), bool)

    def _check(self, waiting: list[Block]) -> None:
        if sum(len(block.text) for block in waiting) > MAX_STRETCH_BYTES:
            name, position = self._first
            line = waiting[0].line
            waiting.clear()
            raise InvalidInput(
                f"The genes from {printable(name)}:{position} to {self._reach} and beyond overlap, and their "
                f"records have more than {MAX_STRETCH_BYTES / 1e6:.0f} MB of text, which is more than can be "
                "annotated haplotype-aware: annotate the file without haplotypes.",
                line=line,
            )


def _split(block: Block, records: int) -> tuple[Block, Block]:
    """A block up to a record, and the rest."""
    ends = np.flatnonzero(np.frombuffer(block.text, np.uint8) == ord("\n"))
    place = int(ends[records - 1]) + 1 if records else 0
    return Block(block.line, block.text[:place]), Block(block.line + records, block.text[place:])


def _joined(blocks: list[Block]) -> Block:
    return Block(blocks[0].line, b"".join(block.text for block in blocks))
