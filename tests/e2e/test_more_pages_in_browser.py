"""Pages of jobs that wait, are archived or come back, of many jobs, of a lost plan, and on paper."""

from __future__ import annotations

import os
import re
import signal
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.browsing import PATIENCE, SAMPLE, chromium, needs_chromium, visit
from tests.e2e.conftest import running_system
from tests.e2e.researcher import Researcher

pytestmark = needs_chromium

MANY = 60
A_DAY = 86_400


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """Results of the free plan are archived after seconds, and come back after ten minutes."""
    with running_system(tmp_path_factory.mktemp("more"), "--retention", "3") as system:
        times = {"Expedited": 600, "Standard": 600, "Bulk": 600}
        assert requests.post(f"{system.state['urls']['control']}/restore-times", json=times, timeout=10).ok
        yield system


@pytest.fixture(scope="module")
def gregor(system) -> Researcher:
    """On the premium plan, with two completed jobs."""
    gregor = Researcher.logged_in(system.web, "Gregor Mendel", plan="premium")
    for name in ("first.vcf", "second.vcf"):
        gregor.wait(gregor.submit(SAMPLE.read_bytes(), name), status="COMPLETED")
    return gregor


@pytest.fixture(scope="module")
def archived(system) -> tuple[Researcher, str]:
    """A user of the free plan, and a job whose results are in cold storage."""
    ada = Researcher.logged_in(system.web, "Ada Lovelace", plan="free")
    job_id = ada.submit(SAMPLE.read_bytes(), "cold.vcf")
    ada.wait(job_id, location="ARCHIVED")
    return ada, job_id


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def see(browser, system):
    """A browser of somebody's, whose console has stayed silent at the end."""
    visits = []

    def see(researcher: Researcher):
        visits.append(visit(browser, system.web, researcher))
        return visits[-1]

    yield see
    for seen in visits:
        seen.page.context.close()
        assert seen.messages == []


@contextmanager
def halted(system, name: str):
    """A service that takes nothing for a while."""
    group = system.state["pids"][name]
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def main_text(page) -> str:
    return page.locator("main").inner_text()


def test_the_page_of_archived_results_says_what_can_be_read_and_what_not(see, archived) -> None:
    ada, job_id = archived
    seen = see(ada)
    seen.open(f"/jobs/{job_id}")

    assert "Archived" in main_text(seen.page)
    expect(seen.page.get_by_role("heading", name=re.compile("Summary|Variants")).first).to_be_visible()
    seen.assert_holds()


def test_the_page_of_results_that_come_back_says_when(see, system) -> None:
    barbara = Researcher.logged_in(system.web, "Barbara McClintock", plan="free")
    job_id = barbara.submit(SAMPLE.read_bytes(), "back.vcf")
    barbara.wait(job_id, location="ARCHIVED")
    barbara.post("/account/upgrade")
    barbara.wait(job_id, location="RESTORING")
    seen = see(barbara)
    seen.open(f"/jobs/{job_id}")

    assert "Expedited" in main_text(seen.page)
    seen.assert_holds()
    seen.open("/account/archive")
    seen.assert_holds()


def test_a_job_that_waits_is_cancelled_on_its_page(see, system, gregor) -> None:
    """Nobody takes it meanwhile, so that it stays where it is."""
    seen = see(gregor)
    with halted(system, "annotator"):
        job_id = gregor.submit(SAMPLE.read_bytes(), "waits.vcf")
        gregor.post(f"/jobs/{job_id}/uploaded")
        seen.open(f"/jobs/{job_id}")
        expect(seen.page.locator("#status")).to_contain_text("Queued")
        seen.assert_holds()
        seen.page.get_by_role("button", name="Cancel").first.click()
        expect(seen.page.locator("#status")).to_contain_text("Cancelled", timeout=PATIENCE)

    seen.open(f"/jobs/{job_id}")
    seen.assert_holds()


