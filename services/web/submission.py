"""The ways in: a ticket for an upload, the word that it has arrived, and text that is stored for the user."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from gas.accounts import Account
from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus
from gas.keys import clean_file_name, input_key
from gas.storage_ports import UploadForm
from gas.transitions import CONFIRM_UPLOAD, Guard
from services.web.context import Site
from services.web.formats import file_size
from services.web.limits import input_limit, upgrade_helps
from services.web.once import job_id_of
from services.web.refusals import NotStored, Refusal, TooLarge


@dataclass(frozen=True)
class Ticket:
    """A recorded job and the form that its file is posted with."""

    job: Job
    form: UploadForm


def create_job(site: Site, account: Account, file_name: str, size: int) -> Ticket:
    """Record a job for a file of this size, then sign the form that may store it under its key."""
    _check_size(site, account, size, input_limit(account.plan, site.settings))
    job = _new_job(site, account, file_name)
    site.ports.jobs.add(job)
    form = site.ports.input_access.upload_form(
        job.input_key, max_bytes=job.max_input_bytes, lifetime=site.settings.upload_seconds
    )
    return Ticket(job, form)


def confirm_upload(site: Site, account: Account, job_id: str) -> Job:
    """The file of this job was posted: check that it is there and queue the job.

    The annotator may have been quicker, for the store itself announces the file; that is success.
    """
    job = site.ports.jobs.get(job_id, owner=account.user_id)
    size = _stored_size(site, job)
    _check_size(site, account, size, job.max_input_bytes)
    return _queue(site, job, size)


def submit_text(site: Site, account: Account, file_name: str, text: bytes, *, form_id: str = "") -> Job:
    """Record a job and store its input here, for text that is small enough to pass through the site.

    The same form sent again finds the job of the first time, and goes on where that one has stopped.
    """
    _check_size(site, account, len(text), input_limit(account.plan, site.settings))
    if len(text) > site.settings.paste_bytes:
        most = file_size(site.settings.paste_bytes)
        raise TooLarge(f"Pasted text may have up to {most}. Please submit it as a file.")
    parts = (account.user_id.encode(), file_name.encode(), text)
    job = _add_once(site, _new_job(site, account, file_name, job_id_of(form_id, *parts)))
    if job.status is not JobStatus.AWAITING_UPLOAD:
        return job
    site.ports.inputs.upload(job.input_key, BytesIO(text), content_type="text/plain")
    return _queue(site, job, len(text))


def _new_job(site: Site, account: Account, file_name: str, job_id: str = "") -> Job:
    now = site.clock()
    job_id, name = job_id or job_id_of(""), clean_file_name(file_name)
    return Job(
        job_id=job_id,
        user_id=account.user_id,
        file_name=name,
        input_key=input_key(account.user_id, job_id, name),
        submit_time=now,
        max_input_bytes=input_limit(account.plan, site.settings),
        expires_at=int(now) + site.settings.ticket_seconds,
    )


def _add_once(site: Site, job: Job) -> Job:
    try:
        site.ports.jobs.add(job)
    except Refused:
        return site.ports.jobs.get(job.job_id, owner=job.user_id)
    return job


def _check_size(site: Site, account: Account, size: int, limit: int) -> None:
    if size <= 0:
        raise Refusal("The file is empty. Please choose a VCF with at least a header.")
    if size > limit:
        helps = upgrade_helps(size, account.plan, site.settings)
        advice = "Upgrade to premium to submit it." if helps else "Please split it and submit the parts."
        sentence = f"The file has {file_size(size)}, and your plan allows {file_size(limit)}. {advice}"
        raise TooLarge(sentence, upgrade_helps=helps)


def _stored_size(site: Site, job: Job) -> int:
    try:
        return site.ports.inputs.stat(job.input_key).size
    except NotFound:
        raise NotStored("The file has not arrived. Please upload it again.") from None


def _queue(site: Site, job: Job, size: int) -> Job:
    guard = Guard(user_id=job.user_id, now=site.clock())
    try:
        return site.ports.jobs.move(job.job_id, CONFIRM_UPLOAD, guard, input_bytes=size, expires_at=None)
    except Refused:
        return site.ports.jobs.get(job.job_id, owner=job.user_id)
