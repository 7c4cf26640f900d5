"""Where a pack is in S3: the files of its folder under a prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gas.errors import Misconfigured

# A bucket as S3 names them (general purpose bucket naming rules), and a prefix that is not empty.
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*[^/])/?")


@dataclass(frozen=True)
class PackAddress:
    """Where a pack is in S3."""

    bucket: str
    prefix: str

    def key(self, name: str) -> str:
        """The key of the object that is a file of the pack."""
        return f"{self.prefix}/{name}"

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def pack_address(text: str) -> PackAddress | None:
    """The address in a setting; None if it names a folder or a built-in pack.

    :raises Misconfigured: if it begins like an address but is none.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None and text.startswith("s3://"):
        raise Misconfigured(f"{text} is not the address of a pack; write s3://bucket/prefix.")
    return PackAddress(match[1], match[2]) if match else None
