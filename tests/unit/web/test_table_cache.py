"""Copies of tables on the disk of a web server, shared by threads and processes."""

import hashlib
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gas.errors import Misconfigured, NotFound
from gas.fakes import FakeObjectStore, FakeObjectStream
from gas.jobs import ResultFile
from services.web.viewer.disk_cache import DiskCache, NotWhole, TooLargeToShow
from services.web.viewer.engine import Busy
from services.web.viewer.file_lock import OpenFile
from tests.waiting import wait_for

SIZE = 10_000


@pytest.fixture
def store() -> FakeObjectStore:
    return FakeObjectStore()


@pytest.fixture
def objects(store: FakeObjectStore) -> FakeObjectStream:
    return FakeObjectStream(store)


@pytest.fixture
def cache(tmp_path: Path, objects: FakeObjectStream) -> DiskCache:
    """Room for two files and a half."""
    return DiskCache(tmp_path / "tables", 25_000, objects, patience=0.1)


def stored(store: FakeObjectStore, name: str, size: int = SIZE) -> ResultFile:
    data = name.encode() * size
    store.objects[name] = data[:size]
    return ResultFile(name=name, key=name, size=size, sha256=hashlib.sha256(data[:size]).hexdigest())


def kept(cache: DiskCache) -> set[str]:
    return {path.stem for path in cache.folder.glob("*.parquet")}


def use(cache: DiskCache, file: ResultFile) -> bytes:
    with cache.using(file) as path:
        return path.read_bytes()


def test_a_file_is_fetched_once(cache: DiskCache, store: FakeObjectStore, objects: FakeObjectStream) -> None:
    file = stored(store, "a")

    assert use(cache, file) == use(cache, file) == store.objects["a"]

    assert objects.streamed == SIZE / FakeObjectStream.PIECE


def test_the_same_content_of_another_job_is_the_same_copy(cache: DiskCache, store: FakeObjectStore) -> None:
    """After a restore a result has another key, and its digest stays."""
    use(cache, stored(store, "a"))
    del store.objects["a"]
    file = ResultFile(name="b", key="b", size=SIZE, sha256=hashlib.sha256(b"a" * SIZE).hexdigest())

    assert use(cache, file) == b"a" * SIZE


def test_what_was_not_used_for_longest_goes_first(cache: DiskCache, store: FakeObjectStore) -> None:
    files = [stored(store, name) for name in "abc"]
    use(cache, files[0])
    use(cache, files[1])
    use(cache, files[0])

    use(cache, files[2])

    assert kept(cache) == {files[0].sha256, files[2].sha256}


def test_what_is_in_use_stays(cache: DiskCache, store: FakeObjectStore) -> None:
    files = [stored(store, name) for name in "abc"]
    use(cache, files[1])
    with cache.using(files[0]) as path:
        use(cache, files[1])
        use(cache, files[2])
        assert path.read_bytes() == b"a" * SIZE

    assert kept(cache) == {files[0].sha256, files[2].sha256}


def test_a_disk_full_of_files_in_use_says_so(cache: DiskCache, store: FakeObjectStore) -> None:
    with ExitStack() as stack:
        for name in "ab":
            stack.enter_context(cache.using(stored(store, name)))
        with pytest.raises(Busy, match="full of tables in use"):
            use(cache, stored(store, "c"))

    assert use(cache, stored(store, "c")) == b"c" * SIZE


def test_a_file_larger_than_the_cache_is_refused_before_it_is_fetched(
    cache: DiskCache, store: FakeObjectStore, objects: FakeObjectStream
) -> None:
    with pytest.raises(TooLargeToShow, match="too large to be shown"):
        use(cache, stored(store, "a", 25_001))

    assert objects.streamed == 0


@pytest.mark.parametrize("data", [b"a" * (SIZE - 1), b"a" * (SIZE + 1), b"b" * SIZE, b""])
def test_what_is_not_the_recorded_file_is_never_kept(
    cache: DiskCache, store: FakeObjectStore, data: bytes
) -> None:
    file = stored(store, "a")
    store.objects["a"] = data

    with pytest.raises(NotWhole):
        use(cache, file)

    assert list(cache.folder.glob("*.p*")) == []
    store.objects["a"] = b"a" * SIZE
    assert use(cache, file) == b"a" * SIZE


