"""The JSON documents of the API. Fields are only ever added."""

from __future__ import annotations

from typing import Any

from gas.accounts import Account
from gas.jobs import Job, Progress, ResultFile
from services.web.context import Site
from services.web.durations import Span
from services.web.forecast import forecast_of
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
        "name": job.name,
        "copy_of": job.copy_of or None,
        "genome": job.genome or None,
        "mode": job.mode or None,
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
        "queue": _queue_shape(site, job),
        "progress": _progress_shape(job.progress),
        **_times(job),
        "restore_tier": job.restore_tier or None,
        "restore_tiers": [_offer_shape(offer) for offer in state.offers] if state.restorable else [],
        "cycle": job.cycle,
        "keepable_until": iso_time(state.kept_until),
    }


def _queue_shape(site: Site, job: Job) -> dict[str, Any] | None:
    """The place of a job that waits; times are seconds from now, and None where too little is known."""
    forecast = forecast_of(site, job)
    if forecast is None:
        return None
    return {
        "position": forecast.position,
        "waiting": forecast.waiting,
        "start_seconds": _span_shape(forecast.start),
        "end_seconds": _span_shape(forecast.end),
        "reason": forecast.reason,
    }


def _span_shape(span: Span | None) -> list[int] | None:
    return None if span is None else [round(span.low), round(span.high)]


def _progress_shape(progress: Progress | None) -> dict[str, Any] | None:
    """How far a running job is; the share of the file is None where the engine does not say."""
    if progress is None:
        return None
    return {
        "records": progress.records,
        "contig": progress.contig,
        "records_per_second": progress.rate,
        "share": progress.share,
        "updated_at": iso_time(progress.updated_at),
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
        "queued_at": iso_time(job.queued_at),
        "started_at": iso_time(job.started_at),
        "finished_at": iso_time(job.finished_at),
        "available_until": iso_time(job.available_until),
        "archived_at": iso_time(job.archived_at),
        "restore_asked_at": iso_time(job.restore_asked_at),
        "restore_expected_at": iso_time(job.restore_expected_at),
        "restored_at": iso_time(job.restored_at),
    }
