"""Sound VCFs for tests: records on the mitochondrion and elsewhere, with all that may be odd about them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pysam
from hypothesis import strategies as st

from services.annotator.pack.pack import BUILTIN_PACKS

HEADER = (
    b"##fileformat=VCFv4.3\n"
    b'##INFO=<ID=DP,Number=1,Type=Integer,Description="D">\n'
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\n"
)

with pysam.FastaFile(str(BUILTIN_PACKS / "human_mt" / "sequence.fa")) as _fasta:
    MITOCHONDRION = _fasta.fetch("MT")

# Where something is to be seen: a repeat in which insertions shift, a tRNA with known variants, the overlap
# of two genes, a known disease variant, and the end of the contig.
REGIONS = ((300, 320), (3230, 3260), (8520, 8580), (11770, 11785), (16560, 16575))

# The mitochondrion has several names; the others are not in the pack.
CONTIGS = ("chr1", "chrM", "2", "MT", "odd\xe9", "M")

INFOS = (
    ".",
    "",
    ";",
    "DP=5",
    "DP=5;",
    "DP=5;;",
    "A=1;BCSQ=old|x;B=2",
    "BCSQ=old",
    "MITOMAP_AC=3;GAS_SKIP=old;",
    "GAS_GENE",
    "XBCSQ=1;END=16569",
    "SVLEN=-20",
    "\xe9=\xff",
)
OTHER_ALTS = ("<DEL>", "*", ".", "G]2:5]", "C1", "", "<NON_REF>", "R", "N")
IDENTIFIERS = (".", "rs1", "a;b", "\xe9", "")
QUALITIES = (".", "1", "99.5", "1e3", "x", "")
FILTERS = (".", "PASS", "q10;s50", "\xe9")
SAMPLES = ("GT\t0/1\t.", "GT:DP\t1|1:5\t0/0", ".\t.\t.", "DP\t1\t2")


@dataclass
class Drawn:
    """What decides: hypothesis, or a generator of random numbers with a seed."""

    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def one_of(self, choices):
        return self.chance.choice(choices)

    def number(self, first, last):
        return self.chance.randint(first, last)

    def text(self, letters, longest):
        return "".join(self.chance.choices(letters, k=self.number(1, longest)))


def position(drawn: Drawn) -> int:
    """A place that is often one of those where something is to be seen."""
    return drawn.number(*drawn.one_of([*REGIONS, (0, 16575)]))


def reference(drawn: Drawn, place: int) -> str:
    """What stands in REF: mostly the reference's own bases."""
    bases = MITOCHONDRION[max(0, place - 1) :][: drawn.one_of([1, 1, 1, 1, 2, 3, 6])] or "A"
    return drawn.one_of([bases, bases, bases, bases, bases.lower(), "N" * len(bases), drawn.text("ACGTN", 3)])


def alternate(drawn: Drawn, ref: str) -> str:
    """An allele: one base, an insertion, a deletion, several bases, or what is no sequence."""
    return drawn.one_of(
        [
            drawn.text("ACGT", 1),
            drawn.text("ACGT", 1),
            drawn.text("ACGTacgt", 4),
            ref[0] + drawn.text("ACGT", 4),
            ref + ref,
            ref[0],
            ref,
            drawn.one_of(OTHER_ALTS),
        ]
    )


def line(drawn: Drawn, contig: str, place: int) -> bytes:
    """A record, without its line end."""
    ref = reference(drawn, place)
    alts = [alternate(drawn, ref) for _ in range(drawn.one_of([1, 1, 1, 2, 3]))]
    fields = (
        contig,
        str(place),
        drawn.one_of(IDENTIFIERS),
        ref,
        ",".join(alts),
        drawn.one_of(QUALITIES),
        drawn.one_of(FILTERS),
        drawn.one_of(INFOS),
        drawn.one_of(SAMPLES),
    )
    return "\t".join(fields).encode("latin-1")


def lines(drawn: Drawn, count: int) -> list[bytes]:
    """Records of some contigs in blocks, in ascending order, at least one of them on the mitochondrion."""
    names = [name for name in CONTIGS if name == "chrM" or drawn.number(0, 1)]
    places = sorted((drawn.number(0, len(names) - 1), position(drawn)) for _ in range(count))
    first = line(drawn, "chrM", 0)
    by_name = {name: [place for number, place in places if names[number] == name] for name in names}
    return [
        made
        for name in names
        for made in [*([first] if name == "chrM" else []), *(line(drawn, name, p) for p in by_name[name])]
    ]


def text(drawn: Drawn, count: int) -> bytes:
    """A VCF of about so many records, some of whose lines end in CR LF."""
    ends = (b"\n", b"\n", b"\n", b"\r\n")
    return HEADER + b"".join(made + drawn.one_of(ends) for made in lines(drawn, count))


@dataclass
class _Hypothesis(Drawn):
    draw: st.DrawFn | None = None

    def one_of(self, choices):
        assert self.draw
        return self.draw(st.sampled_from(choices))

    def number(self, first, last):
        assert self.draw
        return self.draw(st.integers(first, last))

    def text(self, letters, longest):
        assert self.draw
        return self.draw(st.text(letters, min_size=1, max_size=longest))


@st.composite
def record_lists(draw: st.DrawFn, most: int = 12) -> list[bytes]:
    """Records as `lines` makes them."""
    return lines(_Hypothesis(draw=draw), draw(st.integers(0, most)))


@st.composite
def texts(draw: st.DrawFn, most: int = 12) -> bytes:
    """VCFs as `text` makes them."""
    return text(_Hypothesis(draw=draw), draw(st.integers(0, most)))
