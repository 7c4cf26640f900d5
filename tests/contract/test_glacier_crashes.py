"""A process that dies before or after any call to S3, and another that does its work again.

The bucket keeps versions, so that nothing which was written twice can hide.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gas.aws.objects import S3ObjectStore
from tests.contract.glacier_bench import LARGE, SMALL, Bench, make_bench

MOMENTS = ("before", "after")
both_sizes = pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in one piece", "in parts"])


class Died(BaseException):
    """Nothing that the program could catch as a failure of S3."""


class Mortal:
    """A client whose process dies before or after its call of this number, and does nothing from then on."""

    def __init__(self, client: Any, last_call: int, moment: str) -> None:
        self._client, self._last_call, self._moment = client, last_call, moment
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.died = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            with self._lock:
                number = next(self._numbers)
                self.died = self.died or number >= self._last_call
            if number > self._last_call or (self.died and self._moment == "before"):
                raise Died
            answer = getattr(self._client, name)(**request)
            if number == self._last_call:
                raise Died
            return answer

        return call


def survive(bench: Bench, step: Callable[[Any], None], check: Callable[[], None]) -> int:
    """Die at each call in turn, do the step again with a sound client, and check; how many calls there are.

    The call that a step no longer reaches ends it.
    """
    for last_call in itertools.count(1):
        for moment in MOMENTS:
            mortal = Mortal(bench.s3, last_call, moment)
            try:
                step(mortal)
            except Died:
                step(bench.s3)
            check()
        if not mortal.died:
            return last_call - 1
    raise AssertionError("itertools.count does not end")


def kept_once(bench: Bench, *keys: str) -> bool:
    return bench.uploads() == 0 and all(bench.versions(key) == 1 for key in keys)


@pytest.fixture
def bench(cloud) -> Bench:
    """A bucket that keeps versions."""
    return make_bench(cloud.client("s3"), "Enabled")


@both_sizes
def test_a_death_while_storing_leaves_one_whole_cold_copy(bench, data):
    """And the hot one, for it is not recorded yet."""
    file = bench.put(data, "results/x")

    def store(client: Any) -> None:
        bench.cold(client).store(file, "archive/x", lambda upload_id: None)

    def check() -> None:
        assert kept_once(bench, "archive/x", "results/x")
        assert bench.has_checksum_of("archive/x", data)
        bench.cold().discard(replace(file, archive_id="archive/x"))

    assert survive(bench, store, check) >= 3


@both_sizes
def test_a_death_while_bringing_back_leaves_one_whole_hot_copy(bench, data):
    """And the cold one, for it is not recorded yet."""
    kept = bench.put_restored(data)

    def bring_back(client: Any) -> None:
        bench.cold(client).bring_back(kept, "results/x")

    def check() -> None:
        assert kept_once(bench, kept.archive_id, "results/x")
        assert bench.read("results/x") == data
        S3ObjectStore(bench.s3, bench.bucket).remove("results/x")

    assert survive(bench, bring_back, check) >= 3


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_a_death_while_removing_leaves_no_version(bench, versioning):
    """Neither of the content nor a marker, and no older content comes to light."""
    kept = replace(bench.put(SMALL, "archive/x"), archive_id="archive/x")

    def discard(client: Any) -> None:
        bench.cold(client).discard(kept)

    def check_and_write_again() -> None:
        assert bench.versions("archive/x") == 0
        bench.set_versioning("Enabled")
        bench.put(SMALL, "archive/x")
        bench.put(SMALL, "archive/x")
        bench.set_versioning(versioning)

    assert survive(bench, discard, check_and_write_again) >= 5


def test_a_removal_that_was_cut_short_shows_no_older_content(bench):
    """Whoever looks in between sees nothing, as after the first call."""
    for last_call in range(2, 6):
        key = f"archive/{last_call}"
        bench.put(SMALL, key)
        kept = replace(bench.put(SMALL, key), archive_id=key)

        with pytest.raises(Died):
            bench.cold(Mortal(bench.s3, last_call, "before")).discard(kept)

        assert bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix=key)["KeyCount"] == 0
