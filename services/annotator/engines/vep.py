"""Ensembl VEP, installed by the operator, on a cache or on gene models.

The options are those of its documentation, https://www.ensembl.org/info/docs/tools/vep/script/vep_options.html
"""

from __future__ import annotations

from services.annotator.engines.command_engine import CommandEngine
from services.annotator.engines.installed import existing, installed_engine
from services.annotator.engines.workers import workers
from services.annotator.settings import AnnotatorSettings

#: One process annotates some 1,600 records a second, 900 with HGVS; a megabyte of sites without samples,
#: packed well, is 50,000 records. This is five times the minute that they take.
SECONDS_PER_MEGABYTE = 300.0


def vep_engine(settings: AnnotatorSettings) -> CommandEngine:
    """VEP with the data that the settings name.

    :raises Misconfigured: if the program or its data are not there.
    """
    arguments = [
        *("--input_file", "{input}", "--format", "vcf"),
        *("--output_file", "{output}", "--vcf", "--force_overwrite"),
        *("--no_stats", "--no_progress", "--symbol"),
        *("--allow_non_variant", "--dont_skip"),  # Leave out as few records as possible.
        *("--fasta", existing(settings.engine_fasta, "GAS_ENGINE_FASTA")),
        *_models(settings),
    ]
    if workers(settings) > 1:
        arguments += ["--fork", str(workers(settings))]
    return installed_engine(settings, "Ensembl VEP", arguments, seconds_per_megabyte=SECONDS_PER_MEGABYTE)


def _models(settings: AnnotatorSettings) -> list[str]:
    if settings.engine_gff:
        return ["--gff", existing(settings.engine_gff, "GAS_ENGINE_GFF")]
    cache = existing(settings.engine_cache, "GAS_ENGINE_CACHE")
    return ["--cache", "--offline", "--dir_cache", cache, "--assembly", settings.engine_assembly]
