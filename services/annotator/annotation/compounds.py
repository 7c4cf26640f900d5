"""Consequences of several records at once, and the pointers to them.

Where records together change a haplotype, the engine tells what they do at one of them, and at the others
it gives ``@`` and the position of that one. The position may be a wrong one, of a record that came later:
bcftools csq 1.24 uses the memory of records again that are still pointed to, where genes overlap. The
consequence itself always names the changes that it is of, so that a pointer can be put right.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The changes of coding DNA of an entry, with a plus sign between them.
_DNA_CHANGE = 6

# The engine packs marks into numbers of 30 bits, two for each consequence: one for each haplotype.
_BITS, _HAPLOTYPES = 30, 2

# What a pointer means whose consequence cannot be found.
_UNKNOWN = "coding_sequence|||"


class Answer(NamedTuple):
    """What the engine says to one record.

    :ivar number: of the record.
    :ivar stretch: tells records on other sequences apart.
    :ivar entries: of its BCSQ value.
    :ivar marks: which of them each sample has.
    """

    number: int
    stretch: int
    position: int
    ref: str
    alts: Sequence[str]
    entries: list[str]
    marks: list[str]

    @property
    def changes(self) -> list[tuple[int, str]]:
        """What the record does, in the words of the engine."""
        return [(self.stretch, f"{self.position}{self.ref}>{alt}") for alt in self.alts]

    def carriers(self, places: Iterable[int]) -> frozenset[tuple[int, int]]:
        """The haplotypes, by sample and number, that have any of some entries."""
        bits = [_HAPLOTYPES * place + haplotype for place in places for haplotype in range(_HAPLOTYPES)]
        return frozenset(
            (sample, bit % _HAPLOTYPES)
            for sample, mark in enumerate(self.marks)
            for numbers in [mark.split(",")]
            for bit in bits
            if bit // _BITS < len(numbers) and _has(numbers[bit // _BITS], bit % _BITS)
        )


def _has(number: str, bit: int) -> bool:
    return number.isdigit() and bool(int(number) >> bit & 1)


class _Told(NamedTuple):
    """Which entries of a record tell what a change does together with others."""

    answer: Answer
    places: list[int]


class Compounds:
    """The consequences of several records, by the changes that they are of."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._told: defaultdict[tuple[int, str], dict[int, _Told]] = defaultdict(dict)
        for answer in answers:
            for place, entry in enumerate(answer.entries):
                for change in _changes(entry):
                    told = self._told[answer.stretch, change]
                    told.setdefault(answer.number, _Told(answer, [])).places.append(place)

    def with_right_pointers(self, answer: Answer) -> Answer:
        """An answer whose pointers all point to records that tell what its changes do."""
        right = self._pointed_to(answer)
        pointers = {place: int(entry[1:]) for place, entry in enumerate(answer.entries) if _points(entry)}
        missing = sorted(right.keys() - set(pointers.values()))
        entries = list(answer.entries)
        for place, position in pointers.items():
            if position not in right and missing:
                carriers = answer.carriers([place])
                chosen = next((one for one in missing if _carriers(right[one]) == carriers), missing[0])
                missing.remove(chosen)
                entries[place] = f"@{chosen}"
        return answer._replace(entries=entries)

    def meaning(self, answer: Answer) -> list[str]:
        """The entries of an answer, with what its pointers mean in their place."""
        right = self._pointed_to(answer)
        meant: list[str] = []
        for entry in answer.entries:
            meant += _entries(right.get(int(entry[1:]), [])) if _points(entry) else [entry]
        return meant or [_UNKNOWN]

    def _pointed_to(self, answer: Answer) -> dict[int, list[_Told]]:
        """What is told of the changes of a record at other ones, by their position."""
        right: dict[int, list[_Told]] = {}
        for change in answer.changes:
            for number, told in self._told.get(change, {}).items():
                if number != answer.number:
                    right.setdefault(told.answer.position, []).append(told)
        return right


def _entries(told: Iterable[_Told]) -> list[str]:
    return list(dict.fromkeys(one.answer.entries[place] for one in told for place in one.places))


def _carriers(told: Iterable[_Told]) -> frozenset[tuple[int, int]]:
    return frozenset().union(*(one.answer.carriers(one.places) for one in told))


def _points(entry: str) -> bool:
    return entry.startswith("@")


def _changes(entry: str) -> list[str]:
    """The changes that an entry is of together, if there are several."""
    fields = entry.split("|", _DNA_CHANGE)
    together = fields[_DNA_CHANGE] if len(fields) > _DNA_CHANGE else ""
    return together.split("+") if "+" in together else []
