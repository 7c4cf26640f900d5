"""What the audits of the vault and of the results share: command, least age, and whose the table is."""

from __future__ import annotations

import argparse

from gas.errors import Misconfigured, NotFound
from gas.jobs import Job
from gas.logs import configure_logs
from gas.ports import JobStore
from gas.settings import load
from services.archiver.settings import ArchiverSettings

#: A copy that is younger may be about to be recorded.
LEAST_AGE_SECONDS = 24 * 3600.0


def begin_audit(name: str, about: str | None) -> tuple[ArchiverSettings, bool]:
    """The settings, and whether the command line asks for removal."""
    parser = argparse.ArgumentParser(prog=f"python -m services.archiver.{name}", description=about)
    parser.add_argument("--remove", action="store_true", help="remove what no job knows")
    given = parser.parse_args()
    settings = load(ArchiverSettings)
    configure_logs(name, level=settings.log_level)
    return settings, given.remove


def find_job(job_id: str | None, jobs: JobStore) -> Job | None:
    """The job as it is now; None if it has no record."""
    try:
        return jobs.get(job_id) if job_id else None
    except NotFound:
        return None


def refuse_strange_table(what: str, *, known: int, orphans: int) -> None:
    """Refuse to remove anything by a table that knows nothing of what is there.

    :param what: of what not one is on a record, as in "no archive of the vault".
    :raises Misconfigured: this is more likely the table of another system than nothing but orphans.
    """
    if orphans and not known:
        raise Misconfigured(f"{what} is on any record; GAS_JOBS_TABLE may be another's")
