"""A query string read as a filter of one table; every value that is wrong has its sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from services.web.viewer.columns import sorts
from services.web.viewer.content import Content
from services.web.viewer.filters import CHOICES, GENOTYPES, Filter, View
from services.web.viewer.regions import Region, looks_like_region, read_region

#: An address is to be shared, and those who carry it on cut it at some thousands of characters.
MAX_VALUE = 200
MAX_VALUES = 30

MAX_PAGE = 10**9

#: Form field for a region or a gene; the address has one or the other.
PLACE = "place"


class WrongValue(ValueError):
    """A value of the query string cannot be used; the text is for the user."""


def read_view(query: MultiDict[str, str], content: Content) -> tuple[View, dict[str, str]]:
    """The view that a query string asks for, and by field what is wrong; a wrong value is left out.

    Names that are unknown are ignored.
    """
    reading = _Reading(query, content)
    wanted = Filter(
        region=reading.take("region", reading.region),
        gene=reading.take("gene", reading.gene) or "",
        **{name: reading.take(name, partial(reading.values, name)) or () for name in CHOICES},
        max_frequency=reading.take("max_frequency", reading.frequency),
        min_quality=reading.take("min_quality", reading.quality),
        sample=reading.take("sample", reading.sample) or "",
        genotype=reading.take("genotype", reading.genotype) or "",
        id=reading.take("id", partial(reading.text, "id")) or "",
    )
    view = View(
        filter=wanted,
        sort=reading.take("sort", reading.sort) or "",
        page=reading.take("page", reading.page) or 1,
    )
    return view, reading.problems


class _Reading:
    """One query string in the reading.

    :ivar problems: a sentence for each field that has a wrong value.
    """

    def __init__(self, query: MultiDict[str, str], content: Content) -> None:
        self._query = query
        self._content = content
        self.problems: dict[str, str] = {}

    def take(self, name: str, read: Callable[[], Any]) -> Any:
        """What is read, or None with the problem noted."""
        try:
            return read()
        except WrongValue as error:
            self.problems[PLACE if name in {"region", "gene"} else name] = str(error)
            return None

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a name, each once, in alphabetical order."""
        texts = {_checked(text) for text in self._query.getlist(name)}
        if len(texts) > MAX_VALUES:
            raise WrongValue(f"More than {MAX_VALUES} values at once cannot be looked for; choose fewer.")
        return tuple(sorted(texts - {""}))

    def text(self, name: str) -> str:
        """The first value of a name."""
        return _checked(self._query.get(name, ""))

    def region(self) -> Region | None:
        """From its own field, or from the box for both."""
        place, contigs = self.text(PLACE), self._content.contigs
        text = place if place and looks_like_region(place, contigs) else self.text("region")
        try:
            return read_region(text, contigs) if text else None
        except ValueError as error:
            raise WrongValue(str(error)) from None

    def gene(self) -> str:
        """Likewise."""
        place = self.text(PLACE)
        is_gene = place and not looks_like_region(place, self._content.contigs)
        return place if is_gene else self.text("gene")

    def frequency(self) -> float | None:
        """A fraction."""
        value = self._number("max_frequency")
        if value is not None and not self._content.of_role("frequency"):
            raise WrongValue("This table has no frequencies of known variants.")
        if value is not None and not 0 <= value <= 1:
            raise WrongValue("A frequency is a fraction from 0 to 1; 0.01 stands for one per cent.")
        return value

    def quality(self) -> float | None:
        """Any number from 0."""
        value = self._number("min_quality")
        if value is not None and value < 0:
            raise WrongValue("The quality has to be a number from 0 up, such as 30.")
        return value

    def sample(self) -> str:
        """One that has a column; where there is one only, a genotype is of that one."""
        name, samples = self.text("sample"), self._content.samples
        if name and name not in samples:
            raise WrongValue(f"This table has no genotypes of a sample {name}.")
        asked = self.text("genotype") in GENOTYPES
        return samples[0] if asked and not name and len(samples) == 1 else name

    def genotype(self) -> str:
        """What a sample is to have; it is asked for with the sample."""
        name, sample = self.text("genotype"), self.text("sample")
        if name and name not in GENOTYPES:
            raise WrongValue(f"{name} is no genotype; choose one of: {', '.join(GENOTYPES)}.")
        if sample and sample not in self._content.samples:
            return ""
        if name and not sample and len(self._content.samples) != 1:
            raise WrongValue("Choose the sample that is to have this genotype as well.")
        return name or ("carrier" if sample else "")

    def sort(self) -> str:
        """A column that can be sorted by, perhaps with a minus."""
        text = self.text("sort")
        if text and text.removeprefix("-") not in sorts(self._content):
            raise WrongValue(f"The table cannot be sorted by {text.removeprefix('-')}.")
        return text

    def page(self) -> int:
        """A number from 1."""
        text = self.text("page")
        if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PAGE):
            raise WrongValue("The page has to be a whole number from 1 up.")
        return int(text) if text else 1

    def _number(self, name: str) -> float | None:
        text = self.text(name)
        try:
            value = float(text) if text else None
        except ValueError:
            raise WrongValue(f"{text} is not a number.") from None
        if value is not None and not math.isfinite(value):
            raise WrongValue(f"{text} is not a number that can be compared with.")
        return value


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > MAX_VALUE:
        raise WrongValue(f"This is longer than {MAX_VALUE} characters.")
    if not text.isprintable():
        raise WrongValue("This has a character that cannot be shown.")
    return text
