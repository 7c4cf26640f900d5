"""What the user is told about a file as a whole, besides its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.annotation.alleles import Skip
from services.annotator.printable import counted, printable
from services.annotator.result.result_header import annotated_before, keeps_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.annotator.pack.pack import Pack
    from services.annotator.result.tally import Tally
    from services.annotator.vcf.header import Header

# Contigs of a file that are named in a message when the pack has none of them.
MAX_CONTIGS_NAMED = 5

# A file that disagrees with the reference bases in this share of its records is of another assembly;
# with fewer records than the second number chance is too large, and all of them have to disagree.
MISMATCHED_SHARE = 0.5
MIN_COMPARED = 10


def check_contigs(tally: Tally, pack: Pack) -> None:
    """A file of which nothing is on the reference is a mistake, not an empty result.

    :raises InvalidInput: naming the contigs of the file and of the pack.
    """
    if tally.counts.records and not tally.on_contigs:
        named = ", ".join(printable(name) for name in [*tally.contigs][:MAX_CONTIGS_NAMED])
        more = " and others" if len(tally.contigs) > MAX_CONTIGS_NAMED else ""
        ours = ", ".join(contig.name for contig in pack.contigs[:MAX_CONTIGS_NAMED])
        raise InvalidInput(
            f"No record is on a contig of the reference: the file has {named}{more}, {pack.title} has {ours}."
        )


def warnings(header: Header, pack: Pack, tally: Tally) -> Iterator[str]:
    """What makes the result doubtful although it is complete."""
    mismatched = tally.counts.skip_reasons[Skip.REFERENCE_MISMATCH]
    if looks_foreign(mismatched, tally.compared):
        yield (
            f"The file looks like another assembly: {mismatched:,} of {tally.compared:,} records have "
            f"other reference bases than {pack.assembly}."
        )
    for name, length in header.contigs.items():
        contig = pack.contig_names.get(name)
        if contig and length not in {None, contig.length}:
            yield (
                f"The header says that {printable(name)} has {length:,} bases, but it has {contig.length:,} "
                f"in {pack.assembly}: the file may be of another assembly."
            )


def looks_foreign(mismatched: int, compared: int) -> bool:
    """Whether so many records disagree with the reference bases that it is the wrong reference."""
    if compared < MIN_COMPARED:
        return 0 < mismatched == compared
    return mismatched > compared * MISMATCHED_SHARE


def notes(header: Header, tally: Tally) -> Iterator[str]:
    """What was changed besides the annotation."""
    if annotated_before(header):
        yield "The file was annotated here before; the earlier annotation was replaced."
    if tally.replaced:
        records = counted(tally.replaced, "record")
        yield f"{records} had INFO keys of the names used here; their values were replaced."
    if keeps_calls(header):
        yield (
            "The samples keep the FORMAT field BCSQ of an earlier annotation; "
            "it does not belong to the consequences in INFO."
        )
