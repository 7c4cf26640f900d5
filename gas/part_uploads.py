"""What a service needs to have a large object uploaded in parts, by somebody who holds no credentials.

A port like those of `gas.storage_ports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Part:
    """One part of an upload, as it is to be or as it is stored.

    :ivar number: counted from 1.
    :ivar size: bytes.
    :ivar sha256: hexadecimal digest.
    """

    number: int
    size: int
    sha256: str


@dataclass(frozen=True)
class PartAddress:
    """Where one part is sent by PUT, with these headers besides those that every client sends."""

    url: str
    headers: Mapping[str, str]


class PartUploads(Protocol):
    """Uploads in parts to one bucket."""

    def begin(self, key: str) -> str:
        """Begin an upload that will become the object of this key; its id."""

    def sign(self, key: str, upload_id: str, part: Part, *, lifetime: int) -> PartAddress:
        """An address that stores exactly this part, valid ``lifetime`` seconds.

        Other bytes are refused, and so is another length. A part that is sent again replaces the first one.
        """

    def stored(self, key: str, upload_id: str) -> Sequence[Part]:
        """The parts that are there, by number.

        :raises NotFound: no such upload of this key: it was completed or aborted, or has expired.
        """

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make the object of exactly these parts; it is announced as every new object is.

        :raises NotFound: no such upload of this key.
        :raises Refused: the parts that are there are others, or one but the last is smaller than 5 MiB.
        """

    def abort(self, key: str, upload_id: str) -> None:
        """Remove the upload and its parts; nothing happens if it is gone."""
