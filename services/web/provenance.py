"""The provenance of a result: a document to keep beside the files, which tells how they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gas.errors import NotFound
from gas.jobs import Job, ResultFile
from services.web.context import Site
from services.web.formats import iso_time
from services.web.results import summary_bytes
from services.web.summary_counts import mapping

#: Raised when a field changes its meaning or goes away; new fields do not raise it.
SCHEMA = "gas-provenance/1"


def provenance_name(job: Job) -> str:
    """What the document is called when it is saved; the name of an input is safe (`gas.keys`)."""
    return f"{job.file_name.partition('.')[0] or 'job'}.provenance.json"


def provenance_of(site: Site, job: Job) -> str:
    """The document; of a job without a summary, what the record knows."""
    return json.dumps(_document(job, _summary(site, job)), indent=2) + "\n"


def _document(job: Job, summary: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "job": {
            "id": job.job_id,
            "name": job.name,
            "status": job.status.value,
            "failure": job.failure or None,
            "copy_of": job.copy_of or None,
            "submitted": iso_time(job.submit_time),
            "started": iso_time(job.started_at),
            "finished": iso_time(job.finished_at),
            "attempts": job.attempt,
        },
        "input": {"name": job.file_name, "bytes": job.input_bytes},
        "software": {
            "engine": summary.get("engine"),
            "annotation_version": summary.get("annotation_version"),
        },
        "reference": mapping(summary.get("pack")) or None,
        "settings": {"genome": job.genome or None, "mode": summary.get("mode") or job.mode or None},
        "ledger": {"records": summary.get("records"), "alleles": _ledger(summary)},
        "results": [_file(file) for file in job.result_files],
    }


def _ledger(summary: Mapping[str, Any]) -> dict[str, Any] | None:
    alleles = mapping(summary.get("alleles"))
    return {name: alleles.get(name) for name in ("total", "annotated", "skipped")} if alleles else None


def _file(file: ResultFile) -> dict[str, Any]:
    return {"name": file.name, "bytes": file.size, "sha256": file.sha256}


def _summary(site: Site, job: Job) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(summary_bytes(site, job)))
    except (NotFound, ValueError):
        return {}
