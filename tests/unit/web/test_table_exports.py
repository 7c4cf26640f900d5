"""What is taken out of a table as a file: exactly what its filter shows, of any size."""

from __future__ import annotations

import csv
import gzip
import io
import random
import threading

import pyarrow.parquet as pq
import pytest

from services.web.viewer import exports
from services.web.viewer.bgzf import BLOCK_BYTES, END, pack, unpack
from services.web.viewer.file_lock import OpenFile
from services.web.viewer.tables import EXPORTS_AT_ONCE
from services.web.viewer.vcf_records import pick_records
from tests.unit.web.builders import JOB, Browser, World
from tests.unit.web.result_tables import FIRST_LINE, ROWS, add_table, vcf_of

EXPORT = f"/jobs/{JOB}/export"
FILTERS = {
    "impact=HIGH&impact=MODERATE": [11778, 11778],
    "region=MT:3000-12000": [3243, 11778, 11778, 12000],
    "sample=child&genotype=homozygous": [3243, 13000],
    "gene=NONE": [],
    "filter=.": [14000],
}
HEADER = b"##fileformat=VCFv4.3\n#CHROM\tPOS\n"


@pytest.fixture
def table(world: World) -> Browser:
    add_table(world)
    return world.browser()


def export(browser: Browser, kind: str, query: str = "") -> bytes:
    answer = browser.get(f"{EXPORT}?format={kind}&{query}")
    assert answer.status_code == 200
    return answer.data


@pytest.mark.parametrize(("query", "expected"), FILTERS.items())
def test_every_format_has_what_the_filter_shows(table: Browser, query: str, expected: list[int]) -> None:
    """A VCF has records, so one of which two alleles pass is there once."""
    rows = list(csv.DictReader(io.StringIO(export(table, "tsv", query).decode()), delimiter="\t"))
    parquet = pq.read_table(io.BytesIO(export(table, "parquet", query)))
    records = _records(export(table, "vcf", query))

    assert [int(row["position"]) for row in rows] == expected
    assert parquet["position"].to_pylist() == expected
    assert [int(record.split("\t")[1]) for record in records] == sorted(set(expected))


def _records(data: bytes) -> list[str]:
    return [line for line in gzip.decompress(data).decode().splitlines() if not line.startswith("#")]


def test_a_text_file_has_all_columns_and_the_names_of_the_samples(table: Browser) -> None:
    first, second, *_ = export(table, "tsv").decode().splitlines()

    row = dict(zip(first.split("\t"), second.split("\t"), strict=True))
    assert first.startswith("line\tcontig\tposition\tid\tref\talt\tallele\tqual\t")
    assert row["line"] == str(FIRST_LINE)
    assert (row["id"], row["qual"], row["genotype_child"], row["gene"]) == ("rs1;other", "50.5", "0/1", "")


def test_all_of_a_text_file_is_there(table: Browser) -> None:
    assert len(export(table, "tsv").splitlines()) == 1 + len(ROWS)


def test_a_vcf_keeps_its_header_and_its_records_as_they_are(table: Browser) -> None:
    """And says which filter it went through."""
    whole = gzip.decompress(vcf_of(ROWS)).splitlines()
    part = gzip.decompress(export(table, "vcf", "gene=MT-ND4&min_quality=&impact=HIGH")).splitlines()

    assert part == [
        *whole[:3],
        b"##GAS_filter=gene=MT-ND4&impact=HIGH",
        whole[3],
        next(line for line in whole if b"T,TT" in line),
    ]


def test_a_parquet_file_has_the_columns_of_the_table(world: World, table: Browser) -> None:
    whole = pq.read_schema(io.BytesIO(world.results.objects[world.jobs.get(JOB).result_files[1].key]))
    part = pq.read_schema(io.BytesIO(export(table, "parquet", "impact=HIGH")))

    assert part.names == whole.names


@pytest.mark.parametrize(("kind", "name"), [("vcf", "sample.annot.vcf.gz"), ("parquet", "sample.parquet")])
def test_without_a_filter_the_stored_file_is_the_export(table: Browser, kind: str, name: str) -> None:
    answer = table.get(f"{EXPORT}?format={kind}&sort=-qual&page=2")

    assert answer.status_code == 302
    assert f"as={name}" in answer.location


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("format=tsv", "my sample.all.tsv"),
        ("format=tsv&region=MT:1-200&impact=HIGH", "my sample.MT.1.200-HIGH.tsv"),
        ("format=vcf&gene=" + "x" * 150, f"my sample.{'x' * 60}.vcf.gz"),
        ('format=tsv&gene="/../%C3%A4;', "my sample.all.tsv"),
    ],
)
def test_the_name_of_the_file_has_the_filter_in_short(world: World, query: str, name: str) -> None:
    add_table(world, file_name="my sample.vcf.gz")

    answer = world.browser().get(f"{EXPORT}?{query}")

    told = answer.headers["Content-Disposition"]
    assert told.replace("..", ".") == f'attachment; filename="{name}"'