def test_several_files_are_several_jobs_and_are_cancelled_and_deleted_at_once(see, system, gregor) -> None:
    """Chosen together, each with a line of its own; ticked together in the list."""
    names = [f"several-{number}.vcf" for number in range(3)]
    seen = see(gregor)
    with halted(system, "annotator"):
        seen.open("/jobs/new")
        chosen = [{"name": name, "mimeType": "", "buffer": SAMPLE.read_bytes()} for name in names]
        seen.page.set_input_files("#file", chosen)
        expect(seen.page.locator("#files li")).to_have_count(3)
        expect(seen.page.locator("#files")).to_contain_text("Ready")
        seen.assert_holds()
        seen.page.get_by_role("button", name=re.compile("annotate", re.IGNORECASE)).click()
        seen.page.wait_for_url("**/jobs", timeout=PATIENCE)
        for action in ("Cancel", "Delete"):
            seen.open("/jobs?q=several-")
            seen.page.locator("#all").check()
            seen.page.get_by_role("button", name=action, exact=True).click()
            seen.page.wait_for_load_state("networkidle")
            if action == "Cancel":
                expect(seen.page.locator("tbody")).to_contain_text("Cancelled")
    seen.page.locator("input[type=checkbox]").last.check()
    seen.page.get_by_role("button", name=re.compile("Delete")).click()
    seen.page.wait_for_url("**/jobs*")

    seen.open("/jobs?q=several-")
    expect(seen.page.get_by_text(re.compile("No job fits"))).to_be_visible()


def test_the_downloads_of_many_jobs_are_commands(see, gregor) -> None:
    seen = see(gregor)
    seen.open("/jobs?status=completed")
    seen.page.locator("#all").check()
    seen.page.get_by_role("button", name="Download").click()
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("Download results")

    assert "curl" in main_text(seen.page)
    seen.assert_holds()


def test_an_allele_has_a_page_of_its_own(see, gregor) -> None:
    job_id = gregor.get("/jobs")["jobs"][-1]["job_id"]
    seen = see(gregor)
    seen.open(f"/jobs/{job_id}/table")
    seen.page.locator("table.alleles tbody a").first.click()
    seen.page.wait_for_load_state("networkidle")

    expect(seen.page.get_by_role("heading", level=1)).to_be_visible()
    seen.assert_holds()


def test_the_page_before_a_downgrade_says_what_is_archived(see, gregor) -> None:
    seen = see(gregor)
    seen.open("/account/downgrade")

    assert "Nothing is deleted" in main_text(seen.page)
    seen.assert_holds()


def test_on_paper_there_is_the_summary_and_nothing_to_click(see, gregor) -> None:
    job_id = gregor.get("/jobs")["jobs"][-1]["job_id"]
    seen = see(gregor)
    seen.open(f"/jobs/{job_id}")
    seen.page.emulate_media(media="print")

    expect(seen.page.locator("svg").first).to_be_visible()
    for what in ("navigation", "button"):
        assert [each for each in seen.page.get_by_role(what).all() if each.is_visible()] == []
    for what in ("Refresh", "All jobs", "Run again"):
        expect(seen.page.get_by_text(what, exact=True).first).to_be_hidden()


def test_a_login_that_nobody_began_is_refused_by_a_page(browser, system) -> None:
    """The browser itself notes the status on the console; nothing else does."""
    seen = visit(browser, system.web)
    answer = seen.page.goto(f"{system.web}/auth/callback?state=of-nobody&code=x")

    assert answer.status == 400
    assert "This login was not started in this browser" in main_text(seen.page)
    seen.assert_holds()
    assert all("400" in message for message in seen.messages)


def test_many_jobs_are_looked_through_page_by_page(see, system, gregor) -> None:
    """Copies of one record, as old as months."""
    table, records = system.table("jobs"), system.client("dynamodb")
    job_id = gregor.get("/jobs")["jobs"][-1]["job_id"]
    item = records.get_item(TableName=table, Key={"job_id": {"S": job_id}})["Item"]
    for number in range(MANY):
        at = int(float(item["submit_time"]["N"])) - (number + 1) * A_DAY
        copy = {"job_id": {"S": f"00000000-0000-4000-8000-{number:012}"}, "submit_time": {"N": str(at)}}
        records.put_item(TableName=table, Item={**item, **copy, "name": {"S": f"Old {number}"}})
    seen = see(gregor)
    seen.open("/jobs")
    read = seen.page.locator("tbody tr").count()
    seen.assert_holds()
    while (earlier := seen.page.get_by_role("link", name="Earlier jobs")).count():
        earlier.click()
        seen.page.wait_for_load_state("networkidle")
        read += seen.page.locator("tbody tr").count()

    assert read >= MANY + 2
    expect(seen.page.get_by_role("link", name=f"Old {MANY - 1}")).to_be_visible()
    seen.open("/jobs?q=Old+42")
    expect(seen.page.get_by_role("link", name="Old 42")).to_be_visible()
