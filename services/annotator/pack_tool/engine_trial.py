"""The engine tried on gene models, with one change of one base."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from services.annotator.pack.reference import Reference
from services.annotator.pack_tool.contigs import STANDARD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.annotator.pack.manifest import Contig
    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.genes.gene_models import Span, Transcript

# Gene models of a whole genome are loaded in 1.4 s.
SECONDS = 120

# In a process of its own, which the engine may crash.
_PROGRAM = "import sys, pysam.bcftools as engine; engine.csq(*sys.argv[1:], catch_stdout=False)"

_OTHER_BASE = {"A": "G", "G": "A", "C": "T", "T": "C"}


def try_slice(pack: Pack, contig: Contig, transcripts: Sequence[Transcript]) -> str | None:
    """What is wrong with the gene models of a contig in the eyes of the engine; None if it takes them.

    A base within a coding sequence is changed, or within an exon if nothing codes.
    """
    spans = [span for transcript in transcripts for span in transcript.cds]
    spans = spans or [span for transcript in transcripts for span in transcript.exons]
    position, ref = _base(pack, contig, spans)
    if not ref:
        return None
    site = f"{contig.name}\t{position}\t.\t{ref}\t{_OTHER_BASE[ref]}\t.\t.\t.\n"
    try:
        done = subprocess.run(  # noqa: S603 (fixed program; the arguments are the pack's own files)
            [sys.executable, "-I", "-c", _PROGRAM, *_arguments(pack, contig)],
            input=f"{_header(contig)}{site}".encode(),
            capture_output=True,
            env={"LC_ALL": "C"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the engine did not finish within {SECONDS} s"
    if done.returncode:
        return f"the engine does not read them: {_reason(done)}"
    if b"BCSQ=" not in done.stdout:
        return (
            f"the engine finds no consequence of {contig.name}:{position} {ref}>{_OTHER_BASE[ref]} in a gene"
        )
    return None


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """What the engine says, out of what Python says about it; it says nothing if it crashed."""
    said = " ".join(done.stderr.decode("utf-8", "replace").split()).rpartition("stderr=")[2]
    return said[-300:].strip(" '") or f"it ended with status {done.returncode}"


def _base(pack: Pack, contig: Contig, spans: Sequence[Span]) -> tuple[int, str]:
    """The first base of a span that is a base and not an IUPAC code; none if there is no such span."""
    reference = Reference(pack)
    bases = ((span.start, reference.bases(contig, span.start, 1)) for span in spans)
    return next(((position, base) for position, base in bases if base in _OTHER_BASE), (0, ""))


def _arguments(pack: Pack, contig: Contig) -> list[str]:
    code = 0 if contig.genetic_code == STANDARD else contig.genetic_code
    return [
        *("--fasta-ref", str(pack.path(pack.reference))),
        *("--gff-annot", str(pack.path(contig.genes or ""))),
        *("--genetic-code", str(code)),
        *("--local-csq", "--force", "--no-version", "--verbosity", "0", "--output-type", "v", "-"),
    ]


def _header(contig: Contig) -> str:
    return (
        f"##fileformat=VCFv4.2\n##contig=<ID={contig.name},length={contig.length}>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    )
