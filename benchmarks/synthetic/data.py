"""The synthetic files in a folder: each is made when it is first asked for, and found there later."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from benchmarks.synthetic.gene_file import write_gene_file
from benchmarks.synthetic.genes import draw_genes
from benchmarks.synthetic.genome import draw_genome, write_fasta
from benchmarks.synthetic.known_variants import known_text, write_spec
from benchmarks.synthetic.packing import write_bgzip
from benchmarks.synthetic.shape import Shape
from benchmarks.synthetic.sites import Drawn, choose, draw_sites
from benchmarks.synthetic.vcf_text import vcf_text
from services.annotator.pack_tool.building import Plan, build_pack
from services.annotator.pack_tool.known.source_spec import read_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy import uint8
    from numpy.typing import NDArray

    from benchmarks.synthetic.genes import Gene


class SyntheticData:
    """Reference, gene models, known variants, packs and inputs of one shape; the same on every machine.

    :param folder: where data of any shape are kept.
    """

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.folder = folder / shape.name
        self._shape = shape
        self.folder.mkdir(parents=True, exist_ok=True)

    def vcf(self, sites: int, samples: int) -> Path:
        """An input of so many records and samples, bgzip and indexed."""
        path = self.folder / f"{sites}x{samples}.vcf.gz"
        return _made(path, lambda made: self._write_vcf(made, sites, samples))

    def result(self, name: str) -> Path:
        """Where a result of this name goes, which the next one of the name replaces."""
        folder = self.folder / "results"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.vcf.gz"

    @cached_property
    def known(self) -> Path:
        """The known variants as a VCF, bgzip and indexed."""
        path = self.folder / "known.vcf.gz"
        return _made(path, lambda made: write_bgzip(made, known_text(self._shape, self._drawn.known)))

    @cached_property
    def reference(self) -> Path:
        """The sequence as FASTA."""
        return _made(self.folder / "reference.fa", lambda made: write_fasta(made, self._bases))

    @cached_property
    def genes(self) -> Path:
        """The gene models as GFF3."""
        path = self.folder / "genes.gff3"
        return _made(path, lambda made: write_gene_file(made, self._genes, self._shape.bases))

    @cached_property
    def pack(self) -> Path:
        """A pack without known variants."""
        return _made(self.folder / "pack", lambda made: self._build_pack(made, with_known=False))

    @cached_property
    def pack_with_known(self) -> Path:
        """A pack with the known variants."""
        return _made(self.folder / "pack_with_known", lambda made: self._build_pack(made, with_known=True))

    @cached_property
    def _genes(self) -> list[Gene]:
        return draw_genes(self._shape)

    @cached_property
    def _bases(self) -> NDArray[uint8]:
        return draw_genome(self._shape, self._genes)

    @cached_property
    def _drawn(self) -> Drawn:
        return draw_sites(self._shape, self._bases)

    def _write_vcf(self, path: Path, sites: int, samples: int) -> None:
        chosen = choose(self._shape, self._drawn.sites, sites)
        write_bgzip(path, vcf_text(self._shape, chosen, samples))

    def _build_pack(self, folder: Path, *, with_known: bool) -> None:
        spec = self.folder / "known.json"
        write_spec(spec, self.known)
        plan = Plan(
            name="synthetic",
            title="Synthetic chromosome",
            assembly="synthetic",
            version="1",
            attribution="made for benchmarks",
            fasta=self.reference,
            genes=self.genes,
            gene_model_version="synthetic",
            sources=(read_spec(str(spec)),) if with_known else (),
        )
        build_pack(plan, folder, lambda _: None)


def _made(path: Path, make: Callable[[Path], None]) -> Path:
    """What is at a path, or is made beside it and then moved there, so that it is never half there."""
    if not path.exists():
        partial = path.with_name(f"partial-{path.name}")
        make(partial)
        for beside in path.parent.glob(f"{partial.name}.*"):
            beside.rename(path.with_name(beside.name.removeprefix("partial-")))
        partial.rename(path)
    return path
