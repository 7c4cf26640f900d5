"""What the page of a table shows: the parts of the filter, the headings, the cells, the other pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from services.web.viewer.cells import IMPACTS, Cell, cells_of
from services.web.viewer.columns import Column, shown_columns
from services.web.viewer.content import MISSING, Content
from services.web.viewer.filters import CHOICES, GENOTYPES, View, number_text
from services.web.viewer.tables import Page

#: Makes the address of a view.
Address = Callable[[View], str]

_TITLES = {
    "region": "Region",
    "gene": "Gene",
    "consequence": "Consequence",
    "impact": "Impact",
    "type": "Type",
    "significance": "Known significance",
    "max_frequency": "Frequency at most",
    "min_quality": "Quality at least",
    "filter": "FILTER",
    "genotype": "Genotype",
    "id": "ID",
    "skip": "Not annotated",
}
_WORDED = frozenset({"consequence", "significance", "skip"})


@dataclass(frozen=True)
class Chip:
    """A part of the filter, and the address of the table without it."""

    text: str
    address: str


@dataclass(frozen=True)
class Choice:
    """A value that can be asked for.

    :ivar number: of rows in the whole file; None for a value that was asked for and is not offered.
    """

    value: str
    text: str
    number: int | None
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The choices for one part of the filter."""

    name: str
    title: str
    choices: list[Choice]


@dataclass(frozen=True)
class Heading:
    """The head of a column.

    :ivar address: of the table sorted by it, the other way round if it is already; empty if it cannot be.
    :ivar direction: how the table is sorted by it now, in the words of aria-sort; empty if it is not.
    """

    column: Column
    address: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Row:
    """An allele: where it is in the input, and its cells."""

    line: int
    allele: int
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class TableView:
    """All of the page."""

    content: Content
    view: View
    page: Page
    chips: list[Chip]
    groups: list[Group]
    headings: list[Heading]
    rows: list[Row]
    steps: dict[str, str]

    @property
    def last(self) -> int:
        """The number of the last row of this page."""
        return self.page.first + len(self.rows) - 1

    @property
    def place(self) -> str:
        """What the box for a region or a gene has in it."""
        return str(self.view.filter.region or self.view.filter.gene)

    @property
    def group_names(self) -> str:
        """The titles of the choices, for a sentence."""
        return ", ".join(group.title.lower() for group in self.groups)

    def number_of(self, name: str) -> str:
        """A number of the filter as it stands in its field."""
        value = getattr(self.view.filter, name)
        return "" if value is None else number_text(value)


def view_table(content: Content, view: View, page: Page, address: Address) -> TableView:
    """Everything that the page shows of one view."""
    columns = shown_columns(content)
    return TableView(
        content=content,
        view=view,
        page=page,
        chips=[Chip(text, address(changed)) for text, changed in _parts(view)],
        groups=[group for group in (_group(name, content, view) for name in CHOICES) if group.choices],
        headings=[_heading(column, view, address) for column in columns],
        rows=[Row(row["line"], row["allele"], cells_of(row, columns)) for row in page.rows],
        steps=_steps(view, page, address),
    )


def _parts(view: View) -> Iterator[tuple[str, View]]:
    """Each part of the filter in words, with the view without it."""
    wanted = view.filter
    for name, value in wanted.pairs():
        if name == "sample":
            continue
        text = f"{wanted.sample} {GENOTYPES[value]}" if name == "genotype" else _worded(name, value)
        separator = " " if name.startswith(("max_", "min_")) else ": "
        yield f"{_TITLES[name]}{separator}{text}", view.filtered_by(wanted.without(name, value))


def _group(name: str, content: Content, view: View) -> Group:
    chosen = set(getattr(view.filter, name))
    counts = _counts(name, content)
    # One value that all rows have is no choice.
    offered = counts if len(counts) > 1 or sum(counts.values()) < content.rows else {}
    numbers = {**offered, **{value: counts.get(value) for value in sorted(chosen - offered.keys())}}
    choices = [
        Choice(value, _worded(name, value), number, value in chosen) for value, number in numbers.items()
    ]
    return Group(name, _TITLES[name], choices)


def _counts(name: str, content: Content) -> dict[str, int]:
    if name == "impact":
        return dict(sorted(content.choices.get(name, {}).items(), key=_by_impact))
    if name != "significance":
        return dict(content.choices.get(name, {}))
    counts: dict[str, int] = {}
    for column in content.of_role("significance"):
        for value, number in content.choices.get(column, {}).items():
            counts[value] = counts.get(value, 0) + number
    return counts


def _by_impact(choice: tuple[str, int]) -> int:
    """The worst first."""
    return IMPACTS.index(choice[0]) if choice[0] in IMPACTS else len(IMPACTS)


def _worded(name: str, value: str) -> str:
    if value == MISSING:
        return "not given"
    return value.replace("_", " ") if name in _WORDED else value


def _heading(column: Column, view: View, address: Address) -> Heading:
    name = column.sort.removeprefix("-")
    if not name:
        return Heading(column)
    if view.sort.removeprefix("-") != name:
        return Heading(column, address(view.sorted_by(column.sort)))
    descending = view.sort.startswith("-")
    other = name if descending else f"-{name}"
    return Heading(column, address(view.sorted_by(other)), "descending" if descending else "ascending")


def _steps(view: View, page: Page, address: Address) -> dict[str, str]:
    """The addresses of the pages beside this one."""
    numbers = {
        "First": 1 if page.number > 1 else None,
        "Previous": page.number - 1 if page.number > 1 else None,
        "Next": page.number + 1 if page.number < page.pages else None,
        "Last": page.pages if page.number < page.pages else None,
    }
    return {name: address(replace(view, page=number)) if number else "" for name, number in numbers.items()}
