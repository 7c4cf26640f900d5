"""The table of a result, from a submitted file to a filtered download, and back from the archive."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.researcher import TIMEOUT

pytestmark = pytest.mark.e2e

EXAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()


def positions(page: str) -> list[str]:
    return re.findall(r">(chrM:[0-9,]+)</a>", page)


def test_a_researcher_filters_a_table_and_takes_the_rows_along(system, gregor):
    """The address of the filter opens the same rows again; the download has the same records."""
    job_id = gregor.submit(EXAMPLE, "table.vcf")
    gregor.wait(job_id, status="COMPLETED")
    table = f"{system.web}/jobs/{job_id}/table"

    page = gregor.browser.get(f"{table}?place=MT-ND4&impact=MODERATE", timeout=TIMEOUT)

    assert page.url == f"{table}?gene=MT-ND4&impact=MODERATE"
    found = positions(page.text)
    assert "chrM:11,778" in found
    export = f"{system.web}/jobs/{job_id}/export?gene=MT-ND4&impact=MODERATE&format="
    text = gregor.browser.get(f"{export}tsv", timeout=TIMEOUT).text
    assert len(text.splitlines()) == 1 + len(found)
    vcf = gzip.decompress(gregor.browser.get(f"{export}vcf", timeout=TIMEOUT).content).decode()
    records = [line.split("\t") for line in vcf.splitlines() if not line.startswith("#")]
    assert [f"chrM:{int(record[1]):,}" for record in records] == list(dict.fromkeys(found))
    assert "##GAS_filter=gene=MT-ND4&impact=MODERATE\n" in vcf


def test_an_archived_table_says_how_it_comes_back(system, ada):
    """And is the same table afterwards, under another key."""
    job_id = ada.submit(EXAMPLE, "table.vcf")
    ada.wait(job_id, location="ARCHIVED")
    table = f"{system.web}/jobs/{job_id}/table"
    assert "The results are archived." in ada.browser.get(table, timeout=TIMEOUT).text

    ada.post("/account/upgrade")
    ada.wait(job_id, location="HOT")

    assert "chrM:73" in positions(ada.browser.get(table, timeout=TIMEOUT).text)
