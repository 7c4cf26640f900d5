"""What the services need of hot and cold storage, as narrow protocols like those of `gas.ports`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from gas.jobs import ResultFile


@dataclass(frozen=True)
class StoredObject:
    """An object in hot storage."""

    key: str
    size: int


class ObjectStore(Protocol):
    """A bucket of hot objects."""

    def stat(self, key: str) -> StoredObject:
        """Size of an object; `NotFound` if it is not there."""

    def download(self, key: str, target: BinaryIO, *, limit: int | None = None) -> None:
        """Write an object (at most its first ``limit`` bytes) to a file; `NotFound` if it is not there."""

    def upload(self, key: str, source: BinaryIO, *, content_type: str) -> None:
        """Store a file under a key, replacing what is there; done when it is durable."""

    def remove(self, key: str) -> None:
        """Remove an object; nothing happens if it is not there."""

    def verify(self) -> None:
        """Prove that the bucket can be reached."""


@dataclass(frozen=True)
class ListedObject(StoredObject):
    """An object of a listing.

    :ivar written_at: seconds since the epoch; of an upload in parts, when it began.
    """

    written_at: float


class ObjectListing(Protocol):
    """What is in a bucket."""

    def under(self, prefix: str) -> Iterator[ListedObject]:
        """Every object whose key begins so, ordered by key; one page of them is in memory at a time.

        What is written or removed meanwhile may or may not be among them.
        """


class ObjectCopies(Protocol):
    """Copies within a bucket that no byte of passes through this process."""

    def copy(self, source: str, target: str) -> None:
        """Copy an object to another key, replacing what is there; done when it is durable.

        :raises NotFound: there is no source.
        """


class ObjectStream(Protocol):
    """A bucket of objects that are larger than memory."""

    def stream(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        """The bytes of an object from an offset on, in pieces of at most some MB, in order.

        A connection that breaks is made again, and goes on where it was, in the same object.

        :raises NotFound: it is not there; with the first piece.
        """


@dataclass(frozen=True)
class UploadForm:
    """What a browser or a script posts, with the file as last field, to store one object."""

    url: str
    fields: Mapping[str, str]


class SignedAccess(Protocol):
    """Addresses that let a browser reach one object, for a while, without credentials."""

    def upload_form(self, key: str, *, max_bytes: int, lifetime: int) -> UploadForm:
        """A form for exactly this key and 1 to ``max_bytes`` bytes, valid ``lifetime`` seconds."""

    def download_link(self, key: str, *, file_name: str, lifetime: int) -> str:
        """An address to save this object as ``file_name``, valid ``lifetime`` seconds."""


@dataclass(frozen=True)
class Retrieval:
    """How far cold storage is with making a file readable.

    :ivar tier: how it was asked for just now (Expedited, Standard or Bulk); empty if it had been before.
    :ivar ready: whether it can be brought back now.
    :ivar retrieval_id: what cold storage calls this retrieval, if it gives it a name.
    :ivar expected_seconds: usual time from asking to ready, if it was asked for just now.
    """

    tier: str
    ready: bool
    expected_seconds: float = 0.0
    retrieval_id: str = ""


class ColdStorage(Protocol):
    """Where archived result files are. Every method may be called again after a crash.

    :ivar name: which kind of cold storage new copies go to: a name of `gas.cold_stores`.
    """

    name: str

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:
        """Make a cold copy of a hot file, verify it against the file's digest, and return its archive id.

        :param note_upload: is told the id of an upload in parts before its first part is sent; the caller
            records it as ``file.upload_id``, so that a later attempt goes on with it.
        """

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:
        """Ask for the cold copy unless that was done, and say how far it is.

        Falls back to the standard tier when the expedited one is refused or not offered. A copy that was
        ready and has expired since, or that could not be made ready, is asked for again.

        :param job_id: told back when the copy is ready (`gas.messages.RetrievalCompleted`).
        :param tier: Expedited, Standard or Bulk.
        """

    def bring_back(self, file: ResultFile, key: str) -> None:
        """Copy a ready file back to hot storage under this key and verify it against its digest.

        :raises NotYet: it is not ready.
        """

    def discard(self, file: ResultFile) -> None:
        """Remove the cold copy, or what there is of it while its upload in parts is under way.

        Nothing happens if it is gone. A retrieval of it that is under way ends with it.
        """

    def verify(self) -> None:
        """Prove that cold storage can be reached."""