@pytest.mark.parametrize("query", ["", "format=xml", "format=tsv&page=x", "format=vcf&max_frequency=2"])
def test_an_export_of_nothing_that_makes_sense_is_refused(table: Browser, query: str) -> None:
    answer = table.get(f"{EXPORT}?{query}", headers={"Accept": "application/json"})

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "wrong_filter"


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_who_goes_away_in_the_middle_leaves_nothing_behind(world: World, kind: str) -> None:
    """No turn, no file, no lock, and the stored result is read no further."""
    rows = [{"position": number + 1, "type": "SNV" if number else "MNV"} for number in range(3000)]
    add_table(world, rows, group=1000)
    client = world.browser().client
    tables = world.app.extensions["gas"].tables
    streams = world.app.extensions["gas"].ports.result_stream

    for _ in range(5):
        answer = client.open(f"{EXPORT}?format={kind}&type=SNV", buffered=False)
        assert answer.status_code == 200
        answer.close()

    assert tables.exports._value == EXPORTS_AT_ONCE
    assert list(tables.cache.folder.glob("*.partial")) == []
    (copy,) = tables.cache.folder.glob("*.parquet")
    with OpenFile(copy) as file:
        assert file.claim()
    assert streams.streamed < 5000


def test_too_many_exports_at_once_are_asked_to_come_again(world: World, table: Browser, monkeypatch) -> None:
    monkeypatch.setattr("services.web.viewer.pages._WAIT_SECONDS", 0.01)
    turns = world.app.extensions["gas"].tables.exports
    while turns.acquire(blocking=False):
        pass

    assert table.get(f"{EXPORT}?format=tsv").status_code == 503


class BusyForAMinute:
    """Turns that only those get who wait longer than that."""

    def acquire(self, timeout: float) -> bool:
        return timeout > 60

    def release(self) -> None:
        pass


def test_a_file_under_way_waits_for_its_turn_where_a_page_does_not(world: World, table: Browser) -> None:
    """Its headers are sent, so that a refusal would be half a file."""
    assert table.get(f"/jobs/{JOB}/table").status_code == 200
    world.app.extensions["gas"].tables.engine._turns = BusyForAMinute()

    assert table.get(f"/jobs/{JOB}/table?impact=HIGH").status_code == 503
    assert len(export(table, "tsv").splitlines()) == 1 + len(ROWS)


def test_parquet_files_are_written_one_after_the_other(world: World, table: Browser) -> None:
    """The other turn is for whoever asks for rows."""
    engine = world.app.extensions["gas"].tables.engine
    engine._wait = 0.01
    began, go_on, written, rows = threading.Event(), threading.Event(), [], engine.rows

    def slow_rows(sql: str, *more: object, **wait: float) -> object:
        if sql.startswith("COPY"):
            began.set()
            assert go_on.wait(timeout=30)
        return rows(sql, *more, **wait)

    engine.rows = slow_rows
    writer = threading.Thread(target=lambda: written.append(export(table, "parquet", "impact=HIGH")))
    writer.start()
    assert began.wait(timeout=30)
    assert world.browser().get(f"{EXPORT}?format=parquet&impact=HIGH").status_code == 503
    go_on.set()
    writer.join(timeout=30)
    assert written[0].startswith(b"PAR1")


def test_a_damaged_result_ends_in_an_error_and_not_in_a_file(world: World, table: Browser) -> None:
    key = world.jobs.get(JOB).result_files[0].key
    data = world.results.objects[key]
    end_of_block = len(data) - len(END) - 8
    world.results.objects[key] = data[:end_of_block] + bytes(4) + data[end_of_block + 4 :]

    assert table.get(f"{EXPORT}?format=vcf&significance=Reported").status_code == 500
    with pytest.raises(ValueError, match="damaged"):
        b"".join(unpack([world.results.objects[key]]))


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5 * BLOCK_BYTES])
def test_what_is_packed_is_bgzf(size: int) -> None:
    """Python's own gzip and our reader agree, however the bytes are cut."""
    text = random.Random(size).randbytes(size // 2).hex().encode().ljust(size, b"x")
    packed = b"".join(pack(text[at : at + 1000] for at in range(0, size, 1000)))

    assert gzip.decompress(packed) == text
    for step in (1 << 20, 997):
        pieces = (packed[at : at + step] for at in range(0, len(packed), step))
        assert b"".join(unpack(pieces)) == text
    assert packed[:4] == b"\x1f\x8b\x08\x04"
    assert len(packed) < (1 << 16) * (2 + size // BLOCK_BYTES)


@pytest.mark.parametrize("cut", [1, 10, 20, 30])
def test_a_file_that_is_cut_off_is_noticed(cut: int) -> None:
    packed = b"".join(pack([b"text" * 1000]))[:-28]

    with pytest.raises(ValueError, match="end in the middle"):
        b"".join(unpack([packed[:-cut]]))


@pytest.mark.parametrize("step", [1, 7, 64, 10_000])
def test_records_are_picked_wherever_the_text_is_cut(step: int) -> None:
    lines = [b"MT\t%d\n" % number for number in range(500)]
    text = HEADER + b"".join(lines)
    wanted = [0, 1, 250, 499]

    pieces = (text[at : at + step] for at in range(0, len(text), step))
    picked = b"".join(pick_records(pieces, iter(wanted), b"##more"))

    assert picked == b"##fileformat=VCFv4.3\n##more\n#CHROM\tPOS\n" + b"".join(lines[at] for at in wanted)


def test_nothing_is_read_beyond_the_last_record_that_is_wanted() -> None:
    def pieces():
        yield HEADER
        yield b"MT\t1\nMT\t2\n"
        yield b"MT\t3\n"
        pytest.fail("read on")

    assert b"".join(pick_records(pieces(), iter([0]), b"##more")).endswith(b"POS\nMT\t1\n")


@pytest.mark.parametrize("text", [b"##fileformat=VCFv4.3\n", HEADER, HEADER + b"MT\t1\n"])
def test_a_file_with_too_few_records_is_an_error(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"no line of columns|is wanted of"):
        b"".join(pick_records([text], iter([1]), b"##more"))
