"""Conditions of a transition and of a window, dropped one at a time."""

from __future__ import annotations

from tests.mutants.mutant import (
    JOBS,
    RECORDS,
    TRANSITIONS,
    WINDOWS,
    Mutant,
)

CONDITIONS = (
    # The conditions of a transition.
    Mutant(
        TRANSITIONS,
        "        job.status in transition.status_from\n        and (",
        "        (",
        "any status will do",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.location_from or job.location in transition.location_from)\n",
        "",
        "any location will do",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.owned or job.lease_owner == guard.owner)\n",
        "",
        "a worker without the lease goes on",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.lapsed or job.lease_expires <= guard.now)\n",
        "",
        "a lease is taken from a worker that lives",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.in_cycle or job.cycle == guard.cycle)\n",
        "",
        "a worker of an earlier cycle goes on in a later one",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.same_files or job.result_files == guard.result_files)\n",
        "",
        "of two archivers the second overwrites what the first recorded",
    ),
    Mutant(
        TRANSITIONS,
        "        and (not transition.same_upload or job.upload_id == guard.upload_id)\n",
        "",
        "of two uploads of an input the second takes the place of the first",
        ("tests/unit/gas/test_jobs.py", "tests/unit/web/test_part_uploads.py"),
    ),
    Mutant(
        TRANSITIONS,
        "        and (guard.user_id is None or job.user_id == guard.user_id)\n",
        "",
        "anybody changes anybody's job",
        ("tests/contract/test_job_store.py", "tests/unit/gas/test_jobs.py", "tests/unit/web"),
    ),
    Mutant(
        TRANSITIONS, "frozenset({start}), end, in_cycle=True)", "frozenset({start}), end)", "no cycle counts"
    ),
    Mutant(
        TRANSITIONS,
        'replace(_location("note_archive", _L.ARCHIVING, _L.ARCHIVING), same_files=True)',
        '_location("note_archive", _L.ARCHIVING, _L.ARCHIVING)',
        "a note of one archiver erases that of another",
    ),
    Mutant(
        TRANSITIONS,
        'replace(_location("finish_archive", _L.ARCHIVING, _L.ARCHIVED), same_files=True)',
        '_location("finish_archive", _L.ARCHIVING, _L.ARCHIVED)',
        "ARCHIVED by an archiver that has not seen the present files",
        ("tests/unit/gas/test_jobs.py",),
    ),
    Mutant(
        TRANSITIONS,
        "frozenset({_L.NONE}), _L.HOT, owned=True",
        "frozenset({_L.NONE}), _L.HOT",
        "a worker that lost its lease completes the job",
    ),
    # The same conditions in DynamoDB.
    Mutant(
        JOBS,
        '    write.require_one_of("status", [status.value for status in transition.status_from])\n',
        "",
        "any status will do",
        RECORDS,
    ),
    Mutant(JOBS, "    if transition.location_from:\n", "    if False:\n", "any location will do", RECORDS),
    Mutant(JOBS, "    if transition.owned:\n", "    if False:\n", "without the lease", RECORDS),
    Mutant(JOBS, "    if transition.lapsed:\n", "    if False:\n", "while the lease lasts", RECORDS),
    Mutant(JOBS, "    if transition.in_cycle:\n", "    if False:\n", "in any cycle", RECORDS),
    Mutant(JOBS, "    if transition.same_files:\n", "    if False:\n", "over another's files", RECORDS),
    Mutant(JOBS, "    if transition.same_upload:\n", "    if False:\n", "over another's upload", RECORDS),
    Mutant(JOBS, "    if guard.user_id is not None:\n", "    if False:\n", "of anybody", RECORDS),
    # Windows.
    Mutant(
        WINDOWS,
        "    if account.plan is not Plan.FREE or job.location is not ResultLocation.HOT:\n",
        "    if job.location is not ResultLocation.HOT:\n",
        "a premium user's results get a window",
    ),
    Mutant(
        WINDOWS,
        "    if account.plan is not Plan.FREE or job.location is not ResultLocation.HOT:\n",
        "    if account.plan is not Plan.FREE:\n",
        "results that are not hot are announced as if they were",
    ),
    Mutant(
        WINDOWS,
        "    if not has_full_window(job, account, retention_seconds):\n",
        "    if job.available_until is None:\n",
        "a downgrade leaves what is left of an old window",
    ),
    Mutant(
        WINDOWS,
        "    if not has_full_window(job, account, retention_seconds):\n",
        "    if True:\n",
        "every telling opens one more window",
    ),
    Mutant(
        WINDOWS,
        "                cycle=job.cycle + 1,\n                available_until=",
        "                available_until=",
        "a new window has the name of the old one, and nobody waits for its end",
    ),
)
