"""The list of jobs and the page of one: words, results, live updates."""

import json
import re

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultLocation
from gas.messages import JobRestoreRequested
from services.web.results import INLINE_LOG_BYTES
from tests.unit.web.builders import ADA, BOB, JOB, NOW, SUMMARY, Browser, World

RESULT = f"/jobs/{JOB}/results/sample.annot.vcf.gz"
AT = ResultLocation


def poll_address(page: str) -> str | None:
    match = re.search(r'hx-get="([^"]+)"', page)
    return match.group(1).replace("&amp;", "&") if match else None


def test_a_user_without_jobs_is_shown_the_way_in(ada: Browser) -> None:
    page = ada.get("/jobs").text

    assert "You have no jobs yet" in page
    assert "/jobs/new" in page


def test_the_list_has_the_newest_first_and_nobody_elses(world: World, ada: Browser) -> None:
    world.add(job_id="a", file_name="older.vcf", submit_time=NOW - 20)
    world.add(job_id="b", file_name="newer.vcf", submit_time=NOW - 10)
    world.add(job_id="c", file_name="foreign.vcf", user_id=BOB)

    page = ada.get("/jobs").text

    assert page.index("newer.vcf") < page.index("older.vcf")
    assert "foreign.vcf" not in page


def test_a_long_list_has_pages(world: World, ada: Browser) -> None:
    for number in range(30):
        world.add(job_id=f"job-{number}", submit_time=NOW - number)

    first = ada.get("/jobs").text
    second = ada.get(re.search(r'href="(/jobs\?after=[^"]+)"', first).group(1)).text

    assert first.count("/jobs/job-") == 25
    assert second.count("/jobs/job-") == 5
    assert "Earlier jobs" not in second


def test_a_list_row_says_what_a_job_is(world: World, ada: Browser) -> None:
    world.add_completed()

    page = ada.get("/jobs").text

    for text in ("sample.vcf", "Completed", "2027-01-15T07:50:00Z", "900 bytes", "1,200"):
        assert text in page


@pytest.mark.parametrize(
    ("status", "word", "interval"),
    [
        (JobStatus.AWAITING_UPLOAD, "Waiting for the file", 15),
        (JobStatus.PENDING, "Queued", 15),
        (JobStatus.RUNNING, "Running", 3),
        (JobStatus.FAILED, "Failed", None),
        (JobStatus.CANCELLED, "Cancelled", None),
    ],
)
def test_a_job_without_results(world: World, ada: Browser, status, word: str, interval: int | None) -> None:
    world.add(status=status)

    page = ada.get(f"/jobs/{JOB}").text

    assert word in page
    assert "Results</h2>" not in page
    assert (f'hx-trigger="every {interval}s"' in page) == (interval is not None)
    assert ("hx-trigger" in page) == (interval is not None)


@pytest.mark.parametrize(
    ("location", "plan", "polls"),
    [
        (AT.HOT, Plan.FREE, True),
        (AT.HOT, Plan.PREMIUM, False),
        (AT.ARCHIVING, Plan.FREE, True),
        (AT.ARCHIVED, Plan.FREE, False),
        (AT.ARCHIVED, Plan.PREMIUM, True),
        (AT.RESTORING, Plan.PREMIUM, True),
    ],
)
def test_a_fragment_asks_again_only_while_something_can_change(
    world: World, ada: Browser, location: ResultLocation, plan: Plan, polls: bool
) -> None:
    world.set_plan(ADA, plan)
    world.add_completed(location)

    fragment = ada.get(f"/jobs/{JOB}/status").text

    assert ("hx-trigger" in fragment) == polls
    assert "<html" not in fragment


def test_a_page_that_is_still_right_is_left_alone(world: World, ada: Browser) -> None:
    world.add(status=JobStatus.RUNNING)
    address = poll_address(ada.get(f"/jobs/{JOB}").text)

    assert ada.get(address).status_code == 204


def test_when_results_appear_the_page_gets_them(world: World, ada: Browser) -> None:
    world.add(status=JobStatus.RUNNING)
    address = poll_address(ada.get(f"/jobs/{JOB}").text)
    world.add_completed()

    fragment = ada.get(address)

    assert fragment.status_code == 200
    assert 'id="status"' in fragment.text
    assert 'hx-swap-oob="true"' in fragment.text
    assert RESULT in fragment.text


def test_the_end_of_the_window_reaches_the_page(world: World, ada: Browser) -> None:
    """Though nothing was written about it yet."""
    world.add_completed()
    address = poll_address(ada.get(f"/jobs/{JOB}").text)
    world.now += 120

    assert RESULT not in ada.get(address).text


def test_a_completed_job_shows_results_summary_and_log(world: World, ada: Browser) -> None:
    world.add_completed()

    page = ada.get(f"/jobs/{JOB}").text

    for text in (
        "Available until",
        "2027-01-15T08:02:00Z",
        RESULT,
        "1.2 kB",
        "ab" * 32,
        "1200 records read",
        "stop gained",
        "MT:11778",
        "340R&gt;340H",
    ):
        assert text in page


def test_the_words_of_known_significance_are_explained(world: World, ada: Browser) -> None:
    world.add_completed()

    assert "Cfrm: confirmed by MITOMAP; [P] pathogenic" in ada.get(f"/jobs/{JOB}").text


def test_genes_that_are_not_shown_are_counted(world: World, ada: Browser) -> None:
    job = world.add_completed()
    genes = {f"GENE{number}": 1 for number in range(20)}
    world.results.objects[job.summary_key] = json.dumps(
        {**SUMMARY, "genes": genes, "gene_count": 20}
    ).encode()

    assert "and 8 more in the table and in the log" in ada.get(f"/jobs/{JOB}").text


