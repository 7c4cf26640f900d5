"""The INFO column: our keys are appended to the user's bytes, and taken out again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from services.annotator.pack.manifest import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.annotator.pack.manifest import InfoKey
    from services.annotator.pack.pack import Pack

CALLS_KEY = "BCSQ"
CONSEQUENCE_KEY = "GAS_CONSEQUENCE"
IMPACT_KEY = "GAS_IMPACT"
GENE_KEY = "GAS_GENE"
CODING_NAMES_KEY = "GAS_HGVSC"
PROTEIN_NAMES_KEY = "GAS_HGVSP"
GENOMIC_NAMES_KEY = "GAS_HGVSG"
SKIP_KEY = "GAS_SKIP"

OWN_KEYS = (
    CALLS_KEY,
    CONSEQUENCE_KEY,
    IMPACT_KEY,
    GENE_KEY,
    CODING_NAMES_KEY,
    PROTEIN_NAMES_KEY,
    GENOMIC_NAMES_KEY,
    SKIP_KEY,
)

MISSING = b"."


@dataclass(frozen=True)
class OwnKeys:
    """The INFO keys that an annotation with one pack writes.

    :ivar keys: those that the sources of the pack contribute.
    :ivar of_stretches: those of them that tell of stretches of the reference, and not of alleles.
    """

    keys: tuple[InfoKey, ...]
    of_stretches: frozenset[str] = frozenset()

    @classmethod
    def of_pack(cls, pack: Pack) -> OwnKeys:
        """The keys that the sources of a pack contribute."""
        stretches = (key for source in pack.sources if source.kind == Kind.INTERVALS for key in source.keys)
        return cls(pack.keys, frozenset(stretches))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every key that is ours."""
        return (*OWN_KEYS, *(key.id for key in self.keys))

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        names = "|".join(map(re.escape, self.names))
        return re.compile(rf"(?:^|;)(?:{names})(?=[=;]|$)".encode())

    def occur_in(self, info: bytes) -> bool:
        """Whether an INFO column already has one of our keys."""
        return self._pattern.search(info) is not None

    def without(self, info: bytes) -> bytes:
        """An INFO column without our keys; what is left keeps its bytes and order."""
        if not self.occur_in(info):
            return info
        names = {name.encode() for name in self.names}
        kept = [entry for entry in info.split(b";") if entry.partition(b"=")[0] not in names]
        return b";".join(kept) or MISSING


def appended(info: bytes, entries: Sequence[bytes]) -> bytes:
    """An INFO column with more entries at its end, in the place of empty ones that it ends with."""
    if not entries:
        return info
    before = info.rstrip(b";")
    return b";".join(entries) if before in {MISSING, b""} else b";".join((before, *entries))
