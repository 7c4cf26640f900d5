"""The charts of a summary: geometry and words, drawn as SVG by ``templates/charts.html``.

A chart of counts is a table whose rows have a bar, so that the table is the text that stands for the picture.
Widths are in hundredths of the widest bar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.web.summary_counts import Count, Counts, counts, mapping, numbers, rows, sentences, text, words
from services.web.tones import impact_tone

#: The widest bar.
FULL = 100.0

#: Samples whose genotypes are shown.
MAX_SAMPLES = 12

#: Those of them that the annotator's table has a column for (services/annotator/result/variant_table.py).
TABLE_SAMPLES = 8

#: Indels that are longer are drawn together.
LONGEST_INDEL = 20

#: Height of the columns of a histogram.
HEIGHT = 60.0
COLUMN = 8.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar.

    :ivar begin: where it starts, and ``width``: hundredths of the widest bar.
    :ivar style: which class of colours it has.
    """

    begin: float
    width: float
    style: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of a chart.

    :ivar texts: the numbers of the row.
    :ivar link: how the table is to be filtered to see what is counted; None if it cannot be.
    """

    label: str
    texts: tuple[int, ...]
    parts: tuple[Part, ...]
    tone: str = ""
    link: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Counts of one kind.

    :ivar columns: what the numbers of a row are.
    :ivar more: how many smaller rows are not shown.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    bars: tuple[Bar, ...]
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Transitions to transversions, and how much of a bar each has."""

    transitions: int
    transversions: int
    ratio: float | None
    share: float


@dataclass(frozen=True, kw_only=True)
class Column:
    """A length of indels; deletions are negative. ``x``, ``y`` and ``height`` are drawn."""

    label: str
    number: int
    x: float
    y: float
    height: float
    deletion: bool


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """The lengths of insertions and deletions."""

    columns: tuple[Column, ...]
    width: float
    height: float = field(default=HEIGHT)


def charts_of(document: Mapping[str, Any]) -> list[Chart]:
    """The charts that this summary has counts for, in the order in which to show them."""
    alleles, known = mapping(document.get("alleles")), mapping(document.get("known"))
    titles = _source_titles(document)
    genes = counts(document.get("genes"), str, total=document.get("gene_count"))
    sources = counts(known.get("alleles_by_source"), lambda name: titles.get(name) or words(name))
    charts = [
        _chart("impact", "Records by impact", counts(document.get("impacts"), str, tone=impact_tone)),
        _chart("consequence", "Records by consequence", counts(document.get("consequences"))),
        _chart("type", "Alleles by type", counts(alleles.get("types"), str)),
        _chart("gene", "Records by gene", genes),
        _chart("region", "Records by contig", counts(document.get("contigs"), str)),
        *(_significance(key, found) for key, found in mapping(document.get("significance")).items()),
        _chart("", "Known alleles by source", sources),
    ]
    return [chart for chart in charts if chart.bars]


def genotype_chart(document: Mapping[str, Any]) -> Chart | None:
    """The records of each sample by genotype; None without samples."""
    genotypes = mapping(document.get("genotypes"))
    names = sentences(genotypes.get("samples"))
    kinds = [numbers(genotypes.get(kind)) for kind in ("heterozygous", "homozygous", "missing")]
    if not names or any(len(found) != len(names) for found in kinds):
        return None
    samples = list(zip(names, *kinds, strict=True))[:MAX_SAMPLES]
    most = max(sum(found) for _, *found in samples) or 1
    # Of two of one name, the table has the first under it.
    columns = {name: number for number, name in reversed(list(enumerate(names[:TABLE_SAMPLES])))}
    return Chart(
        name="genotypes",
        title="Records by genotype of each sample",
        columns=("Heterozygous", "Homozygous", "Not called"),
        bars=tuple(
            _sample_bar(name, tuple(found), most, linked=columns.get(name) == number)
            for number, (name, *found) in enumerate(samples)
        ),
        more=len(names) - len(samples),
    )


def ratio_of(document: Mapping[str, Any]) -> Ratio | None:
    """Transitions to transversions; None if there are neither."""
    alleles = mapping(document.get("alleles"))
    transitions, transversions = alleles.get("transitions"), alleles.get("transversions")
    if not isinstance(transitions, int) or not isinstance(transversions, int):
        return None
    both = transitions + transversions
    ratio = transitions / transversions if transversions else None
    share = round(FULL * transitions / both, 1) if both else 0.0
    return (
        Ratio(transitions=transitions, transversions=transversions, ratio=ratio, share=share)
        if both
        else None
    )


def indel_histogram(document: Mapping[str, Any]) -> Histogram | None:
    """The lengths of indels, the longest together; None if there are no indels."""
    lengths = _lengths(mapping(mapping(document.get("alleles")).get("indel_lengths")))
    most = max(lengths.values(), default=0)
    if not most:
        return None
    ordered = sorted(lengths.items())
    columns = tuple(_column(place, *each, most) for place, each in enumerate(ordered))
    return Histogram(columns=columns, width=COLUMN * len(columns))


def _chart(name: str, title: str, found: Counts) -> Chart:
    """A chart whose rows lead to the table, filtered by what the chart is of; no name, no links."""
    most = max((row.number for row in found.rows), default=0) or 1
    bars = tuple(_bar(row, most, {name: row.value} if name else None) for row in found.rows)
    return Chart(name=name or "sources", title=title, columns=("Count",), bars=bars, more=found.more)


def _significance(key: str, found: object) -> Chart:
    chart = _chart("significance", f"Alleles by {words(key)}", counts(found, str))
    return Chart(**{**vars(chart), "name": f"significance-{key}"})


def _bar(row: Count, most: int, link: Mapping[str, str] | None) -> Bar:
    width = round(FULL * row.number / most, 1)
    part = Part(begin=0.0, width=width, style=row.tone or "plain")
    return Bar(label=row.name, texts=(row.number,), parts=(part,), tone=row.tone, link=link)


def _sample_bar(name: str, found: tuple[int, ...], most: int, *, linked: bool) -> Bar:
    parts, begin = [], 0.0
    for style, number in zip(("first", "second", "third"), found, strict=True):
        width = round(FULL * number / most, 1)
        parts.append(Part(begin=round(begin, 1), width=width, style=style))
        begin += width
    link = {"sample": name, "genotype": "carrier"} if linked else None
    return Bar(label=name, texts=found, parts=tuple(parts), link=link)


def _lengths(found: Mapping[str, Any]) -> dict[int, int]:
    lengths: dict[int, int] = {}
    for length, number in found.items():
        if length.lstrip("-").isdecimal() and isinstance(number, int):
            bounded = max(-LONGEST_INDEL, min(LONGEST_INDEL, int(length)))
            lengths[bounded] = lengths.get(bounded, 0) + number
    return lengths


def _column(place: int, length: int, number: int, most: int) -> Column:
    height = round(max(HEIGHT * number / most, 1.0), 1)
    longest = abs(length) == LONGEST_INDEL
    return Column(
        label=f"{length:+d}{' or more' if longest else ''}",
        number=number,
        x=place * COLUMN,
        y=round(HEIGHT - height, 1),
        height=height,
        deletion=length < 0,
    )


def _source_titles(document: Mapping[str, Any]) -> dict[str, str]:
    sources = rows(mapping(document.get("pack")).get("sources"))
    return {text(source, "name"): text(source, "title") for source in sources}