def test_premium_results_have_no_end(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(available_until=int(NOW) - 1)

    assert "Available until" not in ada.get(f"/jobs/{JOB}").text
    assert ada.get(RESULT).status_code == 302


def test_a_download_is_signed_when_it_is_wanted_and_keeps_its_name(world: World, ada: Browser) -> None:
    job = world.add_completed()

    location = ada.get(RESULT).location

    assert location.startswith(f"https://results.invalid/{job.result_files[0].key}")
    assert "as=sample.annot.vcf.gz" in location
    assert "for=300" in location


@pytest.mark.parametrize("location", [AT.ARCHIVING, AT.ARCHIVED, AT.RESTORING])
@pytest.mark.parametrize("plan", Plan)
def test_results_that_are_away_cannot_be_downloaded(
    world: World, ada: Browser, location: ResultLocation, plan: Plan
) -> None:
    world.set_plan(ADA, plan)
    world.add_completed(location)

    answer = ada.get(RESULT)

    assert answer.status_code == 409
    assert "results" in answer.text
    assert RESULT not in ada.get(f"/jobs/{JOB}").text


def test_the_window_ends_on_time(world: World, ada: Browser) -> None:
    world.add_completed()
    world.now += 119
    assert ada.get(RESULT).status_code == 302
    world.now += 1
    assert ada.get(RESULT).status_code == 409


@pytest.mark.parametrize("status", [JobStatus.RUNNING, JobStatus.FAILED])
def test_a_job_that_is_not_completed_has_nothing_to_download(world: World, ada: Browser, status) -> None:
    world.add_completed(AT.NONE, status=status)

    assert ada.get(RESULT).status_code == 409


def test_a_file_that_is_none_of_the_results_is_not_found(world: World, ada: Browser) -> None:
    world.add_completed()

    assert ada.get(f"/jobs/{JOB}/results/other.vcf").status_code == 404


def test_the_input_can_be_downloaded_once_it_is_there(world: World, ada: Browser) -> None:
    world.add()
    assert ada.get(f"/jobs/{JOB}/input").status_code == 409

    world.inputs.objects[world.add(status=JobStatus.FAILED).input_key] = b"x"
    assert "as=sample.vcf" in ada.get(f"/jobs/{JOB}/input").location


def test_an_archived_job_says_what_an_upgrade_does(world: World, ada: Browser) -> None:
    world.add_completed(AT.ARCHIVED, archived_at=NOW - 10)

    page = ada.get(f"/jobs/{JOB}").text

    assert "1.2 kB in the archive since" in page
    assert "usually back within 5 minutes (Expedited retrieval)" in page
    assert 'href="/account/upgrade"' in page
    assert "Restore now" not in page
    assert "1200 records read" in page, "the log stays"


def test_a_job_on_its_way_back_says_how_and_when(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(
        AT.RESTORING, restore_tier="Expedited", restore_asked_at=NOW - 5, restore_expected_at=NOW + 300
    )

    page = ada.get(f"/jobs/{JOB}").text

    assert "Expedited retrieval" in page
    assert "2027-01-15T08:05:00Z" in page


def test_a_premium_user_can_ask_for_one_job(world: World, ada: Browser) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(AT.ARCHIVED)
    assert "Restore now" in ada.get(f"/jobs/{JOB}").text

    answer = ada.post(f"/jobs/{JOB}/restore")

    assert answer.location == f"/jobs/{JOB}"
    assert world.bus.published == [JobRestoreRequested(JOB)]


def test_a_free_user_cannot(world: World, ada: Browser) -> None:
    world.add_completed(AT.ARCHIVED)

    assert ada.post(f"/jobs/{JOB}/restore").status_code == 409
    assert world.bus.published == []


@pytest.mark.parametrize("location", [AT.HOT, AT.RESTORING])
def test_what_is_here_or_on_its_way_is_not_asked_for(world: World, ada: Browser, location) -> None:
    world.set_plan(ADA, Plan.PREMIUM)
    world.add_completed(location)

    assert ada.post(f"/jobs/{JOB}/restore").status_code == 303
    assert world.bus.published == []


def test_a_failed_job_says_why(world: World, ada: Browser) -> None:
    world.add_completed(AT.NONE, status=JobStatus.FAILED, failure="Line 7: POS is not a number.")

    page = ada.get(f"/jobs/{JOB}").text

    assert "Line 7: POS is not a number." in page
    assert "1200 records read" in page


def test_a_long_log_is_shown_in_part_and_kept_whole(world: World, ada: Browser) -> None:
    job = world.add_completed()
    world.results.objects[job.log_key] = b"x" * INLINE_LOG_BYTES + b"the end"

    page = ada.get(f"/jobs/{JOB}").text

    assert "beginning of a longer log" in page
    assert "the end" not in page
    assert ada.get(f"/jobs/{JOB}/log").text.endswith("the end")


def test_a_log_that_is_missing_leaves_the_page_in_order(world: World, ada: Browser) -> None:
    world.add_completed()
    world.results.objects.clear()

    assert ada.get(f"/jobs/{JOB}").status_code == 200
    assert ada.get(f"/jobs/{JOB}/log").status_code == 404


def test_a_page_whose_job_has_disappeared_stops_asking(ada: Browser) -> None:
    """A ticket that was never used is removed in the end."""
    answer = ada.get(f"/jobs/{JOB}/status", headers={"HX-Request": "true"})

    assert answer.headers["HX-Refresh"] == "true"


def test_a_job_that_nobody_has_is_not_found(ada: Browser) -> None:
    assert ada.get("/jobs/no-such-job").status_code == 404
