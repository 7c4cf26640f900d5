"""The JSON documents of the API. Fields are only ever added."""

from __future__ import annotations

from typing import Any

from gas.accounts import Account
from gas.jobs import Job, ResultFile
from services.web.context import Site
from services.web.formats import iso_time
from services.web.job_view import job_state
from services.web.limits import input_limit
from services.web.restore_offers import Offer


def job_shape(site: Site, account: Account, job: Job) -> dict[str, Any]:
    """A job as programs see it: the states for them, and the words of the page for their users."""
    state = job_state(site, account, job)
    return {
        "job_id": job.job_id,
        "file_name": job.file_name,
        "status": job.status.value,
        "location": job.location.value,
        "word": state.text.word,
        "sentence": job.failure or state.text.sentence,
        "failure": job.failure or None,
        "finished": job.finished,
        "downloadable": state.downloadable,
        "input_bytes": job.input_bytes,
        "max_input_bytes": job.max_input_bytes,
        "records": job.records,
        "annotated": job.annotated,
        "skipped": job.skipped,
        "results": [_file_shape(file) for file in job.result_files],
        **_times(job),
        "restore_tier": job.restore_tier or None,
        "restore_tiers": [_offer_shape(offer) for offer in state.offers] if state.restorable else [],
        "cycle": job.cycle,
        "keepable_until": iso_time(state.kept_until),
    }


def account_shape(site: Site, account: Account) -> dict[str, Any]:
    """An account as programs see it."""
    premium = account.plan.value == "premium"
    return {
        "user_id": account.user_id,
        "name": account.name,
        "username": account.username,
        "plan": account.plan.value,
        "plan_since": iso_time(account.plan_since),
        "limits": {
            "input_bytes": input_limit(account.plan, site.settings),
            "retention_seconds": None if premium else site.settings.retention_seconds,
        },
    }


def _file_shape(file: ResultFile) -> dict[str, Any]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def _offer_shape(offer: Offer) -> dict[str, Any]:
    return {"tier": offer.tier, "expected_seconds": offer.seconds, "dollars": round(offer.dollars, 6)}


def _times(job: Job) -> dict[str, str | None]:
    return {
        "submitted_at": iso_time(job.submit_time),
        "started_at": iso_time(job.started_at),
        "finished_at": iso_time(job.finished_at),
        "available_until": iso_time(job.available_until),
        "archived_at": iso_time(job.archived_at),
        "restore_asked_at": iso_time(job.restore_asked_at),
        "restore_expected_at": iso_time(job.restore_expected_at),
        "restored_at": iso_time(job.restored_at),
    }
