"""When a table is there for whom, and what a value or a query can never do."""

import re

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from services.web.viewer.engine import Engine
from tests.unit.web.builders import ADA, BOB, JOB, NOW, Browser, World
from tests.unit.web.result_tables import FIRST_LINE, add_table, described
from tests.unit.web.test_table_pages import ALL, TABLE, positions, seen, text_of

OTHER = "99999999-2222-3333-4444-555555555555"


@pytest.fixture
def table(world: World) -> Browser:
    add_table(world)
    return world.browser()


def test_hostile_values_are_text(world: World) -> None:
    evil = "<script>alert(1)</script>"
    add_table(
        world,
        [{"position": 1, "id": evil, "alt": evil, "gene": evil, "filter": evil, "genotype_1": evil}] * 2,
        summary=described([evil, "' OR 1=1 --"]),
    )
    ada = world.browser()

    for path in (TABLE, f"{TABLE}/{FIRST_LINE}/1", f"{TABLE}?gene={evil}", f"{TABLE}?sample=' OR 1=1 --"):
        page = ada.get(path, follow_redirects=True).text
        assert "&lt;script&gt;alert" in page
        assert evil not in page


def test_two_jobs_with_the_same_table_have_their_own_samples(world: World) -> None:
    """Names of samples are not in the table, so files that differ in nothing else have the same."""
    add_table(world)
    hers = world.browser().get(f"/jobs/{JOB}/export?format=tsv").text.partition("\n")[0]
    own = {"job_id": OTHER, "user_id": BOB, "folder": f"results/{BOB}/{OTHER}", "summary_key": "of Bob"}
    add_table(world, summary=described(["Sabine", "Otto"]), **own)
    his = world.browser(BOB).get(f"/jobs/{OTHER}/export?format=tsv").text.partition("\n")[0]

    assert hers.endswith("\tgenotype_child\tgenotype_mother")
    assert his.endswith("\tgenotype_Sabine\tgenotype_Otto")


@pytest.mark.parametrize("row", ["1/2", f"{2**63}/1", f"{2**200}/1", f"5/{2**128}", f"{2**63 - 1}/1"])
def test_an_allele_that_is_nowhere_is_not_found(table: Browser, row: str) -> None:
    assert table.get(f"{TABLE}/{row}").status_code == 404


@pytest.mark.parametrize("value", ["' OR 1=1 --", '" OR 1=1 --', "'; DROP TABLE x", "?", "$1", "%", "\\"])
@pytest.mark.parametrize("name", ["gene", "id", "impact", "significance", "filter", "consequence", "skip"])
def test_no_value_is_taken_for_sql(table: Browser, name: str, value: str) -> None:
    assert seen(table, "") == ALL
    answer = table.get(TABLE, query_string={name: value})

    assert answer.status_code == 200
    assert positions(answer) == []


@pytest.mark.parametrize("path", ["table", "table/5/1", "export?format=tsv"])
@pytest.mark.parametrize(
    "location", [ResultLocation.ARCHIVING, ResultLocation.ARCHIVED, ResultLocation.RESTORING]
)
def test_archived_results_have_no_table_and_a_way_back(
    world: World, path: str, location: ResultLocation
) -> None:
    add_table(world, location=location)
    answer = world.browser().get(f"/jobs/{JOB}/{path}")

    assert answer.status_code == (409 if "export" in path else 200)
    assert re.search("archived|restored", text_of(answer))
    if "export" not in path:
        assert f'href="/jobs/{JOB}"' in answer.text


def test_a_window_that_is_over_closes_the_table(world: World) -> None:
    """The rule is that of downloads, the page does not wait for the archiver."""
    add_table(world, available_until=int(NOW) - 1)
    ada = world.browser()
    assert "no longer available on the free plan" in text_of(ada.get(TABLE))

    world.set_plan(ADA, Plan.PREMIUM)

    assert seen(ada) == ALL


def test_a_job_that_goes_on_has_no_table_yet(world: World) -> None:
    world.add(status=JobStatus.RUNNING)

    assert "The table appears here when the job is completed." in text_of(world.browser().get(TABLE))


def test_a_result_without_a_table_offers_the_download(world: World) -> None:
    world.add_completed()

    assert "made no table of its result" in text_of(world.browser().get(TABLE))


def test_results_that_have_just_been_archived_are_no_error_of_ours(world: World) -> None:
    job = add_table(world)
    for file in job.result_files:
        del world.results.objects[file.key]

    answer = world.browser().get(TABLE)

    assert answer.status_code == 409
    assert "have just been archived" in text_of(answer)


def test_a_second_look_asks_nothing(world: World, table: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    seen(table, "impact=HIGH")
    monkeypatch.setattr(Engine, "rows", lambda *_: pytest.fail("a query"))

    assert seen(table, "impact=HIGH") == [11778]


def test_too_many_who_ask_at_once_are_told_to_come_again(world: World, table: Browser) -> None:
    engine = world.app.extensions["gas"].tables.engine
    engine._wait = 0.01
    while engine._turns.acquire(blocking=False):
        pass

    answer = table.get(TABLE)

    assert answer.status_code == 503
    assert "Please try again in a moment." in text_of(answer)


def test_sql_reaches_no_other_file(
    world: World, table: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither by reading nor by writing, and nothing can be loaded or allowed again."""
    seen(table)
    engine = world.app.extensions["gas"].tables.engine
    secret = tmp_path_factory.mktemp("other") / "secret.csv"
    secret.write_text("a\n1\n")

    for sql in (
        f"SELECT * FROM '{secret}'",
        f"SELECT * FROM read_text('{secret}')",
        f"COPY (SELECT 1) TO '{secret}'",
        f"ATTACH '{secret}' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
    ):
        with pytest.raises(Exception, match=r"(?i)permission|not.*allowed|disabled|locked|cannot"):
            engine.rows(sql)
    assert secret.read_text() == "a\n1\n"
