"""Which engine annotates, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from gas.errors import Misconfigured
from services.annotator.engines.built_in import Buckets, built_in_engine
from services.annotator.engines.engine import Engine
from services.annotator.engines.vep import vep_engine
from services.annotator.engines.vepyr import vepyr_engine
from services.annotator.settings import AnnotatorSettings


def choose_engine(settings: AnnotatorSettings, buckets: Buckets) -> Engine:
    """The engine, set up and its data proven to be there.

    :param buckets: opens the bucket that the pack is in, if it is in one.
    :raises Misconfigured: if it is none of ours or cannot be used.
    """
    engines: Mapping[str, Callable[[AnnotatorSettings], Engine]] = {
        "built_in": partial(built_in_engine, buckets=buckets),
        "vep": vep_engine,
        "vepyr": vepyr_engine,
    }
    if settings.engine not in engines:
        raise Misconfigured(f"GAS_ENGINE: {settings.engine!r} is none of {', '.join(engines)}")
    return engines[settings.engine](settings)
