"""A site where files go in parts, and somebody who uploads one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gas.accounts import Plan
from gas.errors import NotFound, Refused
from gas.jobs import Job
from gas.part_uploads import Part
from services.web.part_uploads import SMALLEST_PART
from tests.unit.web.builders import ADA, Browser, World, settings

#: Three parts, the last of which is small.
DATA = bytes(range(256)) * (2 * SMALLEST_PART // 256) + b"the rest"
LARGEST = 30_000_000


def world_of_parts() -> World:
    """Files above 1 kB go in parts here, and Ada may upload large ones."""
    world = World(settings=settings(premium_input_bytes=LARGEST, part_upload_bytes=1000))
    world.set_plan(ADA, Plan.PREMIUM)
    return world


class Upload:
    """A job of Ada's whose file is sent in parts."""

    def __init__(self, world: World, browser: Browser, size: int = len(DATA)) -> None:
        self.world, self.browser = world, browser
        answer = browser.ask("/jobs", {"file_name": "large.vcf", "size": size})
        assert answer.status_code == 201, answer.text
        self.ticket = answer.json
        self.job_id = self.ticket["job_url"].rpartition("/")[2]

    @property
    def job(self) -> Job:
        return self.world.jobs.get(self.job_id)

    def sign(self, *wanted: Any) -> Any:
        return self.browser.ask(self.ticket["parts"]["sign_url"], {"parts": list(wanted)})

    def stored(self) -> Any:
        accept = {"Accept": "application/json"}
        return self.browser.get(self.ticket["parts"]["stored_url"], headers=accept)

    def send(self, *numbers: int, data: bytes = DATA) -> None:
        """Send parts as whoever got their addresses does."""
        for number in numbers:
            piece = data[(number - 1) * SMALLEST_PART : number * SMALLEST_PART]
            self.put(number, piece)

    def put(self, number: int, piece: bytes) -> None:
        part = Part(number, len(piece), digest(piece))
        self.world.part_uploads.send(self.job.input_key, self.job.upload_id, part, piece)

    def confirm(self, **said: object) -> Any:
        return self.browser.ask(self.ticket["uploaded_url"], said)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wanted(number: int) -> dict[str, object]:
    return {"number": number, "sha256": digest(b"x")}


@contextmanager
def before(port: Any, method: str, happen: Any) -> Iterator[None]:
    """Let something happen just before the next call of this method; what it is refused is its own affair."""
    original = getattr(port, method)

    def call(*arguments: Any) -> Any:
        setattr(port, method, original)
        with suppress(NotFound, Refused):
            happen(*arguments)
        return original(*arguments)

    setattr(port, method, call)
    yield
