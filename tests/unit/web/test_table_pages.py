"""The page of a table: what it shows of which rows, and what it says when there is nothing to show."""

import html
import re

import pytest
from werkzeug.test import TestResponse

from services.web.viewer.tables import PAGE
from tests.unit.web.builders import JOB, Browser, World
from tests.unit.web.result_tables import FIRST_LINE, ROWS, add_table

TABLE = f"/jobs/{JOB}/table"
ALL = [100, 3243, 11778, 11778, 12000, 13000, 14000, 15000]


@pytest.fixture
def table(world: World) -> Browser:
    add_table(world)
    return world.browser()


def text_of(answer: TestResponse) -> str:
    """The text of a page, with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def positions(answer: TestResponse) -> list[int]:
    """The positions of the rows, in their order."""
    return [int(found.replace(",", "")) for found in re.findall(r">MT:([0-9,]+)</a>", answer.text)]


def seen(browser: Browser, query: str = "") -> list[int]:
    answer = browser.get(f"{TABLE}?{query}".rstrip("?"), follow_redirects=True)
    assert answer.status_code == 200
    return positions(answer)


def test_all_alleles_are_shown_in_the_order_of_the_file(table: Browser) -> None:
    answer = table.get(TABLE)

    assert positions(answer) == ALL
    assert "1 to 8 of 8 alleles" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("place=MT:3000-12000", [3243, 11778, 11778, 12000]),
        ("place=chrM:12009", [12000]),
        ("place=MT:12010", []),
        ("place=MT:12009-13000", [12000, 13000]),
        ("place=mt-nd4", [11778, 11778]),
        ("region=MT:1-12000&gene=MT-TL1", [3243]),
        ("consequence=frameshift_variant", [11778]),
        ("consequence=stop_gained%26frameshift_variant", [11778]),
        ("consequence=missense_variant&consequence=stop_gained", [11778, 11778]),
        ("consequence=nothing", []),
        ("impact=HIGH&impact=MODIFIER", [3243, 11778]),
        ("type=deletion", [12000]),
        ("significance=P", [3243]),
        ("significance=Reported&significance=B", [11778, 15000]),
        ("max_frequency=0.01", [100, 3243, 11778, 12000, 13000, 14000, 15000]),
        ("max_frequency=0.3", ALL),
        ("min_quality=50", [100, 3243]),
        ("filter=q10", [13000]),
        ("filter=.", [14000]),
        ("filter=.&filter=q10", [13000, 14000]),
        ("id=other", [100]),
        ("id=rs", []),
        ("skip=symbolic_allele", [14000]),
        ("sample=child", [100, 3243, 11778, 11778, 13000]),
        ("sample=child&genotype=heterozygous", [100, 11778, 11778]),
        ("sample=child&genotype=homozygous", [3243, 13000]),
        ("sample=child&genotype=missing", [12000, 14000, 15000]),
        ("sample=mother&genotype=reference", [100]),
        ("sample=mother&genotype=carrier", [11778]),
        ("sample=mother&genotype=missing", [3243, 12000, 13000, 14000, 15000]),
        ("impact=HIGH&type=SNV", []),
    ],
)
def test_a_filter_shows_what_passes_all_of_its_parts(table: Browser, query: str, expected: list[int]) -> None:
    assert seen(table, query) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("qual", [13000, 100, 3243, 11778, 11778, 12000, 14000, 15000]),
        ("-qual", [3243, 100, 13000, 11778, 11778, 12000, 14000, 15000]),
        ("-position", ALL[::-1]),
        ("severity", [11778, 11778, 3243, 100, 12000, 13000, 14000, 15000]),
        ("MITOMAP_AF", [3243, 11778, 100, 11778, 12000, 13000, 14000, 15000]),
    ],
)
def test_what_has_no_value_comes_last_in_any_order(table: Browser, sort: str, expected: list[int]) -> None:
    assert seen(table, f"sort={sort}") == expected


def test_a_heading_says_how_the_table_is_sorted_and_turns_it_round(table: Browser) -> None:
    page = table.get(f"{TABLE}?sort=-qual").text

    (heading,) = re.findall(r'<th [^>]*aria-sort="descending"[^>]*>(.*?)</th>', page, re.DOTALL)
    assert "QUAL" in heading
    assert f'href="{TABLE}?sort=qual"' in heading


def test_a_table_is_shown_page_by_page(world: World) -> None:
    add_table(world, [{"position": number + 1} for number in range(2 * PAGE + 7)])
    ada = world.browser()

    assert seen(ada) == list(range(1, PAGE + 1))
    answer = ada.get(f"{TABLE}?page=3")
    assert positions(answer) == list(range(2 * PAGE + 1, 2 * PAGE + 8))
    assert f"{2 * PAGE + 1} to {2 * PAGE + 7} of {2 * PAGE + 7} alleles" in text_of(answer)
    assert f'href="{TABLE}?page=2"' in answer.text
    assert f'href="{TABLE}"' in answer.text


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("place=chrM:3,000-4000&impact=&sort=", "?region=MT:3000-4000"),
        ("page=9", ""),
        ("impact=LOW&impact=HIGH&impact=LOW", "?impact=HIGH&impact=LOW"),
        ("sample=child&unknown=1", "?sample=child&genotype=carrier"),
    ],
)
def test_every_view_has_one_address(table: Browser, query: str, address: str) -> None:
    answer = table.get(f"{TABLE}?{query}")

    assert (answer.status_code, answer.location) == (302, TABLE + address)
    assert table.get(answer.location).status_code == 200


def test_a_wrong_value_is_told_at_its_field(table: Browser) -> None:
    answer = table.get(f"{TABLE}?max_frequency=2&impact=HIGH")

    assert answer.status_code == 200
    assert "A frequency is a fraction from 0 to 1" in text_of(answer)
    assert re.search(r'aria-invalid="true" aria-describedby="problem-max_frequency"', answer.text)
    assert positions(answer) == [11778]


@pytest.mark.parametrize(
    ("field", "value"), [("place", "MT:4000-3000"), ("max_frequency", "0,01"), ("min_quality", "<b>")]
)
def test_a_wrong_value_stays_in_its_field(table: Browser, field: str, value: str) -> None:
    page = table.get(TABLE, query_string={field: value}).text

    assert re.search(f'id="{field}" name="{field}" value="{re.escape(html.escape(value))}"', page)


def test_each_part_of_the_filter_can_be_removed(table: Browser) -> None:
    page = table.get(f"{TABLE}?impact=HIGH&impact=LOW&sample=child&genotype=carrier").text

    chips = dict(re.findall(r'<a class="chip[^>]* href="([^"]+)"[^>]*aria-label="([^"]+)"', page))
    base = f"{TABLE}?impact="
    assert {html.unescape(address): label for address, label in chips.items()} == {
        f"{base}LOW&sample=child&genotype=carrier": "Remove from the filter: Impact: HIGH",
        f"{base}HIGH&sample=child&genotype=carrier": "Remove from the filter: Impact: LOW",
        f"{base}HIGH&impact=LOW": "Remove from the filter: Genotype: child has the allele",
    }


def test_what_is_not_in_the_file_is_not_offered(world: World) -> None:
    add_table(world, [{"position": 5}, {"position": 6, "type": "MNV"}], summary={})
    page = world.browser().get(TABLE).text

    for name in ("min_quality", "max_frequency", "id", "impact", "consequence", "significance"):
        assert f'name="{name}"' not in page
    assert 'name="type" value="MNV"' in page
    assert ">QUAL" not in page
    assert ">MITOMAP" not in page


def test_choices_have_their_numbers(table: Browser) -> None:
    text = text_of(table.get(TABLE))

    assert "frameshift variant 1" in text
    assert "PASS 6" in text
    assert "not given 1" in text
    assert "Impact HIGH 1 MODERATE 1 MODIFIER 1" in text, "the worst first"


def test_a_filter_that_nothing_passes_says_what_to_do(table: Browser) -> None:
    text = text_of(table.get(f"{TABLE}?gene=NONE"))

    assert "No allele of this file passes the whole filter." in text
    assert "Show all 8 alleles" in text


def test_a_file_without_records_has_an_empty_table(world: World) -> None:
    add_table(world, [])

    assert "This file has no records" in text_of(world.browser().get(TABLE))


def test_one_allele_has_all_of_its_columns(table: Browser) -> None:
    answer = table.get(f"{TABLE}/{FIRST_LINE + 1}/1")
    text = text_of(answer)

    assert "MT:3,243 A > G" in text
    assert f"on line {FIRST_LINE + 1} of the uploaded file" in text
    assert "MELAS" in text
    assert "Genotype of the sample mother, as in the file. ./." in text
    assert f'href="{TABLE}?gene=MT-TL1"' in answer.text
    assert table.get(f"{TABLE}/{FIRST_LINE + 1}/2").status_code == 404


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1]])
def test_a_summary_of_an_older_annotator_is_enough(world: World, rows: list[dict]) -> None:
    """Known values are shown as they are; the samples are called by their numbers."""
    add_table(world, rows, summary={"significance": {"MITOMAP_CLNSIG": {}}})
    answer = world.browser().get(TABLE)

    assert positions(answer)[0] == 100
    assert "sample 1" in text_of(answer)
    assert seen(world.browser(), "significance=P") == ([3243] if len(rows) > 1 else [])


def test_a_table_without_its_summary_is_shown(world: World) -> None:
    job = add_table(world)
    del world.results.objects[job.summary_key]

    assert seen(world.browser()) == ALL


def test_a_file_of_a_million_genotypes_is_not_held_in_memory(table: Browser, monkeypatch) -> None:
    """The filter says that it cannot be; everything else of the table goes on."""
    monkeypatch.setattr("services.web.viewer.tables.MOST_GENOTYPES", 1)

    answer = table.get(f"{TABLE}?sample=child&genotype=carrier", follow_redirects=True)

    assert answer.status_code == 400
    assert "too many different genotypes" in text_of(answer)
    assert seen(table) == ALL
