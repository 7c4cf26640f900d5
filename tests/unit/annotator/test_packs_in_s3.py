"""A pack is published under a prefix, and workers have what they need of it on their disk."""

import hashlib
import os
import subprocess
import sys
import threading

import pytest

from gas.errors import Misconfigured
from services.annotator.pack.disk_lock import DiskLock
from services.annotator.pack.pack import BUILTIN_PACKS, load_pack, verify_pack
from services.annotator.pack.pack_address import PackAddress
from services.annotator.pack.pack_cache import PackCache
from services.annotator.pack_tool.publishing import publish_pack
from tests.unit.annotator.pack_bucket import Bucket
from tests.unit.annotator.pack_workshop import build

ADDRESS = PackAddress("bucket", "packs/small/1")
OTHER = PackAddress("bucket", "packs/small/2")
ROOMY = 1 << 30


def quiet(_):
    """Say nothing."""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "small").mkdir()
    return build(tmp_path / "small")


@pytest.fixture
def bucket(small):
    filled = Bucket()
    publish_pack(small, filled, ADDRESS, quiet)
    return filled


@pytest.fixture
def second(tmp_path, bucket):
    """Another pack in the bucket, of the same size."""
    (tmp_path / "second").mkdir()
    pack = build(tmp_path / "second", version="2")
    publish_pack(pack, bucket, OTHER, quiet)
    bucket.downloaded.clear()
    return pack


def size_of(pack):
    return sum(file.size for file in pack.files) + (pack.folder / "manifest.json").stat().st_size


def packs_in(folder):
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_the_manifest_is_published_last(bucket, small):
    """Who sees it finds everything that it names."""
    names = {f"packs/small/1/{file.name}" for file in small.files} | {"packs/small/1/LICENCES.txt"}

    assert set(bucket.uploaded[:-1]) == names
    assert bucket.uploaded[-1] == "packs/small/1/manifest.json"
    assert bucket.content_types["packs/small/1/manifest.json"] == "application/json"


def test_a_pack_that_is_there_is_not_published_again(bucket, small):
    """The command can be repeated."""
    bucket.uploaded.clear()

    publish_pack(small, bucket, ADDRESS, quiet)

    assert bucket.uploaded == []


def test_a_published_pack_is_never_changed(bucket, tmp_path):
    """A worker may be downloading it."""
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other", version="2")

    with pytest.raises(Misconfigured, match="There is another pack at s3://bucket/packs/small/1"):
        publish_pack(other, bucket, ADDRESS, quiet)


def test_a_damaged_pack_is_not_published(small):
    """Nothing of it."""
    with small.path("sequence.fa").open("ab") as stream:
        stream.write(b"A")
    bucket = Bucket()

    with pytest.raises(Misconfigured, match="is damaged"):
        publish_pack(small, bucket, ADDRESS, quiet)
    assert bucket.uploaded == []


def test_a_pack_is_downloaded_once(bucket, small, tmp_path):
    """It is whole, and the next process finds it there."""
    cache = PackCache(tmp_path / "cache", ROOMY)
    with cache.hold(bucket, ADDRESS) as held:
        verify_pack(held.pack)
        assert held.pack.digest == small.digest
        assert held.pack.folder == tmp_path / "cache" / small.digest
    bucket.downloaded.clear()

    with PackCache(tmp_path / "cache", ROOMY).hold(bucket, ADDRESS) as held:
        verify_pack(held.pack)

    assert bucket.downloaded == ["packs/small/1/manifest.json"]


def test_a_new_version_is_another_folder(bucket, second, tmp_path):
    """Both can be used at once."""
    cache = PackCache(tmp_path / "cache", ROOMY)

    with cache.hold(bucket, ADDRESS) as old, cache.hold(bucket, OTHER) as new:
        verify_pack(old.pack)
        verify_pack(new.pack)

        assert packs_in(tmp_path / "cache") == {old.pack.digest, new.pack.digest}


