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
        "GAS_PACK",
        "reference pack: the name of a built-in one, a folder, or s3://bucket/prefix",
        default="human_mt",
    )
    pack_cache: Path = setting(
        "GAS_PACK_CACHE",
        "folder for packs from S3, which processes may share; on a local disk",
        default=Path("/scratch/packs"),
    )
    pack_cache_mib: int = setting("GAS_PACK_CACHE_MIB", "most MiB of packs in that folder", default=51200)
    engine: str = setting(
        "GAS_ENGINE", "what annotates: built_in, or an installed vep or vepyr", default="built_in"
    )
    engine_workers: int = setting(
        "GAS_ENGINE_WORKERS", "processes that annotate one file; 0: one for each usable core", default=0
    )
    engine_memory_mib: int = setting(
        "GAS_ENGINE_MEMORY_MIB", "most memory of one process of the engine, in MiB", default=8192
    )
    engine_program: str = setting(
        "GAS_ENGINE_PROGRAM", "vep, vepyr: path of the program; else its name on PATH", default=""
    )
    engine_cache: str = setting("GAS_ENGINE_CACHE", "vep, vepyr: folder of the cache", default="")
    engine_gff: str = setting(
        "GAS_ENGINE_GFF", "vep: gene models to use instead of a cache, .gff3.gz with index", default=""
    )
    engine_fasta: str = setting("GAS_ENGINE_FASTA", "vep, vepyr: reference sequence", default="")
    engine_assembly: str = setting(
        "GAS_ENGINE_ASSEMBLY", "vep, vepyr: assembly of cache and sequence", default="GRCh38"
    )
    engine_options: str = setting(
        "GAS_ENGINE_OPTIONS", "vep, vepyr: further options of the program, as on a command line", default=""
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
