"""Before a change of plan: what it would do to which results, and when."""

from html import unescape

import pytest

from gas.accounts import Plan
from gas.jobs import JobStatus, ResultFile, ResultLocation
from services.web.plan_changes import MOST_NAMED
from tests.unit.web.builders import ADA, BOB, NOW, World

FILE = ResultFile(name="x.annot.vcf.gz", key="k", size=1_000_000, sha256="ab" * 32)


def add_jobs(world: World, count: int, *, user: str = ADA, **changes) -> None:
    for number in range(count):
        world.add_completed(
            job_id=f"{len(world.jobs.jobs):08}-0000-4000-8000-000000000000",
            user_id=user,
            file_name=f"{changes.get('location', 'HOT').lower()}-{number}.vcf",
            result_files=(FILE,),
            submit_time=NOW - number,
            **changes,
        )


def text_of(page: str) -> str:
    return " ".join(unescape(page).split())


def test_an_upgrade_says_what_comes_back_and_what_stays(world, ada):
    """Each group with its number and size, its jobs by name."""
    add_jobs(world, 2, location=ResultLocation.ARCHIVED, archived_at=NOW - 50, cold_store="GLACIER")
    add_jobs(world, 1, location=ResultLocation.HOT)
    add_jobs(world, 3, user=BOB, location=ResultLocation.ARCHIVED)

    page = text_of(ada.get("/account/upgrade").text)

    assert "2 jobs, 2 MB of results" in page
    assert "They come back from the archive" in page
    assert "archived-1.vcf" in page
    assert "1 job, 1 MB of results" in page
    assert "3 jobs" not in page
    assert 'name="tier" value="Expedited"' in page


def test_a_downgrade_says_until_when(world, ada):
    """Of every hot result, and what goes on."""
    world.set_plan(ADA, Plan.PREMIUM)
    add_jobs(world, 1, location=ResultLocation.HOT, available_until=None)
    world.add(status=JobStatus.RUNNING, job_id="run", file_name="running.vcf")

    page = text_of(ada.get("/account/downgrade").text)

    assert "for another 3 minutes, until about" in page
    assert "2027-01-15 08:03:00 UTC" in page
    assert "running.vcf" in page
    assert "Archive my results as described" in page


def test_of_many_jobs_the_first_are_named(world, ada):
    """And the rest are counted."""
    add_jobs(world, MOST_NAMED + 17, location=ResultLocation.HOT)

    page = text_of(ada.get("/account/upgrade").text)

    assert f"{MOST_NAMED + 17} jobs" in page
    assert "and 17 more" in page


@pytest.mark.parametrize(
    ("plan", "path", "sentence"),
    [
        (Plan.PREMIUM, "/account/upgrade", "on the premium plan already"),
        (Plan.FREE, "/account/downgrade", "on the free plan already"),
        (Plan.FREE, "/account/upgrade", "You have no results yet"),
        (Plan.PREMIUM, "/account/downgrade", "no results that would be archived"),
    ],
)
def test_a_page_without_anything_to_change_says_so(world, ada, plan, path, sentence):
    """Nobody is asked to do what is so already."""
    world.set_plan(ADA, plan)

    assert sentence in text_of(ada.get(path).text)


def test_the_account_shows_what_is_used(world, ada):
    """Of the user's own jobs."""
    add_jobs(world, 2, location=ResultLocation.ARCHIVED)
    add_jobs(world, 1, location=ResultLocation.HOT)
    add_jobs(world, 1, user=BOB)
    world.add(status=JobStatus.FAILED, job_id="failed", input_bytes=500)

    page = text_of(ada.get("/account").text)

    assert "4: 3 completed, 1 failed" in page
    assert '<dt class="col-sm-3">Results at hand</dt><dd class="col-sm-9">1 MB</dd>' in page
    assert '<dt class="col-sm-3">Results in the archive</dt><dd class="col-sm-9">2 MB</dd>' in page
    assert "3.2 kB" in page


def test_the_choice_of_mails_is_kept_and_shown(world, ada):
    """A box that is not ticked is not sent by a browser."""
    answer = ada.post("/account/mail", {"failed": "on"})

    assert answer.status_code == 303
    wishes = world.accounts.get(ADA).mail_wishes
    assert (wishes.completed, wishes.failed, wishes.warning, wishes.restored) == (False, True, False, False)


def test_logging_out_everywhere_ends_every_session(world, ada):
    """Those of other browsers too; a new login is good, and other users stay."""
    other, bob = world.browser(), world.browser(BOB)
    world.now += 5

    ada.post("/account/log-out-everywhere")

    assert ada.get("/account").status_code == 302
    assert other.get("/account").status_code == 302
    assert "globus" in other.get("/login?next=/account").headers["Location"]
    assert bob.get("/account").status_code == 200
    world.now += 1
    assert world.browser().get("/account").status_code == 200
