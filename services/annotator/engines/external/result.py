"""The result of a program that is not ours, made complete: each record of the input, in its place, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pysam

from services.annotator.engines.external.csq_counts import CsqCounts
from services.annotator.engines.external.input import Prepared
from services.annotator.engines.external.program import ProgramFailed
from services.annotator.printable import printable

_CHROM, _POS, _REF, _ALT = 0, 1, 3, 4

# VEP writes the time of the run. A result that is made twice has to be the same twice.
_TIME = re.compile(rb' time="[^"]*"')


def write_result(path: Path, prepared: Prepared, output: Path, counts: CsqCounts) -> None:
    """Write the records of a program's output as BGZF, with those of the input that it has left out.

    :raises ProgramFailed: if it has added, changed or moved records.
    """
    with output.open("rb") as stream, pysam.BGZFile(str(path), "wb", None) as result:
        lines = (line.rstrip(b"\r\n") for line in stream)
        for line in _header(lines, prepared, scratch=bytes(output.parent)):
            counts.add_header(line)
            result.write(line + b"\n")
        for line, is_answer in _complete(prepared.lines(), lines):
            counts.add(line if is_answer else None)
            result.write(line + b"\n")


def _header(lines: Iterator[bytes], prepared: Prepared, *, scratch: bytes) -> Iterator[bytes]:
    """The header up to the names of the columns, without what is different in every run."""
    given = set(prepared.header.meta)
    for line in lines:
        if line in given:
            yield line
        elif line.startswith(b"##"):
            if scratch not in line:  # The program's own command line, with the paths of this run.
                yield _TIME.sub(b"", line)
        elif line == prepared.header.columns:
            yield line
            return
        else:
            break
    raise ProgramFailed("The program's result has not the columns of its input.")


def _complete(ours: Iterable[bytes], answers: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each record as the program gave it, or as it came if it was left out; and which of both."""
    answer = next(answers, None)
    for line in ours:
        if answer is not None and _site(answer) == _site(line):
            yield answer, True
            answer = next(answers, None)
        else:
            yield line, False
    if answer is not None:
        place = b":".join(answer.split(b"\t", 2)[:2])
        raise ProgramFailed(f"The program's result has a record out of its place: {printable(place)}.")


def _site(line: bytes) -> list[bytes]:
    """What makes a record that record, whatever was done to the case of its letters."""
    columns = line.upper().split(b"\t", _ALT + 1)
    return [columns[place] for place in (_CHROM, _POS, _REF, _ALT) if place < len(columns)]
