"""The two ways to look at records."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Each record by itself, or what the records of a gene do together to each haplotype of the samples."""

    LOCAL = "local"
    HAPLOTYPES = "haplotype-aware"
