"""vepyr, an implementation of VEP in Rust, installed by the operator, on a cache of its own.

The options are those of ``vepyr annotate --help`` of version 0.10. It keeps the layout of the records.
"""

from __future__ import annotations

from services.annotator.engines.command_engine import CommandEngine
from services.annotator.engines.installed import existing, installed_engine
from services.annotator.engines.workers import workers
from services.annotator.settings import AnnotatorSettings

#: It annotates some 57,000 records a second, and checking and joining them here takes as long; a megabyte
#: of sites without samples, packed well, is 50,000 records. This is ten times the time that they take.
SECONDS_PER_MEGABYTE = 20.0


def vepyr_engine(settings: AnnotatorSettings) -> CommandEngine:
    """The program with the cache that the settings name.

    :raises Misconfigured: if the program or its data are not there.
    """
    arguments = [
        *("annotate", "--input_file", "{input}", "--output_file", "{output}"),
        *("--dir_cache", existing(settings.engine_cache, "GAS_ENGINE_CACHE")),
        *("--fasta", existing(settings.engine_fasta, "GAS_ENGINE_FASTA")),
        *("--allow_non_variant", "--no_progress", "--fork", str(workers(settings))),
    ]
    return installed_engine(settings, "vepyr", arguments, seconds_per_megabyte=SECONDS_PER_MEGABYTE)
