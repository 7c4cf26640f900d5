"""The life of a job as its user and an operator see it, with processes killed on the way."""

from __future__ import annotations

import gzip
import hashlib

import pytest
import requests

from tests.e2e.conftest import ROOT
from tests.e2e.researcher import session
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()


def large_input(records: int = 12_000, samples: int = 500) -> bytes:
    """A file that takes seconds to annotate: every position of the genome, many samples."""
    fasta = (ROOT / "services/annotator/packs/human_mt/sequence.fa").read_text().split("\n", 1)[1]
    genome = fasta.replace("\n", "")
    other = {"A": "G", "G": "A", "C": "T", "T": "C", "N": "A"}
    names = "\t".join(f"S{number}" for number in range(samples))
    genotypes = "\t".join(["0/1:10,10:20"] * samples)
    lines = ["##fileformat=VCFv4.2", "##contig=<ID=MT,length=16569>"]
    lines.append(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}")
    for position in range(1, records + 1):
        ref = genome[position - 1]
        lines.append(f"MT\t{position}\t.\t{ref}\t{other[ref]}\t50\tPASS\tDP=20\tGT:AD:DP\t{genotypes}")
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=1)


def results_of(researcher, job) -> dict[str, bytes]:
    files = {file["name"]: researcher.download(job["job_id"], file["name"]) for file in job["results"]}
    for file in job["results"]:
        assert hashlib.sha256(files[file["name"]]).hexdigest() == file["sha256"]
        assert len(files[file["name"]]) == file["size"]
    return files


def is_ready(web: str) -> bool:
    """Whether the web app answers, which it does not at all before it has started."""
    try:
        return requests.get(f"{web}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


def mails_of_return(system, job_id) -> list[dict]:
    return [mail for mail in system.mails_about(job_id) if "are back" in mail["subject"]]


def assert_restored(system, researcher, job_id, before) -> None:
    """The one final state: same bytes, one mail, one execution, nothing left in cold storage."""
    job = researcher.wait(job_id, location="HOT", downloadable=True)
    assert results_of(researcher, job) == before
    assert len([mail for mail in system.mails_about(job_id) if "completed" in mail["subject"]]) == 1
    assert system.executions_of(job_id) == [f"{job_id}-1"]
    system.assert_quiet()
    stored = system.objects("results", job_id)
    assert set(stored.values()) == {"STANDARD"}
    assert len(stored) == len(before) + 2, "results, log and summary"


def test_a_vcf_is_annotated_archived_and_restored(system, ada):
    """Log in, upload, read, download, wait, see it archived, upgrade, see it come back."""
    job_id = ada.submit(SAMPLE, "my sample.vcf")
    job = ada.wait(job_id, status="COMPLETED")
    before = results_of(ada, job)

    text = gzip.decompress(before["my sample.annot.vcf.gz"]).decode()
    (record,) = (line for line in text.splitlines() if "\t11778\t" in line)
    assert "missense|MT-ND4|" in record
    assert "340R>340H" in record
    assert "MITOMAP" in record
    assert job["records"] == sum(not line.startswith("#") for line in text.splitlines())
    assert job["records"] == job["annotated"] + job["skipped"]
    wait_for(lambda: system.mails_about(job_id), "the mail")
    (mail,) = system.mails_about(job_id)
    assert "my sample.vcf" in mail["subject"]
    assert f"{system.web}/jobs/{job_id}" in str(mail)

    ada.wait(job_id, location="ARCHIVED")
    refused = ada.get(f"/jobs/{job_id}/results/my sample.annot.vcf.gz", status=409)
    assert "Upgrade" in refused["error"]["message"]
    assert "records in" in ada.log_of(job_id)
    assert ada.page(f"/jobs/{job_id}").status_code == 200
    stored = system.objects("results", job_id)
    assert sorted(stored.values()) == ["GLACIER"] * 3 + ["STANDARD"] * 2

    ada.post("/account/upgrade")
    assert_restored(system, ada, job_id, before)
    back = wait_for(lambda: mails_of_return(system, job_id), "the mail about the results that are back")
    assert len(back) == 1


def test_a_download_link_asks_for_the_proper_file_name(ada):
    """The browser saves the result under the name of the input."""
    job_id = ada.submit(SAMPLE, "my sample.vcf")
    ada.wait(job_id, status="COMPLETED")

    answer = ada.page(f"/jobs/{job_id}/results/my sample.annot.vcf.gz")

    assert answer.status_code == 302
    saved = session().get(answer.headers["Location"], timeout=10)
    assert saved.headers["Content-Disposition"] == 'attachment; filename="my sample.annot.vcf.gz"'


def test_an_annotator_killed_in_mid_job_loses_nothing(system, gregor):
    """Another one takes the job over; the result is the same as without the kill."""
    data = large_input()
    undisturbed = gregor.wait(gregor.submit(data, "large.vcf.gz"), status="COMPLETED")
    job_id = gregor.submit(data, "large.vcf.gz")
    gregor.wait(job_id, status="RUNNING")

    system.wait_for_new("annotator", system.kill("annotator"))

    job = gregor.wait(job_id, status="COMPLETED")
    digest = {file["name"]: file["sha256"] for file in undisturbed["results"]}
    assert {file["name"]: file["sha256"] for file in job["results"]} == digest
    wait_for(lambda: system.mails_about(job_id), "the mail")
    assert len(system.mails_about(job_id)) == 1
    assert system.executions_of(job_id) == [f"{job_id}-1"]
    system.assert_quiet()


def test_a_job_survives_kills_of_every_service_along_its_life(system, ada):
    """Each service is killed just when it is about to act, and started again."""
    created = ada.post("/jobs", file_name="x.vcf", size=len(SAMPLE))
    job_id = created["job"]["job_id"]
    system.wait_for_new("web", system.kill("web"))
    old = system.kill("annotator")
    assert ada.store(created["upload"], SAMPLE).ok
    system.wait_for_new("annotator", old)
    wait_for(lambda: is_ready(system.web), "the web app")
    job = ada.wait(job_id, status="COMPLETED")
    before = results_of(ada, job)

    old = system.kill("archiver")
    ada.wait(job_id, downloadable=False)
    system.wait_for_new("archiver", old)
    system.kill("archiver")
    ada.wait(job_id, location="ARCHIVED")

    old = system.kill("restorer")
    ada.post("/account/upgrade")
    system.wait_for_new("restorer", old)
    ada.wait(job_id, location="RESTORING")
    system.kill("restorer")

    assert_restored(system, ada, job_id, before)
