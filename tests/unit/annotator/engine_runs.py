"""An engine that does what its input says, and one run of it."""

from __future__ import annotations

import sys
from pathlib import Path

from services.annotator.engines.command_engine import CommandEngine
from services.annotator.engines.engine import Capabilities, Outcome, Reached
from services.annotator.result.result_files import Outputs, result_names
from tests import engine_stand_in

MEMORY = 3 << 30


def stand_in(**changes) -> CommandEngine:
    """An engine that does what its input says."""
    settings = {
        "name": "stand_in",
        "capabilities": Capabilities(("X",), frozenset({"vcf", "index", "log", "summary"}), "GRCh38"),
        "program": (sys.executable, engine_stand_in.__file__),
        "seconds_per_megabyte": 1.0,
        "memory_bytes": MEMORY,
    }
    return CommandEngine(**{**settings, **changes})


class Run:
    """One file, annotated by a stand-in, and what was heard of it."""

    def __init__(self, folder: Path, told: str) -> None:
        self.source = folder / "input"
        self.source.write_text(told + "\n")
        self.outputs = Outputs(**{key: folder / name for key, name in vars(result_names("-x.vcf")).items()})
        self.heard: list[Reached] = []

    def annotate(self, engine: CommandEngine | None = None, beat=None) -> Outcome:
        engine = engine or stand_in()
        beat = beat or self.heard.append
        return engine.annotate(self.source, self.outputs, file_name="-x.vcf", beat=beat)
