"""A pack goes to S3: its files first, the manifest last, so that nobody ever sees half of it."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from gas.aws.clients import Clients
from gas.aws.objects import S3ObjectStore
from gas.errors import Misconfigured, NotFound
from services.annotator.pack.pack import MANIFEST_NAME, load_pack, verify_pack
from services.annotator.pack.pack_address import pack_address
from services.annotator.pack_tool.licences import LICENCES_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gas.storage_ports import ObjectStore
    from services.annotator.pack.pack import Pack
    from services.annotator.pack.pack_address import PackAddress


def push_pack(folder: Path, text: str, say: Callable[[str], None]) -> None:
    """Publish a pack at an address, as ``s3://bucket/prefix``.

    :raises Misconfigured: if it is no address, the bucket cannot be reached, or the pack is not whole.
    """
    address = pack_address(text)
    if address is None:
        raise Misconfigured(f"{text} is not an address in S3; write s3://bucket/prefix.")
    objects = S3ObjectStore(Clients()["s3"], address.bucket)
    objects.verify()
    publish_pack(load_pack(folder), objects, address, say)


def publish_pack(pack: Pack, objects: ObjectStore, address: PackAddress, say: Callable[[str], None]) -> None:
    """Verify a pack and store it.

    Files under one prefix never change, since annotators may be reading them: each version has its own.

    :raises Misconfigured: if the pack is not whole, or another one is at the address.
    """
    verify_pack(pack)
    published = _published_digest(objects, address)
    if published == pack.digest:
        say(f"{address} has this pack already")
        return
    if published is not None:
        raise Misconfigured(f"There is another pack at {address}; publish each version under its own prefix.")
    names = [file.name for file in pack.files]
    if pack.path(LICENCES_NAME).is_file():
        names.append(LICENCES_NAME)
    for name in (*names, MANIFEST_NAME):
        with pack.path(name).open("rb") as source:
            objects.upload(address.key(name), source, content_type=_content_type(name))
        say(f"{address.key(name)}")


def _published_digest(objects: ObjectStore, address: PackAddress) -> str | None:
    manifest = io.BytesIO()
    try:
        objects.download(address.key(MANIFEST_NAME), manifest)
    except NotFound:
        return None
    return hashlib.sha256(manifest.getvalue()).hexdigest()


def _content_type(name: str) -> str:
    types = {".json": "application/json", ".txt": "text/plain; charset=utf-8"}
    return types.get(name[name.rfind(".") :], "application/octet-stream")
