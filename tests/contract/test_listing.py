"""What every listing of a bucket promises."""

from __future__ import annotations

import io
import time

import pytest

from gas.aws.objects import S3ObjectListing
from gas.fakes import FakeObjectListing
from gas.keys import result_key

#: Objects of one page of the adapter.
PAGE = 2

#: S3 tells the time of a write in whole seconds.
RESOLUTION = 1.0


@pytest.fixture
def listing(aws, results):
    if aws is None:
        return FakeObjectListing(results)
    return S3ObjectListing(aws.client("s3"), aws.outputs["ResultsBucket"], page=PAGE)


def upload(results, key: str, data: bytes = b"data") -> str:
    results.upload(key, io.BytesIO(data), content_type="text/plain")
    return key


def test_every_object_below_a_prefix_is_listed_in_order(listing, results, user):
    """However many pages that takes, and whatever is in a name."""
    names = ["b", "a (1), x=y+z@~.gz", "a%20b", "2/b", "c"]
    keys = [upload(results, result_key(user, "j1", name), name.encode()) for name in names]
    upload(results, f"results/{user}-other/j1/b")

    listed = list(listing.under(f"results/{user}/"))

    assert [each.key for each in listed] == sorted(keys)
    assert {each.key: each.size for each in listed} == dict(zip(keys, map(len, names), strict=True))


def test_a_listing_tells_when_an_object_was_written(listing, results, user):
    """At last, if it was written twice."""
    key = upload(results, result_key(user, "j1", "b"))
    before = time.time()
    upload(results, key)

    (listed,) = listing.under(key)

    assert before - RESOLUTION <= listed.written_at <= time.time()


def test_nothing_is_listed_that_is_not_there(listing, results, user):
    """Neither what was removed nor what never was."""
    assert list(listing.under(f"results/{user}/")) == []

    results.remove(upload(results, result_key(user, "j1", "b")))

    assert list(listing.under(f"results/{user}/")) == []


def test_objects_may_be_removed_while_they_are_listed(listing, results, user):
    """The rest of them is listed all the same."""
    keys = [upload(results, result_key(user, "j1", f"{number}")) for number in range(2 * PAGE + 1)]
    seen = []

    for each in listing.under(f"results/{user}/"):
        seen.append(each.key)
        results.remove(each.key)

    assert seen == keys
