"""A vault's copies not verified or not recorded in time, and a sweep that says too little or too much."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

VAULT = "gas/aws/glacier_vault.py"
UPLOADS = "gas/aws/vault_uploads.py"
RETRIEVALS = "gas/aws/vault_retrievals.py"
HOT = "gas/aws/hot_copies.py"
STORES = "gas/aws/cold_stores.py"
SWEEP = "services/archiver/sweep.py"
ACCOUNTS = "gas/aws/accounts.py"

IN_VAULTS = (
    "tests/unit/gas/test_vault_store.py",
    "tests/unit/gas/test_vault_retrieval.py",
    "tests/unit/gas/test_cold_stores.py",
    "tests/contract/test_vault.py",
    "tests/contract/test_storage.py",
)
SWEEPS = (
    "tests/unit/life/test_sweep.py",
    "tests/unit/life/test_sweep_limits.py",
    "tests/contract/test_overdue_jobs.py",
    "tests/contract/test_account_store.py",
)

VAULTS_AND_SWEEP = (
    Mutant(
        VAULT,
        "        if hashlib.sha256(data).hexdigest() != file.sha256:\n",
        "        if False:\n",
        "a small file that is not what was recorded is archived",
        IN_VAULTS,
    ),
    Mutant(
        VAULT,
        "        if digests.sha256 != file.sha256:\n",
        "        if False:\n",
        "a large file that is not what was recorded is archived",
        IN_VAULTS,
    ),
    Mutant(
        VAULT,
        "            note_upload(upload.upload_id)\n",
        "            pass\n",
        "an upload in parts is not recorded",
        IN_VAULTS,
    ),
    Mutant(
        VAULT,
        "        upload = self._uploads.find(file.upload_id) if file.upload_id else None\n",
        "        upload = None\n",
        "an upload in parts begins anew after a crash",
        IN_VAULTS,
    ),
    Mutant(
        VAULT,
        "        self._uploads.abort_others(upload, archive_key)\n",
        "",
        "uploads that nobody knows stay for good",
        IN_VAULTS,
    ),
    Mutant(
        VAULT,
        "        if known is None or not known.ready:\n",
        "        if False:\n",
        "what is not readable is read",
        IN_VAULTS,
    ),
    Mutant(
        UPLOADS,
        '        if answer["checksum"] != part.tree_hash:\n',
        "        if False:\n",
        "a part that arrived damaged counts",
        IN_VAULTS,
    ),
    Mutant(
        UPLOADS,
        '        if answer["checksum"] != tree_hash:\n',
        "        if False:\n",
        "an archive that arrived damaged counts",
        IN_VAULTS,
    ),
    Mutant(
        RETRIEVALS,
        "        if expected and calculate_tree_hash(BytesIO(data)) != expected:\n",
        "        if False:\n",
        "a range that came damaged counts",
        IN_VAULTS,
    ),
    Mutant(
        RETRIEVALS,
        "        known = [recorded] if recorded and _serves(recorded, file) else self._listed(file)\n",
        "        known = [recorded] if recorded and _serves(recorded, file) else []\n",
        "a retrieval that was not recorded is paid for twice",
        IN_VAULTS,
    ),
    Mutant(
        RETRIEVALS,
        '        and job["StatusCode"] != "Failed"\n',
        "",
        "a retrieval that failed is waited for",
        IN_VAULTS,
    ),
    Mutant(
        HOT,
        "        if digest.hexdigest() != file.sha256:\n",
        "        if False:\n",
        "a small file comes back as something else",
        IN_VAULTS,
    ),
    Mutant(
        HOT,
        "        if send_parts(fetch, file.size, each, self._block, send).sha256 != file.sha256:\n",
        "        if not send_parts(fetch, file.size, each, self._block, send).sha256:\n",
        "a large file comes back as something else",
        IN_VAULTS,
    ),
    Mutant(
        STORES,
        "        small = file.size < max(self._min_bytes, 1)\n",
        "        small = False\n",
        "small files go into the vault",
        IN_VAULTS,
    ),
    Mutant(
        SWEEP,
        "    if job.attention_at is None or job.attention_at > before:\n",
        "    if False:\n",
        "jobs that went on are asked for",
        SWEEPS,
    ),
    Mutant(
        SWEEP,
        "    sweeping.late.postpone(job, next_look(job, plan, now=sweeping.clock(), before=before))\n",
        "",
        "the same jobs are asked for in every sweep",
        SWEEPS,
    ),
    Mutant(
        SWEEP,
        "    sweeping.untold.note_told(account)\n",
        "",
        "a change of plan is told for ever",
        SWEEPS,
    ),
    Mutant(
        SWEEP,
        "    if job.location in {ResultLocation.ARCHIVING, ResultLocation.ARCHIVED}:\n",
        "    if job.location is ResultLocation.ARCHIVED:\n",
        "a job that hangs in ARCHIVING is not helped",
        SWEEPS,
    ),
    Mutant(
        SWEEP,
        "    if job.status in {JobStatus.PENDING, JobStatus.RUNNING} or _is_end(job):\n",
        "    if job.status is JobStatus.PENDING or _is_end(job):\n",
        "a job whose worker is gone is not helped",
        SWEEPS,
    ),
    Mutant(
        SWEEP,
        "    return JobRestoreRequested(job.job_id, job.restore_tier)\n",
        "    return None\n",
        "a job that hangs in RESTORING is not helped",
        SWEEPS,
    ),
)
