"""Stands for the engine in a life: at once, and the same files from the same input."""

from __future__ import annotations

import hashlib
from pathlib import Path

from services.annotator.engines.engine import Capabilities, Outcome


def quick_annotate(source: Path, outputs, *, file_name: str, beat):
    """Stands for the engine, which has its own tests: deterministic files from the input."""
    data = source.read_bytes()
    outputs.vcf.write_bytes(b"annotated " + data)
    outputs.index.write_bytes(b"index " + hashlib.sha256(data).digest())
    outputs.log.write_text(f"log of {file_name}")
    outputs.summary.write_text("{}")
    return Outcome(records=1, kept_unannotated=0)


class QuickEngine:
    """An engine whose work a test may replace."""

    name = "quick"
    capabilities = Capabilities(info=(), files=frozenset({"vcf", "index", "log", "summary"}), assembly="")

    def __init__(self, world) -> None:
        self._world = world

    def annotate(self, source: Path, outputs, *, file_name: str, beat, mode: str = ""):
        return self._world.annotate(source, outputs, file_name=file_name, beat=beat)
