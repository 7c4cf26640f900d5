"""New cold copies go where the setting says, and those of either kind are found."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from gas.aws.clients import Clients
from gas.aws.cold_stores import ColdStores, open_cold_stores
from gas.errors import Misconfigured, NotYet
from gas.fakes import FakeColdStorage, FakeObjectStore
from gas.jobs import ResultFile
from gas.keys import archive_key
from tests.unit.gas.vault_service import BucketService, VaultService, open_vault

DATA = b"annotated"
FILE = ResultFile(name="x", key="results/u1/j1/x", size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
KEY = archive_key("u1", "j1", "x", cycle=1)


class Stores:
    """Both kinds over the same hot copy."""

    def __init__(self) -> None:
        hot = FakeObjectStore()
        hot.objects[FILE.key] = DATA
        bucket = BucketService()
        bucket.objects = hot.objects
        self.hot = hot.objects
        self.classes = FakeColdStorage(hot)
        self.service = VaultService()
        self.vault = open_vault(self.service, bucket)

    def open(self, name: str, *, min_bytes: int = 0) -> ColdStores:
        return ColdStores(name, self.classes, self.vault, min_bytes=min_bytes)

    def ready(self, archive_id: str) -> None:
        self.classes.thaw(archive_id)
        self.service.end_jobs()


@pytest.mark.parametrize(("name", "in_vault"), [("GLACIER", False), ("DEEP_ARCHIVE", False), ("VAULT", True)])
def test_a_new_copy_goes_where_the_setting_says(name, in_vault):
    """And the job records the name of the setting."""
    stores = Stores()
    cold = stores.open(name)

    archive_id = cold.store(FILE, KEY, print)

    assert cold.name == name
    assert (archive_id in stores.service.archives) is in_vault
    assert (archive_id in stores.classes.archives) is not in_vault


@pytest.mark.parametrize(("before", "after"), [("VAULT", "GLACIER"), ("GLACIER", "VAULT")])
def test_a_copy_of_the_other_kind_is_still_served(before, after):
    """The setting may change while archives lie in both."""
    stores = Stores()
    kept = replace(FILE, archive_id=stores.open(before).store(FILE, KEY, print))
    cold = stores.open(after)

    assert cold.retrieve(kept, "j1", tier="Expedited").tier == "Expedited"
    with pytest.raises(NotYet):
        cold.bring_back(kept, "back")
    stores.ready(kept.archive_id)
    cold.bring_back(kept, "back")
    cold.discard(kept)

    assert stores.hot["back"] == DATA
    assert not stores.classes.archives
    assert not stores.service.archives


def test_a_file_that_is_too_small_for_a_vault_goes_to_s3():
    """A vault takes no empty archive at all, and below a size it costs more than it saves."""
    stores = Stores()
    stores.hot["empty"] = b""
    empty = ResultFile(name="e", key="empty", size=0, sha256=hashlib.sha256(b"").hexdigest())

    stores.open("VAULT", min_bytes=len(DATA) + 1).store(FILE, KEY, print)
    stores.open("VAULT").store(empty, archive_key("u1", "j1", "e", cycle=1), print)

    assert not stores.service.archives
    assert len(stores.classes.archives) == 2


def test_an_archive_in_a_vault_that_is_no_longer_set_is_not_lost():
    """The error says what to set."""
    cold = ColdStores("GLACIER", Stores().classes, None)

    with pytest.raises(Misconfigured, match="GAS_VAULT"):
        cold.discard(replace(FILE, archive_id="a1"))


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"name": "TAPE"}, "'TAPE' is none of GLACIER, DEEP_ARCHIVE, VAULT"),
        ({"name": "VAULT"}, "GAS_VAULT"),
        ({"vault": "v", "topic": ""}, "GAS_RESTORE_COMPLETED_TOPIC"),
    ],
)
def test_settings_that_do_not_go_together_are_named(settings, complaint):
    """At start, and not at the first file."""
    with pytest.raises(Misconfigured, match=complaint):
        open_cold_stores(Clients(), "bucket", **settings)
