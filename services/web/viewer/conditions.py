"""A filter as a condition of SQL: names are those of the table's columns, values are bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from services.web.viewer.content import MISSING, Content
from services.web.viewer.engine import quoted
from services.web.viewer.filters import Filter
from services.web.viewer.genotypes import Call, calls_wanted
from services.web.viewer.regions import Region


@dataclass(frozen=True)
class Condition:
    """Text with question marks, and the values for them."""

    sql: str = "true"
    values: tuple[object, ...] = field(default=())


#: The genotypes that a column has, each with the alleles that it stands beside.
Genotypes = Callable[[str], Sequence[Call]]


def condition_of(wanted: Filter, content: Content, genotypes: Genotypes) -> Condition:
    """What a row has to be to pass a filter.

    :param genotypes: is asked only if the filter asks for a genotype.
    """
    parts = list(_parts(wanted, content, genotypes))
    sql = " AND ".join(f"({part.sql})" for part in parts)
    return Condition(sql or "true", tuple(chain.from_iterable(part.values for part in parts)))


def _parts(wanted: Filter, content: Content, genotypes: Genotypes) -> Iterator[Condition]:
    if wanted.region:
        yield _region(wanted.region, content)
    if wanted.gene:
        yield Condition("upper(gene) = upper(?)", (wanted.gene,))
    yield from _choices(wanted, content)
    yield from _numbers(wanted, content)
    if wanted.id:
        yield _id(wanted.id, content)
    if wanted.sample and wanted.genotype:
        column = content.genotype_column(wanted.sample)
        yield _genotype(column, calls_wanted(genotypes(column), wanted.genotype))


def _choices(wanted: Filter, content: Content) -> Iterator[Condition]:
    if wanted.consequence:
        yield _any_of("consequence", _combinations(wanted.consequence, content))
    for name in ("impact", "type", "filter", "skip"):
        if values := getattr(wanted, name):
            yield _any_of(name, values)
    if wanted.significance:
        columns = content.of_role("significance")
        yield _either([_any_of(column, wanted.significance) for column in columns])


def _numbers(wanted: Filter, content: Content) -> Iterator[Condition]:
    if wanted.max_frequency is not None:
        for column in map(quoted, content.of_role("frequency")):
            yield Condition(f"{column} IS NULL OR {column} <= ?", (wanted.max_frequency,))
    if wanted.min_quality is not None:
        yield Condition("qual >= ?", (wanted.min_quality,))


def _region(region: Region, content: Content) -> Condition:
    """The variants that overlap it; the comparisons of positions let whole row groups be left out."""
    parts = [
        Condition("contig = ?", (region.contig,)),
        Condition("position >= ?", (region.start - content.longest_ref + 1,)),
        Condition("position + length(ref) > ?", (region.start,)),
    ]
    parts += [Condition("position <= ?", (region.end,))] if region.end is not None else []
    values: tuple[object, ...] = tuple(chain.from_iterable(part.values for part in parts))
    return Condition(" AND ".join(part.sql for part in parts), values)


def _combinations(terms: Sequence[str], content: Content) -> list[str]:
    """The values of the column that have one of some terms, or are just what is asked for."""
    return [
        combination
        for combination in content.combinations
        if combination in terms or not set(terms).isdisjoint(combination.split("&"))
    ]


def _any_of(column: str, values: Sequence[str]) -> Condition:
    given = [value for value in values if value != MISSING]
    parts = [Condition(f"{quoted(column)} IN ({', '.join('?' * len(given))})", tuple(given))] if given else []
    parts += [Condition(f"{quoted(column)} IS NULL")] if MISSING in values else []
    return _either(parts)


def _id(wanted: str, content: Content) -> Condition:
    """One of the names in the ID column, which are separated by semicolons, or of a known variant."""
    own = Condition("id = ? OR (contains(id, ?) AND list_contains(string_split(id, ';'), ?))", (wanted,) * 3)
    known = [
        Condition(f"CAST({quoted(column)} AS VARCHAR) = ?", (wanted,)) for column in content.of_role("rsid")
    ]
    return _either([own, *known])


def _genotype(column: str, calls: Sequence[Call]) -> Condition:
    def one(call: Call) -> Condition:
        if call.text is None:
            return Condition(f"{quoted(column)} IS NULL")
        return Condition(f"{quoted(column)} = ? AND allele = ?", (call.text, call.allele))

    return _either([one(call) for call in calls])


def _either(parts: Sequence[Condition]) -> Condition:
    """Any of some conditions; of none, nothing."""
    values: tuple[object, ...] = tuple(chain.from_iterable(part.values for part in parts))
    return Condition(" OR ".join(f"({part.sql})" for part in parts) or "false", values)
