"""A pack is one reference to annotate against: sequence, gene models and known variants.

A pack is a folder with a ``manifest.json`` that names its files, their SHA-256 digests, and what
each of them contributes. The engine reads packs and never the network, so a pack of another
organism or assembly is a folder like the built-in one, ``packs/human_mt``; docs/packs.md says how
one is made.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gas.errors import Misconfigured
from services.annotator.pack import manifest
from services.annotator.pack.pack_contents import check_genes, check_reference, check_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.pack.manifest import Contig, InfoKey, PackFile, Source

BUILTIN_PACKS = Path(__file__).parents[1] / "packs"
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True)
class Pack:
    """One reference, as its manifest describes it.

    :ivar folder: where the files are; every other path is relative to it.
    :ivar digest: SHA-256 of the manifest, which names the digest of every file: two packs with
        one digest annotate alike.
    :ivar reference: the file of the sequence, FASTA in plain text with its ``.fai`` beside it.
    :ivar gene_model_flavour: whose file the gene models were made from: ensembl, gencode or refseq.
    """

    folder: Path
    digest: str
    name: str
    title: str
    assembly: str
    version: str
    attribution: str
    reference: str
    gene_model_version: str
    gene_model_flavour: str
    contigs: tuple[Contig, ...]
    keys: tuple[InfoKey, ...]
    sources: tuple[Source, ...]
    files: tuple[PackFile, ...]

    @cached_property
    def contig_names(self) -> Mapping[bytes, Contig]:
        """Every spelling of a contig, as bytes of the CHROM column, and the contig that it means."""
        return {name.encode(): contig for contig in self.contigs for name in (contig.name, *contig.aliases)}

    @property
    def gene_files(self) -> tuple[str, ...]:
        """The files of gene models, each once, in the order of the contigs."""
        return tuple(dict.fromkeys(contig.genes for contig in self.contigs if contig.genes))

    def path(self, name: str) -> Path:
        """Where the file of this name in the pack is."""
        return self.folder / name


def find_pack(name_or_path: str) -> Path:
    """The folder of a pack that is given as a folder or as the name of a built-in one.

    :raises Misconfigured: if there is no such pack.
    """
    for folder in (Path(name_or_path), BUILTIN_PACKS / name_or_path):
        if (folder / MANIFEST_NAME).is_file():
            return folder
    raise Misconfigured(f"There is no pack {name_or_path!r}: no folder of that name has a {MANIFEST_NAME}.")


def load_pack(folder: Path) -> Pack:
    """Read the manifest of a pack and check its shape, but not the digests of its files.

    :raises Misconfigured: if the manifest cannot be read or does not describe a pack.
    """
    path = folder / MANIFEST_NAME
    try:
        return read_manifest(folder, path.read_bytes())
    except OSError as error:
        raise Misconfigured(f"The pack manifest {path} cannot be used: {error}.") from error


def read_manifest(folder: Path, text: bytes) -> Pack:
    """The pack that the text of a manifest describes, whose files are or will be in a folder.

    :raises Misconfigured: if the text does not describe a pack.
    """
    try:
        return _pack(folder, hashlib.sha256(text).hexdigest(), json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        path = folder / MANIFEST_NAME
        raise Misconfigured(f"The pack manifest {path} cannot be used: {reason}.") from error


def _pack(folder: Path, digest: str, document: Mapping[str, Any]) -> Pack:
    schema = document.get("schema", 1)
    if schema != manifest.SCHEMA:
        raise ValueError(
            f"its layout has version {schema}, not {manifest.SCHEMA}; build the pack again with gas-pack"
        )
    pack = Pack(
        folder=folder,
        digest=digest,
        name=manifest.text(document, "name"),
        title=manifest.text(document, "title"),
        assembly=manifest.text(document, "assembly"),
        version=manifest.text(document, "version"),
        attribution=manifest.text(document, "attribution"),
        reference=manifest.text(document["reference"], "file"),
        gene_model_version=manifest.text(document["gene_model"], "version"),
        gene_model_flavour=manifest.text(document["gene_model"], "flavour"),
        contigs=tuple(map(manifest.contig, document["contigs"])),
        keys=tuple(map(manifest.info_key, document["keys"])),
        sources=tuple(map(manifest.source, document["sources"])),
        files=tuple(map(manifest.pack_file, document["files"])),
    )
    _check_references(pack)
    return pack


def _check_references(pack: Pack) -> None:
    """What the parts of a manifest say about one another has to agree."""
    listed = {file.name for file in pack.files}
    used = {pack.reference, f"{pack.reference}.fai", *pack.gene_files}
    used.update(source.file for source in pack.sources)
    if missing := sorted(used - listed):
        raise ValueError(f"its list of files lacks {', '.join(missing)}")
    known = {key.id for key in pack.keys}
    wanted = {key for source in pack.sources for key in source.keys}
    if wanted != known:
        raise ValueError(f"its keys and its sources disagree about {', '.join(sorted(wanted ^ known))}")
    for things, names in (
        ("contigs", [name for contig in pack.contigs for name in (contig.name, *contig.aliases)]),
        ("keys", [key.id for key in pack.keys]),
        ("sources", [source.name for source in pack.sources]),
        ("files", [file.name for file in pack.files]),
    ):
        if len(set(names)) != len(names):
            raise ValueError(f"its {things} need one unambiguous name each")
    if not pack.contigs:
        raise ValueError("it has no contigs")


def verify_pack(pack: Pack) -> None:
    """Compare every file of a pack with its manifest, digest and contents; meant for start-up.

    :raises Misconfigured: naming the first file that is missing, differs or cannot be used.
    """
    for file in pack.files:
        _check_file(pack, file)
    try:
        check_reference(pack)
        check_genes(pack)
        check_sources(pack)
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(f"The pack {pack.name} cannot be used: {error}.") from error


def _check_file(pack: Pack, file: PackFile) -> None:
    path = pack.path(file.name)
    if not path.is_file():
        raise Misconfigured(f"The pack {pack.name} is incomplete: {path} is missing.")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != file.sha256 or path.stat().st_size != file.size:
        raise Misconfigured(f"The pack {pack.name} is damaged: {path} does not have the digest it should.")
