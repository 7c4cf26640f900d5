"""The engine of this project: ``services.annotator.annotate`` with a pack."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields

from gas.storage_ports import ObjectStore
from services.annotator.annotation.info import OwnKeys
from services.annotator.annotation.mode import Mode
from services.annotator.engines.command_engine import ROOT, CommandEngine
from services.annotator.engines.engine import Capabilities
from services.annotator.engines.workers import workers
from services.annotator.pack.pack import Pack, find_pack, load_pack, verify_pack
from services.annotator.pack.pack_address import pack_address
from services.annotator.pack.pack_cache import PackCache
from services.annotator.result.result_files import Outputs
from services.annotator.settings import AnnotatorSettings

#: It reads more than 20 MB of text a second on one core, and a megabyte expands to 25 MB of text at most, so
#: that this is eight times the time it takes on the slowest machine.
SECONDS_PER_MEGABYTE = 10.0


#: Opens a bucket by its name.
Buckets = Callable[[str], ObjectStore]


def built_in_engine(settings: AnnotatorSettings, buckets: Buckets) -> CommandEngine:
    """The engine with the pack that the settings name, whose files are compared with its manifest first.

    :raises Misconfigured: if the pack cannot be used.
    """
    pack = _pack(settings, buckets)
    verify_pack(pack)
    return CommandEngine(
        name=settings.engine,
        capabilities=Capabilities(
            OwnKeys(pack.keys).names,
            frozenset(each.name for each in fields(Outputs)),
            pack.assembly,
            pack.name,
            frozenset(Mode),
        ),
        program=(sys.executable, "-P", "-m", "services.annotator.annotate"),
        options=(f"--pack={pack.folder.resolve()}", f"--workers={workers(settings)}", "--verified"),
        mode_options={Mode.HAPLOTYPES: ("--haplotypes",)},
        environment={"PYTHONPATH": str(ROOT)},
        seconds_per_megabyte=SECONDS_PER_MEGABYTE,
        memory_bytes=settings.engine_memory_mib << 20,
    )


def _pack(settings: AnnotatorSettings, buckets: Buckets) -> Pack:
    address = pack_address(settings.pack)
    if address is None:
        return load_pack(find_pack(settings.pack))
    cache = PackCache(settings.pack_cache, settings.pack_cache_mib << 20)
    # It is held, and so stays on the disk, until this process ends.
    return cache.hold(buckets(address.bucket), address).pack
