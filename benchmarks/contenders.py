"""Who is measured: the floor, this project, and what else annotates VCF files and is installed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.synthetic.known_variants import COLUMNS
from services.annotator.workers import cores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.synthetic.data import SyntheticData

Commands = list[list[str]]

FLOOR, PEER = "floor", "csq"
OURS = "gas"

_BCFTOOLS = "import sys, pysam.bcftools as b; getattr(b, sys.argv[1])(*sys.argv[2:], catch_stdout=False)"

# Where bgzip is not installed: the same work through the library that this project compresses with.
_UNPACK = """
import shutil, sys
from isal import igzip
shutil.copyfileobj(igzip.open(sys.argv[1]), sys.stdout.buffer, 1 << 20)
"""
_PACK = """
import sys
from services.annotator.result.bgzf import BLOCK_BYTES, compress
while text := sys.stdin.buffer.read(BLOCK_BYTES * 16):
    sys.stdout.buffer.write(compress(text).data)
"""


@dataclass(frozen=True)
class Contender:
    """One way to annotate a file.

    :ivar title: what a table says of it.
    :ivar commands: the pipeline for an input and the result that it is to write.
    :ivar prints: whether the result is what it prints.
    :ivar limit: inputs of more records, or genotypes if those are more, are not for it: it would take hours.
    :ivar may_fail: how it was installed here is not this project's affair: it may not work.
    """

    name: str
    title: str
    commands: Callable[[Path, Path], Commands]
    prints: bool = False
    limit: int | None = None
    may_fail: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it is this project, which runs as several processes that share memory."""
        return self.name.startswith(OURS)

    def can_take(self, sites: int, samples: int) -> bool:
        """Whether an input is not too large for it."""
        return self.limit is None or sites * samples <= self.limit


def contenders(data: SyntheticData, only: Sequence[str] = ()) -> list[Contender]:
    """All that can run here, or those of some names.

    :raises ValueError: if nothing that can run here has one of the names.
    """
    known = list(_all(data))
    if unknown := sorted(set(only) - {each.name for each in known}):
        names = ", ".join(each.name for each in known)
        raise ValueError(f"There is no contender {unknown[0]} here; there are {names}.")
    return [each for each in known if not only or each.name in only]


def _all(data: SyntheticData) -> Iterator[Contender]:
    yield _floor()
    yield from _ours(data)
    yield from _bcftools(data)
    if shutil.which("snpEff"):
        yield Contender(
            "snpeff",
            "SnpEff (writes plain text)",
            partial(peers.snpeff, data),
            prints=True,
            limit=1_000_000,
            may_fail=True,
        )
    if shutil.which("vep"):
        commands = partial(peers.vep, data)
        yield Contender("vep", "VEP (writes plain text)", commands, limit=100_000, may_fail=True)


def _floor() -> Contender:
    if program := shutil.which("bgzip"):
        title = "floor: bgzip -d \\| bgzip -l1"
        return Contender(
            FLOOR,
            title,
            lambda source, _: [[program, "-dc", str(source)], [program, "-c", "-l1"]],
            prints=True,
        )
    python = [sys.executable, "-c"]
    return Contender(
        FLOOR,
        "floor: unpacked and packed at level 1 by ISA-L",
        lambda source, _: [[*python, _UNPACK, str(source)], [*python, _PACK]],
        prints=True,
    )


def _ours(data: SyntheticData) -> Iterator[Contender]:
    """What is asked of it and on how many cores; the pack is not checked anew, as in the service."""
    kinds = {
        "consequences": ("consequences alone", ["--no-names", "--no-table"]),
        "known": ("known variants and Parquet", ["--no-names"]),
        "full": ("everything with HGVS names", []),
    }
    for kind, (title, options) in kinds.items():
        for workers in sorted({1, cores()}):
            told = "1 worker" if workers == 1 else f"{workers} workers"
            name = f"{OURS}_{kind}_1" if workers == 1 else f"{OURS}_{kind}"
            commands = partial(_annotate, data, kind != "consequences", [*options, f"--workers={workers}"])
            yield Contender(name, f"**GAS**, {title}, {told}", commands)


def _annotate(
    data: SyntheticData, with_known: bool, options: list[str], source: Path, result: Path
) -> Commands:
    pack = data.pack_with_known if with_known else data.pack
    program = [sys.executable, "-m", "services.annotator.annotate", str(source), str(result)]
    return [[*program, f"--pack={pack}", f"--file-name={source.name}", "--verified", *options]]


def _bcftools(data: SyntheticData) -> Iterator[Contender]:
    wheel = [sys.executable, "-c", _BCFTOOLS]
    yield Contender(PEER, "bcftools csq -l -Oz", partial(_csq, data, wheel, "-Oz"))
    yield Contender("csq_fast", "bcftools csq -l -Oz1", partial(_csq, data, wheel, "-Oz1"))
    if program := shutil.which("bcftools"):
        yield Contender(
            "csq_installed", "bcftools csq -l -Oz, as installed", partial(_csq, data, [program], "-Oz")
        )
    yield Contender(
        "annotate_csq", "bcftools annotate \\| csq -l -Oz", partial(_annotate_csq, data, wheel, "-Oz")
    )


def _csq(data: SyntheticData, bcftools: list[str], packed: str, source: Path, result: Path) -> Commands:
    models = ["-f", str(data.reference), "-g", str(data.genes)]
    return [[*bcftools, "csq", "-l", *models, packed, "-o", str(result), str(source)]]


def _annotate_csq(
    data: SyntheticData, bcftools: list[str], packed: str, source: Path, result: Path
) -> Commands:
    join = [*bcftools, "annotate", "-a", str(data.known), "-c", COLUMNS, "-Ou", str(source)]
    return [join, *_csq(data, bcftools, packed, Path("-"), result)]
