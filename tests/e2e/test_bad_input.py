"""Whatever a researcher uploads ends in one clear sentence, and never in a loop."""

from __future__ import annotations

import gzip

import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
)
GOOD = "MT\t73\t.\tA\tG\t.\tPASS\t.\n"

FAILING = {
    "text": (b"Dear annotator,\nplease find my variants attached.\n", ["##fileformat"]),
    "truncated gzip": (gzip.compress((HEADER + GOOD).encode())[:-12], ["compressed data", "cut off"]),
    "header without columns": (b"##fileformat=VCFv4.2\nMT\t73\t.\tA\tG\t.\tPASS\t.\n", ["Line 2", "#CHROM"]),
    "unknown contigs only": (HEADER.encode() + b"chr7\t73\t.\tA\tG\t.\tPASS\t.\n", ["chr7", "MT"]),
    "a position that is no number": (HEADER.encode() + b"MT\tx\t.\tA\tG\t.\tPASS\t.\n", ["Line 4", "POS"]),
    "a line of 10 MB": (
        HEADER.encode() + b"MT\t73\t.\tA\tG\t.\tPASS\tX=" + b"A" * 10_000_000 + b"\n",
        ["Line 4"],
    ),
}


@pytest.mark.parametrize("case", FAILING, ids=FAILING.keys())
def test_a_file_that_cannot_be_annotated_fails_with_its_reason(system, gregor, case):
    """FAILED at the first attempt, with a sentence on the page, in the log and in a mail."""
    data, words = FAILING[case]

    job = gregor.wait(gregor.submit(data), finished=True)

    assert job["status"] == "FAILED"
    for word in words:
        assert word in job["failure"], job["failure"]
    assert job["failure"].rstrip().endswith(".")
    assert job["failure"] in gregor.log_of(job["job_id"])
    assert words[0] in gregor.page(f"/jobs/{job['job_id']}").text
    system.assert_quiet()
    (mail,) = wait_for(lambda: system.mails_about(job["job_id"]), "the mail")
    assert "failed" in mail["subject"]


KEPT = {
    "a wrong reference base": ("MT\t74\t.\tA\tG\t.\tPASS\t.\n", "MT:74", "reference"),
    "an unknown contig": ("chrQ\t10\t.\tA\tG\t.\tPASS\t.\n", "chrQ:10", "contig"),
}


@pytest.mark.parametrize("case", KEPT, ids=KEPT.keys())
def test_a_record_that_cannot_be_annotated_is_kept_and_named(system, gregor, case):
    """The others are annotated; the log names this one with its line."""
    record, place, reason = KEPT[case]

    job = gregor.wait(gregor.submit((HEADER + GOOD + record).encode()), finished=True)

    assert (job["status"], job["records"], job["annotated"], job["skipped"]) == ("COMPLETED", 2, 1, 1)
    text = gzip.decompress(gregor.download(job["job_id"], "x.annot.vcf.gz")).decode()
    kept = text.splitlines()[-1]
    assert kept.startswith(record.rsplit("\t", 1)[0])
    log = gregor.log_of(job["job_id"])
    (line,) = (line for line in log.splitlines() if place in line)
    assert "5" in line
    assert reason in line
    assert reason in gregor.page(f"/jobs/{job['job_id']}").text
    system.assert_quiet()


def test_an_empty_file_is_refused_before_it_is_stored(ada):
    """There is nothing to annotate in it; storage refuses it as well."""
    refused = ada.post("/jobs", status=400, file_name="x.vcf", size=0)
    assert "empty" in refused["error"]["message"]

    upload = ada.post("/jobs", file_name="x.vcf", size=10)["upload"]
    assert ada.store(upload, b"").status_code == 400


def test_a_file_over_the_limit_is_refused_with_the_way_out(ada):
    """By the web app if its size is told honestly, else by storage."""
    limit = ada.get("/account")["limits"]["input_bytes"]

    refused = ada.post("/jobs", status=413, file_name="x.vcf", size=limit + 1)
    assert "premium" in refused["error"]["message"]

    upload = ada.post("/jobs", file_name="x.vcf", size=10)["upload"]
    stored = ada.store(upload, b"x" * (limit + 1))
    assert stored.status_code == 400
    assert "EntityTooLarge" in stored.text
