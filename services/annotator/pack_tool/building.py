"""A pack from a FASTA file, a GFF3 file and sources of known variants."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gas.errors import Misconfigured
from services.annotator.pack.pack import Pack, load_pack, verify_pack
from services.annotator.pack_tool.attaching import attach
from services.annotator.pack_tool.contigs import describe_contigs, read_aliases
from services.annotator.pack_tool.draft import Draft, new_document
from services.annotator.pack_tool.genes.slices import Sliced, write_slices
from services.annotator.pack_tool.genes.splitting import Split, split_by_contig
from services.annotator.pack_tool.licences import LICENCES_NAME, write_licences
from services.annotator.pack_tool.sequence import SEQUENCE_NAME, Written, write_sequence
from services.annotator.printable import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from services.annotator.pack_tool.known.source_spec import SourceSpec


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a pack is to be made of.

    :ivar flavour: whose GFF3 file it is: ensembl, gencode, refseq, or auto to find out.
    :ivar codes: genetic codes by contig, where they are not what is usual.
    :ivar contigs: the names in the FASTA of those to take, or None for all.
    :ivar aliases: a file of other names of contigs.
    :ivar licences: a text on the terms of the data, instead of one made from the manifest.
    """

    name: str
    title: str
    assembly: str
    version: str
    attribution: str
    fasta: Path
    genes: Path
    gene_model_version: str
    flavour: str = "auto"
    codes: Mapping[str, int] = field(default_factory=dict)
    contigs: Collection[str] | None = None
    aliases: Path | None = None
    licences: Path | None = None
    sources: Sequence[SourceSpec] = ()


def build_pack(plan: Plan, out: Path, say: Callable[[str], None]) -> Pack:
    """Make a pack in a folder that appears once it is complete; the same plan makes the same bytes.

    :param say: is told what was done, a line at a time.
    :raises InvalidInput: if one of the files cannot be used.
    :raises Misconfigured: if the files or the options do not fit each other, or the folder exists.
    """
    if out.exists():
        raise Misconfigured(f"{out} exists; choose another folder, or remove it first.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
            folder = Path(scratch) / out.name
            folder.mkdir()
            verify_pack(_build(plan, folder, Path(scratch), say))
            folder.rename(out)
    except OSError as error:
        raise Misconfigured(f"{out} cannot be made: {error}.") from error
    say(f"{out}: {plan.title}, version {plan.version}, {_megabytes(out)}")
    return load_pack(out)


def _build(plan: Plan, folder: Path, scratch: Path, say: Callable[[str], None]) -> Pack:
    draft = Draft(
        folder,
        new_document(
            name=plan.name,
            title=plan.title,
            assembly=plan.assembly,
            version=plan.version,
            attribution=plan.attribution,
        ),
    )
    written = write_sequence(plan.fasta, folder, plan.contigs)
    bases = sum(contig.length for contig in written)
    say(f"{SEQUENCE_NAME}: {counted(len(written), 'contig')}, {counted(bases, 'base')}")
    _add_genes(plan, draft, written, scratch, say)
    for spec in plan.sources:
        attach(draft, spec, say)
    if plan.licences:
        shutil.copyfile(plan.licences, folder / LICENCES_NAME)
    write_licences(draft)
    return draft.save()


def _add_genes(
    plan: Plan, draft: Draft, written: Sequence[Written], scratch: Path, say: Callable[[str], None]
) -> None:
    lines = scratch / "lines"
    lines.mkdir()
    split = split_by_contig(plan.genes, lines, plan.flavour)
    sliced = _sliced(plan, draft, written, split)
    shutil.rmtree(lines)
    draft.document["reference"] = {"file": SEQUENCE_NAME}
    draft.document["gene_model"] = {"version": plan.gene_model_version, "flavour": split.flavour.name}
    draft.describe_contigs(sliced.contigs)
    slices = dict.fromkeys(contig.genes for contig in sliced.contigs if contig.genes)
    draft.list_files([SEQUENCE_NAME, f"{SEQUENCE_NAME}.fai", *slices])
    say(
        f"genes: {counted(sliced.genes, 'gene')} with {counted(sliced.transcripts, 'transcript')} "
        f"of {split.flavour.name} in {counted(len(slices), 'file')}"
    )
    for reason, number in sliced.left_out.most_common():
        say(f"  left out: {number:,} {reason}")
    for contig in sliced.contigs:
        if contig.genetic_code != 1:
            say(f"  {contig.name} is translated by genetic code {contig.genetic_code}")


def _sliced(plan: Plan, draft: Draft, written: Sequence[Written], split: Split) -> Sliced:
    same = [*split.same, *(read_aliases(plan.aliases) if plan.aliases else ())]
    contigs = describe_contigs(written, same, split.codes, plan.codes)
    return write_slices(split, contigs, draft.folder)


def _megabytes(folder: Path) -> str:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return f"{size / 1e6:,.1f} MB"
