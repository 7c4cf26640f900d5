"""The life of one job, seen by its user: every stage is looked at through the web app and printed."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from local.addresses import Addresses
from local.visitor import POLL_SECONDS, TIMEOUT_SECONDS, WAIT_SECONDS, TourFailed, Visitor

SAMPLE = Path(__file__).parents[1] / "services" / "web" / "example.vcf"
PERSON = "Ada Lovelace"
#: The first mutation that was found to cause Leber's hereditary optic neuropathy; it is in the sample.
KNOWN_VARIANT = "11778"

Say = Callable[[str, str], None]


def give_tour(addresses: Addresses, say: Say) -> str:
    """Take one job through its whole life; the address of its page.

    :raises TourFailed: at the first thing that is not as promised.
    """
    visitor = Visitor(addresses.web)
    visitor.log_in(PERSON)
    visitor.make_token()
    visitor.api("POST", "/account/downgrade")
    say("logged in", f"as {PERSON}, on the free plan")
    job_id = visitor.submit(SAMPLE)
    say("uploaded", f"{SAMPLE.name}, {SAMPLE.stat().st_size:,} bytes, straight to storage: job {job_id}")
    visitor.wait_for(job_id, lambda job: job["started_at"] is not None, "started")
    say("running", "the annotator has claimed the job")
    job = visitor.wait_for(job_id, lambda job: job["downloadable"], "completed")
    say("completed", _counts(job))
    before = _download_all(visitor, job)
    say("results", _known_variant(before))
    _wait_for_mail(addresses, job_id)
    say("mail", f"sent; read it at {addresses.control}/mail")
    say("waiting", f"results of the free plan can be downloaded until {job['available_until']}")
    visitor.wait_for(job_id, lambda job: job["location"] == "ARCHIVED", "archived")
    _expect_no_download(visitor, job)
    say("archived", "results are in cold storage; log and summary stay readable")
    visitor.api("POST", "/account/upgrade")
    say("upgraded", "to premium: every archived result is asked for")
    job = visitor.wait_for(job_id, lambda job: job["location"] == "RESTORING", "restoring or restored")
    say("restoring", f"asked for at the {job['restore_tier'] or 'expedited'} tier".lower())
    job = visitor.wait_for(job_id, lambda job: job["downloadable"], "restored")
    say("restored", f"at {job['restored_at']}")
    _expect_same(before, _download_all(visitor, job))
    say("verified", f"{len(before)} files downloaded again, byte for byte the same")
    return f"{addresses.web}/jobs/{job_id}"


def _counts(job: dict[str, Any]) -> str:
    return f"{job['records']} records in, {job['annotated']} annotated, {job['skipped']} kept as they were"


def _download_all(visitor: Visitor, job: dict[str, Any]) -> dict[str, bytes]:
    files = {file["name"]: visitor.download(job["job_id"], file["name"]) for file in job["results"]}
    for file in job["results"]:
        if hashlib.sha256(files[file["name"]]).hexdigest() != file["sha256"]:
            raise TourFailed(f"{file['name']} does not have the digest that its page shows")
    return files


def _known_variant(files: dict[str, bytes]) -> str:
    name = next(name for name in files if name.endswith(".annot.vcf.gz"))
    for line in gzip.decompress(files[name]).decode().splitlines():
        columns = line.split("\t")
        if columns[1:2] == [KNOWN_VARIANT]:
            keys = dict(entry.partition("=")[::2] for entry in columns[7].split(";"))
            significance = keys.get("MITOMAP_CLNSIG", keys.get("MITOMAP_STATUS", "unknown"))
            return f"m.11778G>A is {keys.get('BCSQ', 'not annotated')}, known significance: {significance}"
    raise TourFailed(f"{name} has no record at position {KNOWN_VARIANT}")


def _wait_for_mail(addresses: Addresses, job_id: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if job_id in requests.get(f"{addresses.control}/mail.json", timeout=TIMEOUT_SECONDS).text:
            return
        time.sleep(POLL_SECONDS)
    raise TourFailed("no mail was sent")


def _expect_no_download(visitor: Visitor, job: dict[str, Any]) -> None:
    try:
        visitor.download(job["job_id"], job["results"][0]["name"])
    except TourFailed:
        return
    raise TourFailed("an archived result could still be downloaded")


def _expect_same(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    if before != after:
        raise TourFailed("a restored file is not what was archived")
