"""What the user is told about a file as a whole, besides its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gas.errors import InvalidInput
from services.annotator.annotation.alleles import Skip
from services.annotator.annotation.assembly import guess_assembly
from services.annotator.annotation.mode import Mode
from services.annotator.printable import counted, printable
from services.annotator.result.report import FIRST_RECORDS
from services.annotator.result.result_header import annotated_before, has_marks, loses_marks
from services.annotator.vcf.rules.remark import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.annotator.pack.pack import Pack
    from services.annotator.result.report import Counts
    from services.annotator.result.totals import Findings
    from services.annotator.vcf.header import Header

# Contigs of a file that are named in a message when the pack has none of them.
MAX_CONTIGS_NAMED = 5

# Rules that readers such as bcftools insist on.
_UNREADABLE = (Rule.GENOTYPE, Rule.SAMPLE_SYNTAX)

# A file that disagrees with the reference bases in this share of its records is of another assembly;
# with fewer records than the second number chance is too large, and all of them have to disagree.
MISMATCHED_SHARE = 0.5
MIN_COMPARED = 10

# From as many records on, a file that disagrees so often is refused: no caller makes so many mistakes.
MIN_CERTAIN = 200


def check_contigs(counts: Counts, pack: Pack) -> None:
    """A file of which nothing is on the reference is a mistake, not an empty result.

    :raises InvalidInput: naming the contigs of the file and of the pack.
    """
    if counts.records and not counts.on_contigs:
        named = ", ".join(printable(name) for name in [*counts.contigs][:MAX_CONTIGS_NAMED])
        more = " and others" if len(counts.contigs) > MAX_CONTIGS_NAMED else ""
        ours = ", ".join(contig.name for contig in pack.contigs[:MAX_CONTIGS_NAMED])
        raise InvalidInput(
            f"No record is on a contig of the reference: the file has {named}{more}, {pack.title} has {ours}."
        )


def check_assembly(header: Header, pack: Pack, counts: Counts, *, is_whole: bool) -> None:
    """A file of another assembly is refused before more than its first records are annotated.

    :param is_whole: whether no record follows.
    :raises InvalidInput: if most of the reference bases disagree.
    """
    compared, mismatched = counts.first_compared, counts.first_mismatched
    is_enough = is_whole or counts.records >= FIRST_RECORDS
    if not is_enough or compared < MIN_CERTAIN or mismatched <= compared * MISMATCHED_SHARE:
        return
    guess = guess_assembly(header.contigs)
    lengths = f" By the lengths of its contigs it is {guess}." if guess else ""
    raise InvalidInput(
        f"The file is of another assembly than {pack.assembly}: {mismatched / compared:.0%} of its "
        f"first {compared:,} records have other reference bases.{lengths} "
        "Choose the genome that it was called on."
    )


def warnings(header: Header, pack: Pack, counts: Counts, findings: Findings) -> Iterator[str]:
    """What makes the result doubtful although it is complete."""
    for remark in findings.first:
        if remark.rule in _UNREADABLE:
            yield f"{remark} Other tools may not read the samples; the file was annotated all the same."
            break
    mismatched = counts.skip_reasons[Skip.REFERENCE_MISMATCH]
    if looks_foreign(mismatched, counts.compared):
        yield (
            f"The file looks like another assembly: {mismatched:,} of {counts.compared:,} records have "
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


def notes(header: Header, counts: Counts, mode: Mode = Mode.LOCAL) -> Iterator[str]:
    """What was changed besides the annotation."""
    if annotated_before(header):
        yield "The file was annotated here before; the earlier annotation was replaced."
    if counts.replaced:
        records = counted(counts.replaced, "record")
        yield f"{records} had INFO keys of the names used here; their values were replaced."
    if has_marks(header) and loses_marks(header, mode):
        yield "The samples had the FORMAT field BCSQ of an earlier annotation; it was removed."
    elif has_marks(header):
        yield (
            "The samples keep the FORMAT field BCSQ of an earlier annotation; "
            "it does not belong to the consequences in INFO."
        )
