"""What the annotator asks of an engine: a path in, paths out, and word of how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.annotator.annotation.mode import Mode
from services.annotator.result.result_files import Outputs


class EngineFailed(Exception):
    """The engine broke on this job or was ended from outside, which counts as one of the job's attempts."""


@dataclass(frozen=True)
class Reached:
    """How far an engine is.

    :ivar records: how many are done.
    :ivar contig: the contig of the last of them, as text of the user's.
    :ivar read: bytes of the stored input that were read; None if the engine does not say.
    """

    records: int = 0
    contig: str = ""
    read: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What an engine has done with a file.

    :ivar records: how many the file has, every one of which is in the result.
    :ivar kept_unannotated: how many of them were kept without annotation.
    """

    records: int
    kept_unannotated: int


@dataclass(frozen=True)
class Capabilities:
    """What an engine gives, as it is set up.

    :ivar info: the INFO keys that it writes.
    :ivar files: which of the `Outputs` it makes, by their names there; always vcf, index, log and summary.
    :ivar assembly: the reference that it annotates against.
    :ivar genome: the name by which users choose that; empty if it has none.
    :ivar modes: how it can look at records, by the names of `services.annotator.annotation.mode`.
    """

    info: tuple[str, ...]
    files: frozenset[str]
    assembly: str
    genome: str = ""
    modes: frozenset[str] = frozenset({Mode.LOCAL})


#: Takes how far an engine is.
Beat = Callable[[Reached], None]


class Engine(Protocol):
    """Annotates one file at a time."""

    @property
    def name(self) -> str:
        """What it is called in the settings and in logs."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be expected of it."""

    def annotate(
        self, source: Path, outputs: Outputs, *, file_name: str, beat: Beat, mode: str = ""
    ) -> Outcome:
        """Annotate a VCF; the outputs are complete, or there is an exception.

        :param file_name: what the user calls the file.
        :param beat: called about once a second, in the caller's own thread. Whatever it raises, or anything
            else raises in that thread, ends every process of the engine before it goes on to the caller.
        :param mode: one of its modes; empty: its usual one.
        :raises InvalidInput: the file can never be annotated.
        :raises EngineFailed: it did not work this time.
        """
