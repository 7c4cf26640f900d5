"""Records and removals reversed, looks at the plan left out, copies not verified."""

from __future__ import annotations

from tests.mutants.mutant import (
    ARCHIVER,
    COLD,
    COPIES,
    GLACIER,
    RESTORER,
    Mutant,
)

#: How a restore goes on record.
FINISH_OF_A_RESTORE = """    job = _move(
        job,
        FINISH_RESTORE,
        restoring,
        cycle=cycle,
        result_files=files,
        restored_at=restoring.clock(),
        available_until=None,
    )
"""

COPIES_AND_PLANS = (
    # The archiver.
    Mutant(
        ARCHIVER,
        "    if job.available_until and job.available_until > now:\n",
        "    if False:\n",
        "results are archived before the end that was shown",
    ),
    Mutant(
        ARCHIVER,
        '    if account.plan is Plan.PREMIUM:\n        log.info("archive.kept_hot")\n',
        '    if False:\n        log.info("archive.kept_hot")\n',
        "a premium user's results are archived",
    ),
    Mutant(
        ARCHIVER,
        "    if job.cycle != message.cycle:\n",
        "    if False:\n",
        "the end of an old window ends the present stay",
    ),
    Mutant(
        ARCHIVER,
        "        _restore_if_upgraded(job, archiving)\n",
        "",
        "an upgrade that met ARCHIVING is forgotten",
    ),
    Mutant(
        ARCHIVER,
        "    if archiving.accounts.get(job.user_id).plan is Plan.PREMIUM:\n",
        "    if True:\n",
        "every archive asks for its restore",
    ),
    Mutant(ARCHIVER, "        _remove_hot_copies(job, archiving.results)\n", "", "hot copies stay for good"),
    Mutant(
        ARCHIVER,
        "        job = _copy_and_record(job, archiving)\n",
        "        _remove_hot_copies(job, archiving.results)\n"
        "        job = _copy_and_record(job, archiving)\n",
        "the hot copy is removed before the cold one is on record",
    ),
    Mutant(
        ARCHIVER,
        "    _discard_earlier_copies(job, archiving.cold)\n",
        "",
        "cold copies that a restorer left are forgotten",
    ),
    Mutant(ARCHIVER, "result_files=fresh)", "result_files=job.result_files)", "old archive ids count as new"),
    Mutant(
        ARCHIVER,
        "lambda upload_id: note(upload_id=upload_id)",
        "lambda upload_id: None",
        "an upload in parts begins anew after a crash, and is paid for twice",
    ),
    Mutant(
        ARCHIVER,
        "    archive_id = archiving.cold.store(",
        '    note(archive_id=key, upload_id="")\n    archive_id = archiving.cold.store(',
        "the cold copy is on record before it is made",
    ),
    Mutant(
        ARCHIVER,
        "    for name in [file.name for file in job.result_files if not file.archive_id]:\n",
        "    for name in [file.name for file in job.result_files if not file.archive_id][:1]:\n",
        "ARCHIVED with one file of two",
    ),
    Mutant(
        ARCHIVER,
        "        if job.location is not ResultLocation.NONE:\n",
        "        if job.location is ResultLocation.HOT:\n",
        "a list that lags hides a job from a downgrade",
    ),
    Mutant(
        ARCHIVER,
        "        job = _copy_and_record(job, archiving)\n"
        "    if job.location is ResultLocation.ARCHIVED:\n"
        "        _remove_hot_copies(job, archiving.results)\n"
        "        _restore_if_upgraded(job, archiving)\n",
        "        _restore_if_upgraded(job, archiving)\n"
        "        job = _copy_and_record(job, archiving)\n"
        "    if job.location is ResultLocation.ARCHIVED:\n"
        "        _remove_hot_copies(job, archiving.results)\n",
        "the plan is read before the commit and not after it",
    ),
    Mutant(
        ARCHIVER,
        "    _discard_earlier_copies(job, archiving.cold)\n"
        '    fresh = tuple(replace(file, archive_id="", upload_id="", retrieval_id="") '
        "for file in job.result_files)\n"
        "    return _move(job, BEGIN_ARCHIVE, archiving, result_files=fresh)\n",
        '    fresh = tuple(replace(file, archive_id="", upload_id="", retrieval_id="") '
        "for file in job.result_files)\n"
        "    begun = _move(job, BEGIN_ARCHIVE, archiving, result_files=fresh)\n"
        "    _discard_earlier_copies(job, archiving.cold)\n"
        "    return begun\n",
        "cold copies are removed after the record that forgets them",
    ),
    Mutant(
        ARCHIVER,
        "    if not has_full_window(job, account, archiving.retention_seconds):\n",
        "    if False:\n",
        "results without a window since the downgrade are archived",
    ),
    # The restorer.
    Mutant(
        RESTORER,
        "    if job.location is ResultLocation.ARCHIVED and _is_premium(job, restoring):\n",
        "    if job.location is ResultLocation.ARCHIVED:\n",
        "a free user's results are restored",
    ),
    Mutant(
        RESTORER,
        "        if job.location is not ResultLocation.NONE:\n            bus.publish(JobRestoreRequested",
        "        if job.location is ResultLocation.ARCHIVED:\n            bus.publish(JobRestoreRequested",
        "a list that lags hides a job from an upgrade",
    ),
    Mutant(
        RESTORER,
        "    if not all(retrieval.ready",
        "    if not any(retrieval.ready",
        "one file of two is back",
    ),
    Mutant(
        RESTORER,
        "    _remove_earlier_copies(job, restoring.results)\n    job = _move(",
        "    [restoring.cold.discard(file) for file in job.result_files]\n    job = _move(",
        "the cold copy is removed before the hot one is on record",
    ),
    Mutant(
        RESTORER,
        "    _remove_earlier_copies(job, restoring.results)\n",
        "",
        "hot copies that an archiver left are forgotten",
    ),
    Mutant(
        RESTORER, "    cycle = job.cycle + 1\n", "    cycle = job.cycle\n", "a restore begins no new cycle"
    ),
    Mutant(
        RESTORER,
        "            restoring.cold.discard(file)\n",
        "            pass\n",
        "cold copies stay for good",
    ),
    Mutant(
        RESTORER,
        "    if job.location is ResultLocation.HOT:\n        _tidy(job, restoring)\n",
        "",
        "nothing is tidied after a restore",
    ),
    Mutant(
        RESTORER,
        "    ensure_window(\n        job,\n        restoring",
        "    (lambda *_args, **_names: None)(\n        job,\n        restoring",
        "a downgrade that met RESTORING is forgotten",
    ),
    Mutant(
        RESTORER,
        "    _remove_earlier_copies(job, restoring.results)\n" + FINISH_OF_A_RESTORE,
        "    earlier = job\n"
        + FINISH_OF_A_RESTORE
        + "    _remove_earlier_copies(earlier, restoring.results)\n",
        "hot copies are removed after the record that forgets them",
    ),
    # The storage classes of S3.
    Mutant(
        COPIES,
        "        if not self._agrees(self.head(target), source, file):\n",
        "        if False:\n",
        "a copy is not verified",
        COLD,
    ),
    Mutant(
        COPIES,
        "        return class_of(made) == storage_class and self._agrees(made, source, file)\n",
        "        return class_of(made) == storage_class\n",
        "a copy of other bytes counts as made",
        COLD,
    ),
    Mutant(
        GLACIER,
        """ready='ongoing-request="false"' in state""",
        "ready=True",
        "a retrieval that is under way counts as ready",
        COLD,
    ),
    Mutant(
        GLACIER,
        "                if code_of(error) != _NO_CAPACITY or tier != EXPEDITED:\n",
        "                if True:\n",
        "a refused Expedited ends the restore",
        COLD,
    ),
    Mutant(
        GLACIER,
        "            if code_of(error) in _NOT_READABLE:\n",
        "            if False:\n",
        "not readable yet counts as a failure",
        COLD,
    ),
)