def test_a_download_that_was_cut_off_goes_on(bucket, small, tmp_path):
    """Whole files are kept, half of one is not taken for it."""
    part = tmp_path / "cache" / f"{small.digest}.part"
    part.mkdir(parents=True)
    (part / "sequence.fa").write_bytes(small.path("sequence.fa").read_bytes())
    (part / ".sequence.fa.fai").write_bytes(b"hal")
    bucket.downloaded.clear()

    with PackCache(tmp_path / "cache", ROOMY).hold(bucket, ADDRESS) as held:
        verify_pack(held.pack)

    assert "packs/small/1/sequence.fa" not in bucket.downloaded
    assert packs_in(tmp_path / "cache") == {small.digest}


def test_a_failing_download_leaves_what_it_has_for_the_next_try(bucket, small, tmp_path):
    """An outage in the middle costs one file."""
    lost = bucket.objects.pop("packs/small/1/genes/1.gff3")
    cache = PackCache(tmp_path / "cache", ROOMY)
    with pytest.raises(Misconfigured, match=r"is incomplete: genes/1\.gff3 is missing"):
        cache.hold(bucket, ADDRESS)
    bucket.objects["packs/small/1/genes/1.gff3"] = lost
    bucket.downloaded.clear()

    with cache.hold(bucket, ADDRESS) as held:
        verify_pack(held.pack)

    assert bucket.downloaded == ["packs/small/1/manifest.json", "packs/small/1/genes/1.gff3"]


def test_a_damaged_object_never_becomes_a_file(bucket, small, tmp_path):
    """Its digest is compared while it comes."""
    bucket.objects["packs/small/1/sequence.fa"] = b"x" * 3055
    cache = PackCache(tmp_path / "cache", ROOMY)

    with pytest.raises(Misconfigured, match=r"is damaged: sequence\.fa does not have its digest"):
        cache.hold(bucket, ADDRESS)

    assert list((tmp_path / "cache" / f"{small.digest}.part").iterdir()) == []


def test_a_prefix_without_a_pack_is_told(tmp_path):
    """The sentence has the address."""
    with pytest.raises(Misconfigured, match="There is no pack at s3://bucket/packs/small/1"):
        PackCache(tmp_path / "cache", ROOMY).hold(Bucket(), ADDRESS)


def full_cache(folder, bucket, pack):
    """Both packs of the bucket in a cache that has room for two of this size."""
    cache = PackCache(folder, 2 * size_of(pack) + 100)
    cache.hold(bucket, ADDRESS).release()
    cache.hold(bucket, OTHER).release()
    return cache


def aged(cache, pack, seconds):
    """Make it look as if a pack had been taken so long ago."""
    path = cache / f"{pack.digest}.lock"
    taken = path.stat().st_mtime - seconds
    os.utime(path, (taken, taken))


def test_the_pack_that_was_taken_longest_ago_makes_room(bucket, small, second, tmp_path):
    """As many bytes as are needed, and no more."""
    (tmp_path / "third").mkdir()
    third = build(tmp_path / "third", version="3")
    publish_pack(third, bucket, PackAddress("bucket", "3"), quiet)
    folder = tmp_path / "cache"
    cache = full_cache(folder, bucket, small)
    aged(folder, small, 100)
    aged(folder, second, 200)

    cache.hold(bucket, PackAddress("bucket", "3")).release()

    assert packs_in(folder) == {small.digest, third.digest}


def test_taking_a_pack_again_makes_it_young(bucket, small, second, tmp_path):
    """It is the last use that counts, not the download."""
    folder = tmp_path / "cache"
    cache = full_cache(folder, bucket, small)
    aged(folder, small, 200)
    aged(folder, second, 100)

    cache.hold(bucket, ADDRESS).release()

    times = {pack: (folder / f"{pack.digest}.lock").stat().st_mtime for pack in (small, second)}
    assert times[small] > times[second]


