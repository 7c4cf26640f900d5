"""Which assembly of the human genome a file is of, by the lengths of its contigs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Lengths of chromosomes that tell the assemblies apart, from their NCBI assembly reports: GCF_000001405.13,
# GCF_000001405.26 and GCF_009914755.1.
_LENGTHS = {
    "GRCh37 (hg19)": {
        "1": 249_250_621,
        "2": 243_199_373,
        "17": 81_195_210,
        "20": 63_025_520,
        "21": 48_129_895,
        "22": 51_304_566,
        "X": 155_270_560,
    },
    "GRCh38 (hg38)": {
        "1": 248_956_422,
        "2": 242_193_529,
        "17": 83_257_441,
        "20": 64_444_167,
        "21": 46_709_983,
        "22": 50_818_468,
        "X": 156_040_895,
    },
    "T2T-CHM13v2.0": {
        "1": 248_387_328,
        "2": 242_696_752,
        "17": 84_276_897,
        "20": 66_210_255,
        "21": 45_090_682,
        "22": 51_324_926,
        "X": 154_259_566,
    },
}


def guess_assembly(contigs: Mapping[bytes, int | None]) -> str | None:
    """The one assembly that all declared lengths of chromosomes agree with; None if there is not one.

    :param contigs: the contigs that a header declares, with their lengths where it has them.
    """
    lengths = {name.decode("latin-1").removeprefix("chr"): length for name, length in contigs.items()}
    fitting = [name for name, known in _LENGTHS.items() if _fits(lengths, known)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(lengths: Mapping[str, int | None], known: Mapping[str, int]) -> bool:
    shared = [name for name in known if lengths.get(name)]
    return bool(shared) and all(lengths[name] == known[name] for name in shared)
