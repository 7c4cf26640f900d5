"""The filter of a table: from and to the query string, which is the address that people share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from services.web.viewer.regions import Region

#: How a sample has an allele: what is asked for, and how people read it.
GENOTYPES = {
    "carrier": "has the allele",
    "heterozygous": "has it once",
    "homozygous": "has it on every copy",
    "reference": "has the reference only",
    "missing": "not called",
}

#: Parts of a filter that may have several values; a row has to have one of them.
CHOICES = ("consequence", "impact", "type", "significance", "filter", "skip")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which alleles are wanted, by the names of the query string; what is empty is not asked for.

    :ivar region: variants that overlap it.
    :ivar max_frequency: none of the known frequencies of the allele is above this; it may have none.
    :ivar min_quality: QUAL is at least this.
    :ivar sample: name of a sample; ``genotype`` says what it has.
    :ivar skip: why the record was kept without annotation.
    """

    region: Region | None = None
    gene: str = ""
    consequence: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    significance: tuple[str, ...] = ()
    max_frequency: float | None = None
    min_quality: float | None = None
    filter: tuple[str, ...] = ()
    sample: str = ""
    genotype: str = ""
    id: str = ""
    skip: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Filter()

    def without(self, name: str, value: str) -> Filter:
        """The filter with one value less; a sample goes with its genotype."""
        names = ("sample", "genotype") if name in {"sample", "genotype"} else (name,)
        changes: dict[str, Any] = {each: getattr(_NOTHING, each) for each in names}
        if name in CHOICES:
            changes = {name: tuple(each for each in getattr(self, name) if each != value)}
        return replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        """The query string in its one form, in pieces."""
        return [(each.name, value) for each in fields(self) for value in _texts(getattr(self, each.name))]


_NOTHING = Filter()


@dataclass(frozen=True, kw_only=True)
class View:
    """A filter, and what is seen of it.

    :ivar sort: name of a column, with a minus before it for descending; empty for the order of the file.
    :ivar page: counted from 1.
    """

    filter: Filter = field(default_factory=Filter)
    sort: str = ""
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """The query string in its one form, in pieces; what is usual is left out."""
        more = [("sort", self.sort)] if self.sort else []
        return [*self.filter.pairs(), *more, *([("page", str(self.page))] if self.page > 1 else [])]

    def sorted_by(self, sort: str) -> View:
        """The first page in another order."""
        return replace(self, sort=sort, page=1)

    def filtered_by(self, wanted: Filter) -> View:
        """The first page of another filter."""
        return replace(self, filter=wanted, page=1)


def by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Pieces of a query string as `flask.url_for` takes them."""
    names: dict[str, list[str]] = {}
    for name, value in pairs:
        names.setdefault(name, []).append(value)
    return names


def number_text(value: float) -> str:
    """The shortest text of a number: 30, 0.01, 1e-05."""
    return repr(value).removesuffix(".0")


def _texts(value: object) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        return [number_text(value)]
    return [str(value)] if value else []
