"""A manifest that is being written, and the folder that it will describe."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from services.annotator.pack.manifest import SCHEMA, InfoKey, Source
from services.annotator.pack.pack import MANIFEST_NAME, Pack, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from services.annotator.pack.manifest import Contig


class Draft:
    """The document of a manifest, which becomes valid with `save` and not before."""

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        self.folder = folder
        self.document = document

    @classmethod
    def of(cls, folder: Path) -> Draft:
        """The manifest of a pack that is there, to be changed."""
        return cls(folder, json.loads((folder / MANIFEST_NAME).read_bytes()))

    @property
    def pack(self) -> Pack:
        """The pack as the document describes it now."""
        return read_manifest(self.folder, self._encoded())

    def describe_contigs(self, contigs: Iterable[Contig]) -> None:
        """Set the contigs."""
        self.document["contigs"] = [asdict(contig) for contig in contigs]

    def list_files(self, names: Sequence[str]) -> None:
        """Add files of the folder, with their digests, to those that belong to the pack."""
        kept = [file for file in self.document["files"] if file["name"] not in names]
        self.document["files"] = kept + [self._file(name) for name in names]

    def check_keys(self, source: str, keys: Iterable[InfoKey]) -> None:
        """See that the keys of a source mean what they mean in the other sources of the pack.

        :raises ValueError: naming the first that does not.
        """
        known = {key["id"]: key for key in self.document["keys"]}
        for key in keys:
            others = self._sources_with(key.id, source)
            if others and known[key.id] != asdict(key):
                raise ValueError(f"the key {key.id} has another type, role or description in {others[0]}")

    def put_source(self, source: Source, keys: Iterable[InfoKey]) -> None:
        """Add a source, or put it in the place of the one of its name, and list its file."""
        sources = {each["name"]: each for each in self.document["sources"]}
        replaced = sources.get(source.name, {"file": source.file})["file"]
        sources[source.name] = asdict(source)
        self.document["sources"] = list(sources.values())
        described = {key["id"]: key for key in self.document["keys"]} | {key.id: asdict(key) for key in keys}
        self.document["keys"] = [key for key in described.values() if self._sources_with(key["id"])]
        self.document["files"] = [file for file in self.document["files"] if file["name"] != replaced]
        self.list_files([source.file])

    def _sources_with(self, key: str, besides: str = "") -> list[str]:
        sources = self.document["sources"]
        return [source["name"] for source in sources if key in source["keys"] and source["name"] != besides]

    def save(self) -> Pack:
        """Write the manifest, at once and as a whole; the pack is what it says from then on."""
        path = self.folder / MANIFEST_NAME
        beside = path.with_name(f".{MANIFEST_NAME}.{os.getpid()}")
        beside.write_bytes(self._encoded())
        beside.replace(path)
        return self.pack

    def _encoded(self) -> bytes:
        return (json.dumps(self.document, indent=2, ensure_ascii=False) + "\n").encode()

    def _file(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"name": name, "sha256": digest, "size": path.stat().st_size}


def new_document(*, name: str, title: str, assembly: str, version: str, attribution: str) -> dict[str, Any]:
    """A manifest that says what a pack is, but has nothing yet."""
    return {
        "schema": SCHEMA,
        "name": name,
        "title": title,
        "assembly": assembly,
        "version": version,
        "attribution": attribution,
        "reference": {},
        "gene_model": {},
        "contigs": [],
        "keys": [],
        "sources": [],
        "files": [],
    }
