"""Records are annotated in blocks: large enough to pay for a start of the engine, small enough to hold.

Blocks are independent of one another, since no record's annotation depends on another record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.annotation.alleles import Skip
from services.annotator.annotation.annotation import Annotation
from services.annotator.annotation.csq import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from services.annotator.annotation.alleles import Change
    from services.annotator.annotation.csq import Csq
    from services.annotator.annotation.examination import Examined
    from services.annotator.annotation.known import Known, KnownVariants
    from services.annotator.pack.manifest import Contig

# The engine starts in 0.07 s and then calls 600,000 small records a second: at this size the start
# is about half of its time, and the block of a sites-only file takes about 50 MB.
BLOCK_RECORDS = 1 << 15
BLOCK_BYTES = 16 << 20

# For two bytes of ALT the engine may answer with 70, and all answers to a block are held.
BLOCK_ALLELES = 1 << 17


def blocks(examined: Iterable[Examined], most: int = BLOCK_RECORDS) -> Iterator[list[Examined]]:
    """Consecutive records, as many as a block holds; the last block may be smaller.

    :param most: how many records that is.
    """
    block: list[Examined] = []
    size = alleles = 0
    for one in examined:
        block.append(one)
        size += len(one.record.raw)
        alleles += len(one.alleles)
        if len(block) == most or size >= BLOCK_BYTES or alleles >= BLOCK_ALLELES:
            yield block
            block, size, alleles = [], 0, 0
    if block:
        yield block


def annotate_block(block: Sequence[Examined], csq: Csq, known: KnownVariants) -> Iterator[Annotation]:
    """The annotation of each record of a block, in its order."""
    asked = [one for one in block if one.skip is None]
    answers = iter(csq.consequences([_query(one) for one in asked]))
    facts = _facts(asked, known)
    for one in block:
        if one.skip:
            yield Annotation(one, one.skip, b"", ())
        elif (bcsq := next(answers)) is None:
            yield Annotation(one, Skip.ENGINE_REFUSED, b"", ())
        else:
            yield Annotation(one, None, bcsq, _known(one, facts))


def _query(one: Examined) -> Query:
    assert one.contig is not None
    alts = tuple(allele.alt for allele in one.alleles if allele.skip is None)
    return Query(one.contig, one.record.position, one.ref, alts)


def _facts(asked: Iterable[Examined], known: KnownVariants) -> dict[str, dict[Change, Known]]:
    """What is known of the alleles of a block, by contig and change."""
    wanted: dict[Contig, set[Change]] = {}
    for one in asked:
        if one.contig is not None:
            changes = (allele.change for allele in one.alleles if allele.change)
            wanted.setdefault(one.contig, set()).update(changes)
    return {contig.name: known.look_up(contig, changes) for contig, changes in wanted.items()}


def _known(one: Examined, facts: dict[str, dict[Change, Known]]) -> tuple[Known | None, ...]:
    assert one.contig is not None
    found = facts[one.contig.name]
    return tuple(found.get(allele.change) if allele.change else None for allele in one.alleles)
