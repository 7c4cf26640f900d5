"""How classes of impact are coloured; the word always stands beside."""

from __future__ import annotations

_IMPACTS = {"HIGH": "danger", "MODERATE": "warning", "LOW": "success"}


def impact_tone(impact: str) -> str:
    """The colour of a class of impact."""
    return _IMPACTS.get(impact, "secondary")
