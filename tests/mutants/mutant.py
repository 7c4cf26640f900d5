"""One mistake that the tests must find, and where they look."""

from __future__ import annotations

from dataclasses import dataclass

ARCHIVER = "services/archiver/handlers.py"
RESTORER = "services/restorer/handlers.py"
TRANSITIONS = "gas/transitions.py"
JOBS = "gas/aws/jobs.py"
WINDOWS = "gas/after_completion.py"
GLACIER = "gas/aws/glacier_classes.py"
COPIES = "gas/aws/s3_copies.py"

#: The tests that are to find it, the quick ones first.
LIFE = (
    "tests/unit/gas/test_jobs.py",
    "tests/unit/gas/test_after_completion.py",
    "tests/unit/life/test_asking.py",
    "tests/unit/life/test_leftovers.py",
    "tests/unit/life/test_plans.py",
    "tests/unit/life/test_life.py",
    "tests/unit/life/test_annotating.py",
    "tests/unit/life/test_archive_machine.py",
)
RECORDS = (
    "tests/contract/test_transition_conditions.py",
    "tests/contract/test_job_store.py",
    "tests/contract/test_overdue_jobs.py",
)
COLD = ("tests/contract/test_glacier_classes.py", "tests/contract/test_storage.py")


@dataclass(frozen=True)
class Mutant:
    """One mistake in one file.

    :ivar old: occurs exactly once in the file.
    :ivar breaks: what goes wrong, for the report.
    :ivar tests: where a test must fail.
    """

    file: str
    old: str
    new: str
    breaks: str
    tests: tuple[str, ...] = LIFE

    def __str__(self) -> str:
        return f"{self.file}: {self.breaks}"
