"""Where the synthetic reference varies, and how: nine in ten are single bases, the others short indels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.shape import Shape

_PURPOSE = 3

# Kept free at both ends, so that every allele lies on the contig.
_MARGIN = 200
_MOST_INDEL_BASES = 30
_INDEL_LENGTH = 0.35

_SINGLE_BASES, _DELETIONS = 0.9, 0.055

# Transitions are twice as frequent as transversions in human genomes.
_TRANSITIONS = 0.677
_LETTERS = b"ACGT"
_TRANSITION = dict(zip(_LETTERS, "GTAC", strict=True))
_TRANSVERSIONS = dict(zip(_LETTERS, ("CT", "AG", "CT", "AG"), strict=True))

# Most variants are rare: the shape of the 1000 Genomes Project's phase 3.
_FREQUENCY = (0.14, 0.73)
_LEAST_FREQUENCY, _MOST_FREQUENCY = 0.0002, 0.98


class Sites(NamedTuple):
    """Variants with one ALT allele each in their normal form, in ascending order.

    :ivar positions: counted from 1, all different.
    :ivar frequencies: of the ALT allele in the population.
    """

    positions: NDArray[np.int64]
    refs: pa.StringArray
    alts: pa.StringArray
    frequencies: NDArray[np.float64]

    def take(self, places: NDArray[np.int64]) -> Sites:
        """Some of the sites; the places have to ascend."""
        chosen = pa.array(places)
        return Sites(
            self.positions[places], self.refs.take(chosen), self.alts.take(chosen), self.frequencies[places]
        )

    def __len__(self) -> int:
        return len(self.positions)


class Drawn(NamedTuple):
    """All that varies: what an input may have, and what is known, of which the inputs have one half."""

    sites: Sites
    known: Sites


def draw_sites(shape: Shape, bases: NDArray[np.uint8]) -> Drawn:
    """Draw both; an input of some of the sites has one half of them known, whichever these are."""
    generator = shape.generator(_PURPOSE)
    both = min(shape.known // 2, shape.sites)
    everything = _draw(generator, bases, shape.first_base, shape.sites + shape.known - both)
    roles = generator.permutation(len(everything))
    sites, known = roles[: shape.sites], roles[shape.sites - both :]
    return Drawn(everything.take(np.sort(sites)), everything.take(np.sort(known)))


def choose(shape: Shape, sites: Sites, number: int) -> Sites:
    """So many of the sites, spread over the contig."""
    places = shape.generator(_PURPOSE, number).choice(len(sites), number, replace=False)
    return sites.take(np.sort(places))


def _draw(generator: np.random.Generator, bases: NDArray[np.uint8], first: int, number: int) -> Sites:
    """Sites between the N stretch and the end of the contig."""
    room = len(bases) - first - 2 * _MARGIN
    places = np.sort(generator.choice(room, number, replace=False, shuffle=False)) + first + _MARGIN
    frequencies = np.clip(generator.beta(*_FREQUENCY, number), _LEAST_FREQUENCY, _MOST_FREQUENCY)
    refs, alts = _single_bases(generator, bases[places])
    for index in np.flatnonzero(generator.random(number) > _SINGLE_BASES).tolist():
        refs[index], alts[index] = _indel(generator, bases, int(places[index])) or (refs[index], alts[index])
    return Sites(places + 1, pa.array(refs, pa.string()), pa.array(alts, pa.string()), frequencies)


def _single_bases(generator: np.random.Generator, letters: NDArray[np.uint8]) -> tuple[list[str], list[str]]:
    kinds = np.where(generator.random(len(letters)) < _TRANSITIONS, 0, generator.integers(1, 3, len(letters)))
    choices = {letter: _TRANSITION[letter] + _TRANSVERSIONS[letter] for letter in _LETTERS}
    alts = [choices[letter][kind] for letter, kind in zip(letters.tolist(), kinds.tolist(), strict=True)]
    return list(letters.tobytes().decode()), alts


def _indel(generator: np.random.Generator, bases: NDArray[np.uint8], place: int) -> tuple[str, str] | None:
    """REF and ALT after an anchor base, or nothing if the change could be written further left."""
    size = min(int(generator.geometric(_INDEL_LENGTH)), _MOST_INDEL_BASES)
    anchor = chr(bases[place])
    if generator.random() < _DELETIONS / (1 - _SINGLE_BASES):
        changed = bases[place + 1 : place + 1 + size].tobytes().decode()
    else:
        changed = "".join(_LETTERS.decode()[letter] for letter in generator.integers(0, len(_LETTERS), size))
        return None if changed.endswith(anchor) else (anchor, anchor + changed)
    return None if changed.endswith(anchor) else (anchor + changed, anchor)
