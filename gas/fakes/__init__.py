"""An in-memory fake of every port: for tests, and to see what a port promises.

A fake keeps what happened in public attributes. Its only liberties are speed and forgetfulness: the
contract tests hold it to the same promises as the adapter in ``gas/aws``.
"""

from gas.fakes.cold import FakeColdStorage
from gas.fakes.job_queue import FakeJobQueue
from gas.fakes.messaging import FakeBus, FakeExecutions, FakeInbox
from gas.fakes.objects import (
    FakeObjectCopies,
    FakeObjectListing,
    FakeObjectStore,
    FakeObjectStream,
    FakeSignedAccess,
)
from gas.fakes.part_uploads import FakePartUploads
from gas.fakes.records import FakeAccountStore, FakeJobStore, FakeOwnedJobs, FakeTokenStore

__all__ = [
    "FakeAccountStore",
    "FakeBus",
    "FakeColdStorage",
    "FakeExecutions",
    "FakeInbox",
    "FakeJobQueue",
    "FakeJobStore",
    "FakeObjectCopies",
    "FakeObjectListing",
    "FakeObjectStore",
    "FakeObjectStream",
    "FakeOwnedJobs",
    "FakePartUploads",
    "FakeSignedAccess",
    "FakeTokenStore",
]