def test_what_was_left_half_done_makes_room_too(bucket, small, tmp_path):
    """A pack whose download was given up is not kept for ever."""
    folder = tmp_path / "cache"
    abandoned = folder / f"{'0' * 64}.part"
    abandoned.mkdir(parents=True)
    (abandoned / "sequence.fa").write_bytes(b"x" * 5_000)

    PackCache(folder, size_of(small) + 100).hold(bucket, ADDRESS).release()

    assert packs_in(folder) == {small.digest}


def test_a_pack_in_use_is_never_removed(bucket, small, second, tmp_path):
    """By this process or another: then there is no room, and the sentence says so."""
    cache = PackCache(tmp_path / "cache", size_of(small) + 100)
    with cache.hold(bucket, ADDRESS) as held:
        with pytest.raises(Misconfigured, match="the packs in use leave less of the"):
            cache.hold(bucket, OTHER)
        verify_pack(held.pack)

    cache.hold(bucket, OTHER).release()
    assert packs_in(tmp_path / "cache") == {second.digest}


def test_a_pack_that_another_process_uses_is_never_removed(bucket, small, second, tmp_path):
    """Its lock ends with it, even if it is killed."""
    folder = tmp_path / "cache"
    cache = PackCache(folder, size_of(small) + 100)
    cache.hold(bucket, ADDRESS).release()
    program = (
        "import sys; from pathlib import Path; from services.annotator.pack.disk_lock import DiskLock\n"
        "lock = DiskLock(Path(sys.argv[1])); lock.share(); print('held', flush=True); sys.stdin.read()"
    )
    lock = str(folder / f"{small.digest}.lock")
    with subprocess.Popen(
        [sys.executable, "-c", program, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Misconfigured, match="the packs in use"):
            cache.hold(bucket, OTHER)
        other.kill()
        other.communicate()

    cache.hold(bucket, OTHER).release()
    assert packs_in(folder) == {second.digest}


def test_a_pack_that_is_too_large_is_refused(bucket, small, tmp_path):
    """Before anything is removed for it."""
    with pytest.raises(Misconfigured, match=r"bytes; packs may have 1,000 on this disk"):
        PackCache(tmp_path / "cache", 1_000).hold(bucket, ADDRESS)


def test_processes_that_want_the_same_pack_download_it_once(bucket, small, tmp_path):
    """The others wait for the first one."""
    folder = tmp_path / "cache"
    folder.mkdir()
    lock = DiskLock(folder / f"{small.digest}.lock")
    lock.claim()
    held = []
    threads = [
        threading.Thread(target=lambda: held.append(PackCache(folder, ROOMY).hold(bucket, ADDRESS)))
        for _ in range(4)
    ]
    bucket.downloaded.clear()
    for thread in threads:
        thread.start()
    lock.release()
    for thread in threads:
        thread.join(60)

    assert len(held) == 4
    assert bucket.downloaded.count("packs/small/1/sequence.fa") == 1
    for one in held:
        one.release()


def test_the_digest_on_the_disk_is_that_of_the_manifest_in_s3(bucket, tmp_path):
    """A result names the pack by it, wherever the pack was read."""
    expected = hashlib.sha256(bucket.objects["packs/small/1/manifest.json"]).hexdigest()

    with PackCache(tmp_path / "cache", ROOMY).hold(bucket, ADDRESS) as held:
        assert held.pack.digest == expected


def test_the_built_in_pack_survives_the_way_through_s3(tmp_path):
    """Every file that annotation needs is listed, and comes back as it was."""
    bucket = Bucket()
    builtin = load_pack(BUILTIN_PACKS / "human_mt")
    publish_pack(builtin, bucket, ADDRESS, quiet)

    with PackCache(tmp_path / "cache", ROOMY).hold(bucket, ADDRESS) as held:
        verify_pack(held.pack)
        assert held.pack.digest == builtin.digest
