"""Whether a deployed system does its main job: one small VCF, from its upload to its annotated copy."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from typing import Any

import requests

VCF = (
    b"##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    b"MT\t11778\t.\tG\tA\t50\tPASS\t.\n"
)
#: What that variant, known for Leber's optic atrophy, has to be called.
EXPECTED = b"missense"
TIMEOUT = 30
POLL_SECONDS = 3.0


class Failed(Exception):
    """The system did not do what it should; the sentence says at which step."""


def smoke(web: str, token: str, say: Callable[[str], None], *, patience: float = 900.0) -> None:
    """Submit, wait, download, delete.

    :param web: the system's address.
    :param token: a personal access token of any account, made on its account page.
    :raises Failed: naming the step.
    """
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        api = f"{web.rstrip('/')}/api/v1"
        _check("readiness", session.get(f"{web.rstrip('/')}/readyz", timeout=TIMEOUT))
        job_id = _submit(session, api)
        say(f"job {job_id} was submitted")
        job = _wait(session, api, job_id, patience)
        say(f"job {job_id} is completed: {job['records']}")
        _check_result(session, api, job)
        _check("deletion", session.delete(f"{api}/jobs/{job_id}", timeout=TIMEOUT))
        say("its result is annotated, and the job was deleted again")


def _submit(session: requests.Session, api: str) -> str:
    new: dict[str, Any] = {"file_name": "smoke.vcf", "size": len(VCF)}
    made = _check("a new job", session.post(f"{api}/jobs", json=new, timeout=TIMEOUT)).json()
    form = made["upload"]
    # The form is for the storage; the token is not for its eyes.
    sent = requests.post(form["url"], data=form["fields"], files={"file": VCF}, timeout=TIMEOUT)
    _check("the upload", sent)
    return str(made["job"]["job_id"])


def _wait(session: requests.Session, api: str, job_id: str, patience: float) -> dict[str, Any]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        job: dict[str, Any] = _check("the job", session.get(f"{api}/jobs/{job_id}", timeout=TIMEOUT)).json()[
            "job"
        ]
        if job["status"] == "COMPLETED":
            return job
        if job["status"] not in {"AWAITING_UPLOAD", "PENDING", "RUNNING"}:
            raise Failed(f"job {job_id} is {job['status']}: {job.get('error') or 'no reason given'}")
        time.sleep(POLL_SECONDS)
    raise Failed(f"job {job_id} was not completed within {patience:.0f} s; look at the annotator's log")


def _check_result(session: requests.Session, api: str, job: dict[str, Any]) -> None:
    names = [each["name"] for each in job["results"] if each["name"].endswith(".vcf.gz")]
    if not names:
        raise Failed(f"job {job['job_id']} has no annotated VCF")
    link = _check("the link", session.get(f"{api}/jobs/{job['job_id']}/results/{names[0]}", timeout=TIMEOUT))
    content = _check("the download", requests.get(link.json()["url"], timeout=TIMEOUT)).content
    if EXPECTED not in gzip.decompress(content):
        raise Failed(f"{names[0]} is not annotated as it should be")


def _check(step: str, answer: requests.Response) -> requests.Response:
    if not answer.ok:
        raise Failed(f"{step}: {answer.status_code} {answer.text[:300]}")
    return answer
