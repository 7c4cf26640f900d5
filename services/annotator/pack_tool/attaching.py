"""A source of known variants becomes a part of a pack."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from gas.errors import Misconfigured
from services.annotator.pack.manifest import Source
from services.annotator.pack.pack import load_pack, verify_pack
from services.annotator.pack_tool.draft import Draft
from services.annotator.pack_tool.known.writing import write_source
from services.annotator.pack_tool.licences import write_licences
from services.annotator.printable import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from services.annotator.pack.pack import Pack
    from services.annotator.pack_tool.known.source_spec import SourceSpec

KNOWN_FOLDER = "known"

# Enough of a digest to tell the file of a new version from that of the old one.
_DIGITS = 8


def add_source(folder: Path, spec: SourceSpec, version: str, say: Callable[[str], None]) -> Pack:
    """Add a source to a pack that is there, or replace the one of its name; the manifest changes last.

    The pack stays whole at every moment: a file that is no longer used is left where it is, since an
    annotator that has read the manifest before may still want it.

    :param version: of the pack with this source.
    :raises InvalidInput: if the files of the source cannot be used.
    :raises Misconfigured: if the pack cannot, or the source does not agree with it.
    """
    pack = load_pack(folder)
    draft = Draft.of(folder)
    if version == pack.version:
        raise Misconfigured(f"The pack {pack.name} has the version {version} already; give it a new one.")
    before = {file.name for file in pack.files}
    draft.document["version"] = version
    attach(draft, spec, say)
    verify_pack(draft.pack)
    write_licences(draft)
    pack = draft.save()
    for name in sorted(before - {file.name for file in pack.files}):
        say(f"{name} is no longer a part of the pack; remove it when no annotator uses the old version")
    return pack


def attach(draft: Draft, spec: SourceSpec, say: Callable[[str], None]) -> None:
    """Write the file of a source into the folder of a pack and describe it in the draft."""
    keys = [field.key for field in spec.fields]
    try:
        draft.check_keys(spec.name, keys)
    except ValueError as error:
        raise Misconfigured(f"The source {spec.name} does not agree with the pack: {error}.") from error
    known = draft.folder / KNOWN_FOLDER
    known.mkdir(exist_ok=True)
    beside = known / f".{spec.name}.{os.getpid()}"
    try:
        reading = write_source(spec, draft.pack, beside)
        name = _place(beside, spec.name, draft)
    finally:
        beside.unlink(missing_ok=True)
    source = Source(
        name=spec.name,
        title=spec.title,
        file=name,
        kind=spec.kind,
        records=reading.rows,
        version=spec.version,
        licence=spec.licence,
        attribution=spec.attribution,
        url=spec.url,
        keys=tuple(key.id for key in keys),
    )
    draft.put_source(source, keys)
    say(f"{name}: {counted(reading.rows, 'row')} from {counted(reading.records, 'record')}")
    for line in reading.remarks():
        say(f"  {line}")


def _place(written: Path, source: str, draft: Draft) -> str:
    """Give a new file its name, which is not that of another file of the pack; the name in the pack."""
    name = f"{KNOWN_FOLDER}/{source}.parquet"
    if (draft.folder / name).exists():
        with written.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = f"{KNOWN_FOLDER}/{source}.{digest[:_DIGITS]}.parquet"
    written.replace(draft.folder / name)
    return name
