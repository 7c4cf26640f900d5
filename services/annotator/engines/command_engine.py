"""An engine that is a command, and what its command line, output and exit status mean.

::

    <program> SOURCE RESULT --file-name=NAME --progress <options>

writes the result to RESULT, and index, log, summary and whatever else it makes beside it, under the names
of `result_names`. While it works it says on standard output how far it is, as one JSON object to a line and
at most once a second: ``{"records": 123456, "contig": "20", "bytes": 52428800}``, where the bytes are those
of SOURCE and may be left out. Its exit status is 0 once the result is complete; 2 for a file that can never
be annotated, with the sentence for the user as last line of standard error; anything else is its failure.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gas.errors import InvalidInput
from services.annotator.engines.engine import Beat, Capabilities, EngineFailed, Outcome, Reached
from services.annotator.engines.group_leader import SIGNALLED
from services.annotator.engines.process_group import Command, Ended, run_group
from services.annotator.printable import MAX_CHARACTERS
from services.annotator.result.result_files import Outputs

#: Where the packages of the service are, for an engine that is one of its modules.
ROOT = Path(__file__).parents[3]

#: What every engine may take besides the time that grows with its input: gene models are loaded in seconds, a
#: cold disk or a busy machine may make minutes of it.
START_SECONDS = 600.0

#: What an engine may write into one file: a small file, and for each byte of the stored input as much text as
#: 1 kB of wide records expands to (25-fold), four times over for what is added to them.
FILE_BYTES = 1 << 30
FILE_FACTOR = 100

EXIT_INVALID_INPUT = 2

#: A sentence is far shorter; a line without end is not to fill the job's record.
MAX_SENTENCE = 2_000

NO_REASON = "The engine refused the file without giving a reason."


@dataclass(frozen=True, kw_only=True)
class CommandEngine:
    """A `services.annotator.engines.engine.Engine` that runs a command for each file.

    :ivar program: the front of the command.
    :ivar options: the end of it.
    :ivar mode_options: further options in a mode, for those modes that need any.
    :ivar environment: what it needs besides a search path, a locale and a place for temporary files.
    :ivar seconds_per_megabyte: how long it may take for each 10^6 bytes of the stored input.
    :ivar memory_bytes: the most memory of one of its processes.
    """

    name: str
    capabilities: Capabilities
    program: tuple[str, ...]
    options: tuple[str, ...] = ()
    mode_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds_per_megabyte: float
    memory_bytes: int

    def annotate(
        self, source: Path, outputs: Outputs, *, file_name: str, beat: Beat, mode: str = ""
    ) -> Outcome:
        """See `services.annotator.engines.engine.Engine`."""
        latest = _Latest()
        command = self._command(source, outputs, file_name, mode)
        ended = run_group(command, on_line=latest.read, beat=lambda: beat(latest.reached))
        if ended.status:
            raise self._failure(ended)
        return self._outcome(outputs)

    def _command(self, source: Path, outputs: Outputs, file_name: str, mode: str = "") -> Command:
        folder = outputs.vcf.parent.resolve()
        size = source.stat().st_size
        paths = (str(source.resolve()), str(folder / outputs.vcf.name))
        # The user's name for a file may begin with a dash, so that it is never an argument of its own.
        told = (f"--file-name={file_name}", "--progress")
        return Command(
            arguments=(*self.program, *paths, *told, *self.options, *self.mode_options.get(mode, ())),
            environment={
                "PATH": os.defpath,
                "LC_ALL": "C",
                "HOME": str(folder),
                "TMPDIR": str(folder),
                **self.environment,
            },
            folder=folder,
            memory_bytes=self.memory_bytes,
            file_bytes=FILE_BYTES + FILE_FACTOR * size,
            seconds=START_SECONDS + self.seconds_per_megabyte * size / 1e6,
        )

    def _failure(self, ended: Ended) -> InvalidInput | EngineFailed:
        if ended.status == EXIT_INVALID_INPUT:
            sentence = ended.errors.rpartition("\n")[2].strip()
            return InvalidInput(sentence[:MAX_SENTENCE] or NO_REASON)
        return EngineFailed(f"{self.name} {_how(ended.status)}: {ended.errors}")

    def _outcome(self, outputs: Outputs) -> Outcome:
        missing = [name for name in self.capabilities.files if not getattr(outputs, name).is_file()]
        if missing:
            raise EngineFailed(f"{self.name} did not write {', '.join(sorted(missing))}")
        try:
            records = json.loads(outputs.summary.read_bytes())["records"]
            return Outcome(int(records["read"]), int(records["kept_unannotated"]))
        except (ValueError, TypeError, KeyError) as error:
            raise EngineFailed(f"{self.name} wrote a summary without the counts: {error!r}") from error


def _how(status: int) -> str:
    if status > SIGNALLED:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(status - SIGNALLED).name}"
    return f"ended with status {status}"


class _Latest:
    """The last that an engine has said of how far it is."""

    def __init__(self) -> None:
        self.reached = Reached()

    def read(self, line: bytes) -> None:
        """Take a line of its output; what says nothing of that is passed over."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return
        if isinstance(said, dict) and _is_count(said.get("records")):
            contig, read = said.get("contig"), said.get("bytes")
            self.reached = Reached(
                records=said["records"],
                contig=str(contig or "")[:MAX_CHARACTERS],
                read=read if _is_count(read) else None,
            )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
