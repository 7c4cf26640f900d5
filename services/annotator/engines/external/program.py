"""Runs a program that annotates a VCF, and tells from its growing output how far it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# The service asks for word once a second.
LOOK_SECONDS = 1.0

_PIECE_BYTES = 1 << 20


class ProgramFailed(Exception):
    """The program ended badly or wrote something else than the annotated input."""


def run_program(program: Sequence[str], source: Path, output: Path, *, tell_progress: bool) -> None:
    """Run a program, which reads ``source`` and writes ``output``, to its end.

    :param program: its command line, with ``{input}`` and ``{output}`` in the places of the paths.
    :raises ProgramFailed: unless it says that it succeeded.
    """
    paths = {"{input}": str(source), "{output}": str(output)}
    command = [paths.get(argument, argument) for argument in program]
    growing = GrowingVcf(output)
    # Standard output is ours to tell the progress on; what the program says there goes with its errors.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno()) as process:  # noqa: S603
        while not _ended(process):
            growing.look()
            if tell_progress:
                said = {"records": growing.records, "contig": growing.contig}
                sys.stdout.write(json.dumps(said) + "\n")
                sys.stdout.flush()
    if process.returncode:
        raise ProgramFailed(f"{Path(command[0]).name} ended with status {process.returncode}.")
    if not output.is_file():
        raise ProgramFailed(f"{Path(command[0]).name} wrote no result.")


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


class GrowingVcf:
    """A VCF in plain text that is being written.

    :ivar records: how many there were when it was last looked at.
    :ivar contig: the contig of the last of them.
    """

    def __init__(self, path: Path) -> None:
        self.records = 0
        self.contig = ""
        self._path = path
        self._offset = 0

    def look(self) -> None:
        """Read what was added since the last look, up to the last complete line."""
        if not self._path.exists():
            return
        with self._path.open("rb") as stream:
            stream.seek(self._offset)
            begun = b""
            while piece := stream.read(_PIECE_BYTES):
                *lines, begun = (begun + piece).split(b"\n")
                self._count([line for line in lines if not line.startswith(b"#")])
            self._offset = stream.tell() - len(begun)

    def _count(self, records: list[bytes]) -> None:
        self.records += len(records)
        if records:
            self.contig = records[-1].partition(b"\t")[0].decode("utf-8", "replace")
