"""The genomes that users can choose, and well-known assemblies that their files may be of instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gas.errors import Misconfigured
from services.web.refusals import Refusal

_HERE = Path(__file__).parent
_CATALOGUE = _HERE / "genomes"
_KNOWN = _HERE / "known_assemblies.json"


@dataclass(frozen=True)
class Contig:
    """A sequence of a genome.

    :ivar length: bases.
    :ivar aliases: how else files may call it.
    """

    name: str
    length: int
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Genome:
    """A genome as its annotation package describes it.

    :ivar name: that of the package (`Job.genome`).
    :ivar title: as users read it.
    """

    name: str
    title: str
    assembly: str
    contigs: tuple[Contig, ...]


def find_genomes(setting: str) -> dict[str, Genome]:
    """The genomes of ``GAS_GENOMES``, by name, in the order of the setting.

    :raises Misconfigured: the setting names none, or one that is not in the catalogue.
    """
    names = [name.strip() for name in setting.split(",") if name.strip()]
    known = {path.stem for path in _CATALOGUE.glob("*.json")}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise Misconfigured(
            f"GAS_GENOMES names {unknown[0] if unknown else 'no genome'!r}; the catalogue has: "
            f"{', '.join(sorted(known))}."
        )
    return {name: _read(name) for name in names}


def chosen_genome(genomes: Mapping[str, Genome], name: str) -> str:
    """The name of a genome that a job asks for; empty leaves the choice to the annotator.

    :raises Refusal: there is none of this name.
    """
    if name and name not in genomes:
        raise Refusal(f"There is no such genome here. Please choose one of: {', '.join(genomes)}.")
    return name


def title_of(genomes: Mapping[str, Genome], name: str) -> str:
    """What users read of the genome of a job; an older job names none, and had the only one there was."""
    if not name:
        return next(iter(genomes.values())).title
    return genomes[name].title if name in genomes else name


def catalogue(genomes: Mapping[str, Genome]) -> dict[str, Any]:
    """All that the page's script compares a file with."""
    return {"genomes": [asdict(genome) for genome in genomes.values()], "known": known_assemblies()}


@cache
def known_assemblies() -> Sequence[Mapping[str, Any]]:
    """Title, source and ``lengths`` of each; the chromosomes are named without ``chr``."""
    known: list[dict[str, Any]] = json.loads(_KNOWN.read_text())
    return known


def _read(name: str) -> Genome:
    read = json.loads((_CATALOGUE / f"{name}.json").read_text())
    contigs = [Contig(each["name"], each["length"], tuple(each["aliases"])) for each in read["contigs"]]
    return Genome(name, read["title"], read["assembly"], tuple(contigs))
