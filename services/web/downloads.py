"""Many result files at once: a list of commands with fresh links, to be copied or saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from gas.accounts import Account, Plan
from gas.jobs import Job, ResultFile
from services.web.context import Site
from services.web.results import why_not_available

#: For how long the links of a list are valid: the files are fetched one after another.
LIST_SECONDS = 3600

#: Enough of a job's id to keep files of one name apart.
_ID_CHARACTERS = 8


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file.

    :ivar path: where the command puts it: a folder for each job.
    """

    url: str
    path: str
    size: int
    sha256: str

    @property
    def command(self) -> str:
        """What fetches it, in a shell."""
        return f"curl --fail --location --create-dirs --output {quote(self.path)} {quote(self.url)}"

    @property
    def checksum(self) -> str:
        """Its line for ``sha256sum --check``."""
        return f"{self.sha256}  {self.path}"


@dataclass(frozen=True, kw_only=True)
class DownloadList:
    """What can be fetched now.

    :ivar missing: the jobs of which nothing can be fetched, each with the reason.
    :ivar seconds: for how long the links are valid at least.
    """

    files: Sequence[Download]
    missing: Sequence[tuple[Job, str]]
    seconds: int

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def text(self) -> str:
        """All commands, as a script; the checksums are compared at the end."""
        lines = [file.command for file in self.files]
        if lines:
            lines += ["sha256sum --check <<'END'", *(file.checksum for file in self.files), "END"]
        return "".join(f"{line}\n" for line in lines)


def download_list(site: Site, account: Account, jobs: Sequence[Job]) -> DownloadList:
    """The result files of these jobs; no link outlives the window of its job."""
    now = site.clock()
    reasons = {job.job_id: why_not_available(job, account.plan, now) for job in jobs}
    ready = [job for job in jobs if reasons[job.job_id] is None]
    lifetimes = {job.job_id: _lifetime(job, account, now) for job in ready}
    return DownloadList(
        files=[
            _download(site, job, file, lifetimes[job.job_id]) for job in ready for file in job.result_files
        ],
        missing=[(job, reason) for job in jobs if (reason := reasons[job.job_id])],
        seconds=min(lifetimes.values(), default=LIST_SECONDS),
    )


def _lifetime(job: Job, account: Account, now: float) -> int:
    if account.plan is Plan.PREMIUM or job.available_until is None:
        return LIST_SECONDS
    return max(min(LIST_SECONDS, int(job.available_until - now)), 1)


def _download(site: Site, job: Job, file: ResultFile, lifetime: int) -> Download:
    url = site.ports.result_access.download_link(file.key, file_name=file.name, lifetime=lifetime)
    stem = job.file_name.partition(".")[0] or "job"
    folder = f"{stem}-{job.job_id[:_ID_CHARACTERS]}"
    return Download(url=url, path=f"{folder}/{file.name}", size=file.size, sha256=file.sha256)
