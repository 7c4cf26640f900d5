"""LICENCES.txt: the terms of everything in a pack, for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.pack_tool.genes.slices import GENES_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.draft import Draft

LICENCES_NAME = "LICENCES.txt"
_FIRST_LINE = "written by gas-pack from the manifest"


def write_licences(draft: Draft) -> None:
    """Write the file, unless somebody has written one in words of his own."""
    path = draft.folder / LICENCES_NAME
    if not path.exists() or _FIRST_LINE in path.read_text(encoding="utf-8").partition("\n")[0]:
        path.write_text("\n".join(_lines(draft.pack)) + "\n", encoding="utf-8")


def _lines(pack: Pack) -> Iterator[str]:
    yield f"{pack.title}: where the data come from and on what terms ({_FIRST_LINE})"
    yield ""
    yield f"{pack.reference}, {GENES_FOLDER}/"
    yield f"    {pack.attribution}"
    yield f"    Gene models: {pack.gene_model_version}"
    for source in pack.sources:
        yield ""
        yield source.file
        yield f"    {source.title}, {source.version}. {source.licence}."
        yield f"    {source.attribution}"
        yield f"    {source.url}"
