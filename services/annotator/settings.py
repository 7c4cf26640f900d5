"""What the annotator can be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gas.settings import setting
from gas.worker_settings import WorkerSettings


@dataclass(frozen=True, kw_only=True)
class AnnotatorSettings(WorkerSettings):
    """The settings of the annotator."""

    inputs_bucket: str = setting("GAS_INPUTS_BUCKET", "S3 bucket of the inputs")
    pack: str = setting(
        "GAS_PACK", "reference pack: the name of a built-in one or a folder", default="human_mt"
    )
    scratch: Path = setting(
        "GAS_SCRATCH",
        "folder for the files of the job in hand; belongs to one process, which empties it at start",
        default=Path("/scratch"),
    )
    lease_seconds: float = setting(
        "GAS_LEASE_SECONDS",
        "after a worker died, another may take its job over this much later",
        default=90.0,
    )
