"""How many processes an engine may use."""

from __future__ import annotations

from services.annotator.settings import AnnotatorSettings
from services.annotator.workers import cores


def workers(settings: AnnotatorSettings) -> int:
    """As many as the settings say, or one for each core that this process may use."""
    return settings.engine_workers or cores()
