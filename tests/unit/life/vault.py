"""A second fake of cold storage, as unlike S3 as a vault is.

Every archive has an id of its own, however often the same file is stored; a file above `PART_BYTES` goes up
in parts, under an upload id that outlives a crash; a retrieval has an id and is looked up by it.
https://docs.aws.amazon.com/amazonglacier/latest/dev/working-with-archives.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from greenlet import getcurrent

from gas.errors import NotFound, NotYet
from gas.fakes.cold import EXPECTED
from gas.jobs import ResultFile
from gas.storage_ports import Retrieval
from tests.unit.life.promises import WatchedObjectStore
from tests.unit.life.runs import leave

#: The stand-in of an engine writes one result below it and one above.
PART_BYTES = 24


@dataclass
class Upload:
    """An upload in parts; ``archive_id`` once it is complete."""

    description: str
    parts: dict[int, bytes] = field(default_factory=dict)
    archive_id: str = ""


class FakeVault:
    """`gas.ports.ColdStorage`; each request to the service is a call that leaves the process.

    :ivar made_by: the run that made each archive.
    :ivar in_parts: the archives that were uploaded in parts.
    :ivar asked: the retrieval of each archive; ``ready`` holds the archives that can be read.
    """

    name = "VAULT"

    def __init__(self, hot: WatchedObjectStore) -> None:
        self.hot = hot
        self.archives: dict[str, bytes] = {}
        self.made_by: dict[str, Any] = {}
        self.in_parts: set[str] = set()
        self.uploads: dict[str, Upload] = {}
        self.asked: dict[str, str] = {}
        self.ready: set[str] = set()
        self.expedited_available = True
        self._numbers = count(1)

    # The port.

    def store(self, file: ResultFile, archive_key: str, note_upload: Callable[[str], None]) -> str:
        if file.size <= PART_BYTES:
            data = self._read(file)
            return leave(lambda: self._add(data))
        upload_id = file.upload_id
        if upload_id not in self.uploads:
            upload_id = self._begin(archive_key)
            self._note(upload_id, note_upload)
        data = self._read(file)
        for at in range(0, len(data), PART_BYTES):
            leave(partial(self._send, upload_id, at, data[at : at + PART_BYTES]))
        return leave(lambda: self._complete(upload_id, file))

    def retrieve(self, file: ResultFile, job_id: str, *, tier: str) -> Retrieval:
        known = leave(lambda: self.asked.get(file.archive_id), write=False)
        if known:
            return Retrieval("", file.archive_id in self.ready, retrieval_id=known)
        if tier == "Expedited" and not self.expedited_available:
            tier = "Standard"
        name = leave(lambda: self._ask(file.archive_id))
        return Retrieval(tier, ready=False, expected_seconds=EXPECTED[tier], retrieval_id=name)

    def bring_back(self, file: ResultFile, key: str) -> None:
        data = leave(lambda: self._output(file), write=False)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise ValueError(f"{file.name} is not what was recorded")
        leave(lambda: self._put_back(key, data))

    def discard(self, file: ResultFile) -> None:
        archive_id = file.archive_id
        if file.upload_id and not archive_id:
            archive_id = leave(lambda: self._give_up(file.upload_id))
        leave(lambda: self._remove(archive_id))

    # What happens outside.

    def thaw(self, archive_id: str) -> None:
        if archive_id in self.asked:
            self.ready.add(archive_id)

    def expire(self, archive_id: str) -> None:
        self.ready.discard(archive_id)
        self.asked.pop(archive_id, None)

    # The requests.

    def _read(self, file: ResultFile) -> bytes:
        data = leave(lambda: self.hot.objects.get(file.key), write=False)
        if data is None:
            raise NotFound(f"nothing to copy for {file.name}")
        return data

    def _add(self, data: bytes) -> str:
        archive_id = f"archive-{next(self._numbers)}"
        self.archives[archive_id] = data
        self.made_by[archive_id] = getcurrent()
        return archive_id

    def _begin(self, archive_key: str) -> str:
        """Begin an upload; those of the same file that nobody has recorded are aborted."""
        begun = [name for name, upload in self.uploads.items() if upload.description == archive_key]
        for name in begun:
            if not self.uploads[name].archive_id:
                leave(partial(self.uploads.pop, name, None))
        upload_id = f"upload-{next(self._numbers)}"
        leave(lambda: self.uploads.__setitem__(upload_id, Upload(archive_key)))
        return upload_id

    def _note(self, upload_id: str, note_upload: Callable[[str], None]) -> None:
        try:
            note_upload(upload_id)
        except Exception:
            leave(partial(self.uploads.pop, upload_id, None))
            raise

    def _give_up(self, upload_id: str) -> str:
        """Abort an upload; the archive that it became if it is complete."""
        upload = self.uploads.pop(upload_id, None)
        return upload.archive_id if upload else ""

    def _send(self, upload_id: str, at: int, part: bytes) -> None:
        self._upload(upload_id).parts[at] = part

    def _complete(self, upload_id: str, file: ResultFile) -> str:
        upload = self._upload(upload_id)
        if not upload.archive_id:
            data = b"".join(part for _, part in sorted(upload.parts.items()))
            if hashlib.sha256(data).hexdigest() != file.sha256:
                raise ValueError(f"{file.name} is not what was recorded")
            upload.archive_id = self._add(data)
            self.in_parts.add(upload.archive_id)
        return upload.archive_id

    def _upload(self, upload_id: str) -> Upload:
        try:
            return self.uploads[upload_id]
        except KeyError:
            raise NotFound(f"no upload {upload_id}") from None

    def _ask(self, archive_id: str) -> str:
        if archive_id not in self.archives:
            raise NotFound(f"no archive {archive_id}")
        return self.asked.setdefault(archive_id, f"retrieval-{next(self._numbers)}")

    def _output(self, file: ResultFile) -> bytes:
        if file.archive_id not in self.ready:
            raise NotYet(f"{file.archive_id} is not ready")
        if file.archive_id not in self.archives:
            raise NotFound(f"no archive {file.archive_id}")
        return self.archives[file.archive_id]

    def _put_back(self, key: str, data: bytes) -> None:
        self.hot.put(key, data)

    def _remove(self, archive_id: str) -> None:
        self.archives.pop(archive_id, None)
        self.expire(archive_id)
