"""The ways in: a ticket for an upload, the word that it has arrived, and text that is stored for the user."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO

from gas.accounts import Account
from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus
from gas.keys import clean_file_name, input_key
from gas.storage_ports import UploadForm
from gas.transitions import CONFIRM_UPLOAD, Guard
from services.web.context import Site
from services.web.formats import file_size
from services.web.genomes import chosen_genome
from services.web.limits import input_limit, upgrade_helps
from services.web.once import job_id_of
from services.web.owned_jobs import job_of
from services.web.part_uploads import NOT_ARRIVED, begin_upload, complete_upload, goes_in_parts
from services.web.refusals import NotStored, Refusal, TooLarge

MAX_JOB_NAME = 100

#: How the annotator may look at records (`Job.mode`), besides its own default.
MODES = ("local", "haplotype-aware")


@dataclass(frozen=True)
class JobRequest:
    """What a user asks for.

    :ivar size: bytes of the file.
    :ivar name: what the user calls the job; empty: as the file.
    :ivar genome: name of the genome; empty: that of the annotator.
    :ivar mode: one of `MODES`; empty: as the annotator does.
    """

    file_name: str
    size: int
    name: str = ""
    genome: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Ticket:
    """A recorded job and the form that its file is posted with; None if it is sent in parts."""

    job: Job
    form: UploadForm | None


def create_job(site: Site, account: Account, request: JobRequest) -> Ticket:
    """Record a job for a file of this size, then sign the form that may store it under its key.

    For a large file, an upload in parts is begun instead (`services.web.part_uploads`).
    """
    job = new_job(site, account, request)
    if goes_in_parts(request.size, site.settings):
        job = replace(job, upload_bytes=request.size)
        site.ports.jobs.add(job)
        return Ticket(begin_upload(site, job), None)
    site.ports.jobs.add(job)
    form = site.ports.input_access.upload_form(
        job.input_key, max_bytes=job.max_input_bytes, lifetime=site.settings.upload_seconds
    )
    return Ticket(job, form)


def confirm_upload(site: Site, account: Account, job_id: str, sha256: str = "") -> Job:
    """The file of this job was sent: check that it is there and queue the job.

    :param sha256: of a file in parts, see `services.web.part_uploads.complete_upload`.

    The annotator may have been quicker, for the store itself announces the file; that is success.
    """
    job = job_of(site, account, job_id)
    if job.upload_bytes and job.status is JobStatus.AWAITING_UPLOAD:
        complete_upload(site, job, sha256)
    size = _stored_size(site, job)
    _check_size(site, account, size, job.max_input_bytes)
    return queue_job(site, job, size)


def submit_text(site: Site, account: Account, request: JobRequest, text: bytes, *, form_id: str = "") -> Job:
    """Record a job and store its input here, for text that is small enough to pass through the site.

    The same form sent again finds the job of the first time, and goes on where that one has stopped.
    """
    job = new_job(site, account, request)
    if len(text) > site.settings.paste_bytes:
        most = file_size(site.settings.paste_bytes)
        raise TooLarge(f"Pasted text may have up to {most}. Please submit it as a file.")
    job = add_once(site, job, form_id, text)
    if job.status is not JobStatus.AWAITING_UPLOAD:
        return job
    site.ports.inputs.upload(job.input_key, BytesIO(text), content_type="text/plain")
    return queue_job(site, job, len(text))


def new_job(site: Site, account: Account, request: JobRequest) -> Job:
    """A job for this request, if the plan allows it; nothing is written yet.

    :raises Refusal: a setting does not exist, or the file is empty or too large.
    """
    _check_size(site, account, request.size, input_limit(account.plan, site.settings))
    now, file_name = site.clock(), clean_file_name(request.file_name)
    job_id = job_id_of("")
    return Job(
        job_id=job_id,
        user_id=account.user_id,
        file_name=file_name,
        input_key=input_key(account.user_id, job_id, file_name),
        submit_time=now,
        max_input_bytes=input_limit(account.plan, site.settings),
        expires_at=int(now) + site.settings.ticket_seconds,
        name=_clean_name(request.name),
        genome=chosen_genome(site.genomes, request.genome),
        mode=_known_mode(request.mode),
    )


def add_once(site: Site, job: Job, form_id: str, *parts: bytes) -> Job:
    """Record a job under an id that is made of the form and its content (`services.web.once`).

    The job that was recorded of them before, if there is one; a job that was deleted since is made anew.
    """
    settings = (job.user_id, job.file_name, job.name, job.genome, job.mode, job.copy_of)
    content = (*(each.encode() for each in settings), *parts)
    job = _with_id(job, job_id_of(form_id, *content))
    try:
        site.ports.jobs.add(job)
    except Refused:
        earlier = site.ports.jobs.get(job.job_id, owner=job.user_id)
        if earlier.status is not JobStatus.DELETED:
            return earlier
        return add_once(site, job, form_id, *parts, earlier.job_id.encode())
    return job


def _with_id(job: Job, job_id: str) -> Job:
    return replace(job, job_id=job_id, input_key=input_key(job.user_id, job_id, job.file_name))


def _clean_name(name: str) -> str:
    clean = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    if len(clean) > MAX_JOB_NAME:
        raise Refusal(f"The name of a job may have up to {MAX_JOB_NAME} characters. Please shorten it.")
    return clean


def _known_mode(mode: str) -> str:
    if mode and mode not in MODES:
        raise Refusal(f"There is no such mode. Please choose {' or '.join(MODES)}, or leave it out.")
    return mode


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
        raise NotStored(NOT_ARRIVED) from None


def queue_job(site: Site, job: Job, size: int) -> Job:
    """Queue a job whose input is stored; the annotator may have been quicker, which is success."""
    now = site.clock()
    guard, arrived = Guard(user_id=job.user_id, now=now), {"input_bytes": size, "queued_at": now}
    try:
        return site.ports.jobs.move(job.job_id, CONFIRM_UPLOAD, guard, **arrived, expires_at=None)
    except Refused:
        return site.ports.jobs.get(job.job_id, owner=job.user_id)
