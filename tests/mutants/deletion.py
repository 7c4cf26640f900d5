"""What is left of a job that was deleted, one mistake at a time."""

from __future__ import annotations

from tests.mutants.mutant import ARCHIVER, RESTORER, TRANSITIONS, Mutant

DELETER = "services/archiver/deletion.py"
SWEEP = "services/archiver/sweep.py"
ANNOTATOR = "services/annotator/handlers.py"

DELETING = (
    "tests/unit/life/test_deleting.py",
    "tests/unit/life/test_deleting_late.py",
    "tests/unit/life/test_archive_machine.py",
)

DELETION = (
    Mutant(
        DELETER,
        "    if job is None or job.status is not JobStatus.DELETED:\n",
        "    if job is None:\n",
        "a message alone removes a job",
        DELETING,
    ),
    Mutant(
        DELETER,
        "            cold.discard(file)\n",
        "            pass\n",
        "cold copies on record stay for good",
        DELETING,
    ),
    Mutant(
        DELETER,
        "        cold.discard(_unrecorded(file, job))\n",
        "",
        "a cold copy that its archiver could not record stays for good",
        DELETING,
    ),
    Mutant(
        DELETER,
        "    removed = deleting.results.remove_under(result_folder(job.user_id, job.job_id))\n",
        "    removed = 0\n",
        "hot copies stay for good",
        DELETING,
    ),
    Mutant(
        DELETER,
        "    removed += deleting.inputs.remove_under(input_folder(job.user_id, job.job_id))\n",
        "",
        "the input stays for good",
        DELETING,
    ),
    Mutant(
        DELETER,
        "    if deleting.clock() >= last_look(job):\n",
        "    if True:\n",
        "nobody looks for what came late",
        DELETING,
    ),
    Mutant(
        SWEEP,
        "        return DeletionRequested(job.job_id)\n",
        "        return None\n",
        "a deletion that nobody heard of is forgotten",
        DELETING,
    ),
    Mutant(
        ARCHIVER,
        "        _discard_if_deleted(job, replace(file, archive_id=archive_id), archiving)\n",
        "",
        "an archiver leaves the copy of a job that was deleted meanwhile",
        DELETING,
    ),
    Mutant(
        RESTORER,
        "    if present and not deleted and present.cycle == job.cycle:\n",
        "    if present and present.cycle == job.cycle:\n",
        "a restorer leaves the copies of a job that was deleted meanwhile",
        DELETING,
    ),
    Mutant(
        ANNOTATOR,
        "    if ended is None or ended.status in WITHOUT_RESULTS:\n",
        '    if ended is None or ended.status == "CANCELLED":\n',
        "an annotator leaves the results of a job that was deleted meanwhile",
        DELETING,
    ),
    Mutant(
        TRANSITIONS,
        "    _S.DELETED,\n    location_to=_L.NONE,\n",
        "    _S.DELETED,\n",
        "the results of a deleted job are archived and told of",
        (*DELETING, "tests/contract/test_deleted_jobs.py"),
    ),
)
