"""The INFO column: our keys are appended to the user's bytes, and taken out again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.annotator.annotation.known import Known
    from services.annotator.pack.manifest import InfoKey

CONSEQUENCE_KEY = "BCSQ"
SKIP_KEY = "GAS_SKIP"
MISSING = b"."


@dataclass(frozen=True)
class OwnKeys:
    """The INFO keys that an annotation with one pack writes, in their order.

    :ivar keys: those that known variants contribute.
    """

    keys: tuple[InfoKey, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every key that is ours."""
        return (CONSEQUENCE_KEY, SKIP_KEY, *(key.id for key in self.keys))

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

    def entries(self, known: Sequence[Known | None]) -> list[bytes]:
        """The entries for what is known of the ALT alleles, one value for each (Number=A)."""
        if not any(known):
            return []
        given = set().union(*(allele.values for allele in known if allele))
        return [_entry(key.id, known) for key in self.keys if key.id in given]


def _entry(key: str, known: Iterable[Known | None]) -> bytes:
    values = [allele.values.get(key, ".") if allele else "." for allele in known]
    return f"{key}={','.join(values)}".encode()


def appended(info: bytes, entries: Sequence[bytes]) -> bytes:
    """An INFO column with more entries at its end."""
    if not entries:
        return info
    before = info.rstrip(b";")
    return b";".join(entries) if before in {MISSING, b""} else b";".join((before, *entries))