def test_a_file_that_is_gone_is_not_found(cache: DiskCache, store: FakeObjectStore) -> None:
    file = stored(store, "a")
    del store.objects["a"]

    with pytest.raises(NotFound):
        use(cache, file)


def test_what_a_killed_process_left_is_removed(cache: DiskCache, store: FakeObjectStore) -> None:
    """Its lock ended with it; a file that somebody is writing is left alone."""
    use(cache, stored(store, "a"))
    left = cache.folder / "left.partial"
    left.write_bytes(b"x" * 20_000)
    with cache.scratch(10) as mine:
        use(cache, stored(store, "b"))
        assert mine.path.exists()

    assert not left.exists()
    assert not mine.path.exists()


class Slow:
    """A store whose first piece waits until it is let go."""

    def __init__(self, store: FakeObjectStore) -> None:
        self.objects = FakeObjectStream(store)
        self.asked = 0
        self.go = threading.Event()

    def stream(self, key: str, *, start: int = 0) -> Iterator[bytes]:
        self.asked += 1
        self.go.wait(60)
        yield from self.objects.stream(key, start=start)


def test_many_threads_that_ask_at_once_fetch_once(tmp_path: Path, store: FakeObjectStore) -> None:
    slow, file = Slow(store), stored(store, "a")
    cache = DiskCache(tmp_path, 25_000, slow, patience=60)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(use, cache, file) for _ in range(8)]
        wait_for(lambda: slow.asked, "the first")
        slow.go.set()

        assert {answer.result() for answer in answers} == {b"a" * SIZE}

    assert slow.asked == 1


def test_who_waits_too_long_is_told_to_come_again(tmp_path: Path, store: FakeObjectStore) -> None:
    slow, file = Slow(store), stored(store, "a")
    cache = DiskCache(tmp_path, 25_000, slow, patience=0.1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(use, cache, file)
        wait_for(lambda: slow.asked, "the first")
        with pytest.raises(Busy, match="is being fetched"):
            use(cache, file)
        slow.go.set()

        assert first.result() == b"a" * SIZE


def _ask_for_all(folder: Path, contents: dict[str, bytes], results: Any) -> None:
    """In a process of its own: every file over and over, with room for two of four."""
    store = FakeObjectStore()
    store.objects.update(contents)
    cache = DiskCache(folder, 25_000, FakeObjectStream(store), patience=60)
    wrong = 0
    for _ in range(25):
        for name, data in contents.items():
            file = ResultFile(name=name, key=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            try:
                wrong += use(cache, file) != data
            except Busy:  # The others have all of the room just now.
                continue
    results.put(wrong)


def test_processes_that_push_each_other_out_read_no_wrong_byte(tmp_path: Path) -> None:
    contents = {name: name.encode() * SIZE for name in "abcd"}
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_ask_for_all, args=(tmp_path, contents, results)) for _ in range(3)]
    for process in processes:
        process.start()

    assert [results.get(timeout=90) for _ in processes] == [0, 0, 0]
    for process in processes:
        process.join()
    assert sum(path.stat().st_size for path in tmp_path.glob("*.parquet")) <= 25_000
    assert list(tmp_path.glob("*.partial")) == []


def test_a_folder_that_cannot_be_written_to_is_told_at_start(tmp_path: Path, cache: DiskCache) -> None:
    cache.verify()
    (tmp_path / "file").write_text("")
    wrong = DiskCache(tmp_path / "file" / "tables", 1, cache._objects)

    with pytest.raises(Misconfigured, match="GAS_SCRATCH cannot be written to"):
        wrong.verify()


def test_a_lock_is_of_the_file_that_the_path_leads_to(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    with OpenFile(path) as file:
        assert file.is_there()
        path.unlink()
        assert not file.is_there()
        path.write_bytes(b"2")
        assert not file.is_there()
