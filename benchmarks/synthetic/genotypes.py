"""The columns FORMAT and those of the samples, many records at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Frequencies are compared with random numbers of 16 bits, of which millions are drawn in a moment.
_RANDOM_VALUES = 1 << 16

# A site of a single sample is there because the sample has it: most are heterozygous.
_HETEROZYGOUS = 0.62
_LEAST_DEPTH, _DEPTHS = 10, 60

_FORMAT = b"GT"
_GENOTYPE = np.frombuffer(b"\t0|0", np.uint8)
_FIRST, _SECOND = 1, 3


class Genotypes(NamedTuple):
    """For each record the text from FORMAT on, and how many of the alleles are ALT."""

    columns: pa.StringArray
    counts: NDArray[np.int64]


def draw_genotypes(
    generator: np.random.Generator, frequencies: NDArray[np.float64], samples: int
) -> Genotypes:
    """Genotypes of records whose ALT alleles have some frequencies in the population."""
    if samples == 1:
        return _one_sample(generator, len(frequencies))
    return _phased(generator, frequencies, samples)


def _one_sample(generator: np.random.Generator, number: int) -> Genotypes:
    """As a caller writes it who looked at reads."""
    counts = np.where(generator.random(number) < _HETEROZYGOUS, 1, 2)
    depths = generator.integers(0, _DEPTHS, number)
    texts = pa.array([_called(count, depth + _LEAST_DEPTH) for count in (1, 2) for depth in range(_DEPTHS)])
    return Genotypes(texts.take(pa.array((counts - 1) * _DEPTHS + depths)), counts)


def _called(count: int, depth: int) -> str:
    quality = min(99, depth * 2)
    if count == 1:
        sample = f"0/1:{depth // 2},{depth - depth // 2}:{depth}:{quality}:{depth * 9},0,{depth * 11}"
    else:
        sample = f"1/1:0,{depth}:{depth}:{quality}:{depth * 19},{depth * 3},0"
    return f"GT:AD:DP:GQ:PL\t{sample}"


def _phased(generator: np.random.Generator, frequencies: NDArray[np.float64], samples: int) -> Genotypes:
    size = (len(frequencies), samples)
    thresholds = (frequencies * _RANDOM_VALUES).astype(np.uint16)[:, None]
    letters = np.empty((*size, len(_GENOTYPE)), np.uint8)
    letters[:] = _GENOTYPE
    for place in (_FIRST, _SECOND):
        letters[:, :, place] += generator.integers(0, _RANDOM_VALUES, size, np.uint16) < thresholds
    counts = (letters[:, :, [_FIRST, _SECOND]] & 1).sum((1, 2), dtype=np.int64)
    return Genotypes(_texts(letters.reshape(len(frequencies), -1)), counts)


def _texts(letters: NDArray[np.uint8]) -> pa.StringArray:
    """FORMAT and a row of letters as a text for each row."""
    rows, width = letters.shape
    whole = np.empty((rows, len(_FORMAT) + width), np.uint8)
    whole[:, : len(_FORMAT)] = np.frombuffer(_FORMAT, np.uint8)
    whole[:, len(_FORMAT) :] = letters
    offsets = (np.arange(rows + 1) * whole.shape[1]).astype(np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(whole))
