"""The page of a result: charts with links, ledger, commands, provenance and the genome browser."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from gas.accounts import Plan
from gas.errors import Misconfigured
from gas.jobs import JobStatus, ResultFile, ResultLocation
from services.web.genomes import find_genomes
from tests.unit.web.builders import ADA, JOB, SUMMARY, World

PACK = Path(__file__).parents[3] / "services" / "annotator" / "packs" / "human_mt" / "manifest.json"
NAMES = ("sample.annot.vcf.gz", "sample.annot.vcf.gz.tbi", "sample.annot.parquet")
FILES = tuple(ResultFile(name=name, key=f"results/{name}", size=9, sha256="ab" * 32) for name in NAMES)


def text_of(page: str) -> str:
    return " ".join(unescape(page).split())


def test_every_count_leads_to_the_table(world, ada):
    """While there is one; the table is filtered by what was counted."""
    world.add_completed(result_files=FILES)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert f'<a href="/jobs/{JOB}/table?impact=HIGH">20</a>' in page
    assert f'<a href="/jobs/{JOB}/table?region=MT:11778">MT:11778</a>' in page


@pytest.mark.parametrize(
    "changes", [{"location": ResultLocation.ARCHIVED, "result_files": FILES}, {"result_files": FILES[:2]}]
)
def test_without_a_table_the_counts_stay_readable(world, ada, changes):
    """An archived result has none to show, nor has one of another engine."""
    world.add_completed(**changes)

    page = text_of(ada.get(f"/jobs/{JOB}").text)

    assert "/table?impact" not in page
    assert "Records by impact" in page


def test_totals_that_do_not_agree_are_said_plainly(world, ada):
    """The page does not call such a result complete without a word."""
    job = world.add_completed()
    wrong = {**SUMMARY, "records": {"read": 5, "written": 4, "annotated": 4, "kept_unannotated": 0}}
    world.results.objects[job.summary_key] = json.dumps(wrong).encode()

    assert "These totals do not agree" in ada.get(f"/jobs/{JOB}").text


def test_the_provenance_is_that_of_the_job(world, ada):
    """Versions, settings, times, ledger, and every file with its digest."""
    job = world.add_completed(result_files=FILES, name="Trio 7", genome="human_mt", mode="local")
    summary = {**SUMMARY, "engine": "csq 1.24", "pack": {"name": "human_mt", "digest": "sha256:12"}}
    world.results.objects[job.summary_key] = json.dumps(summary).encode()

    answer = ada.get(f"/jobs/{JOB}/provenance.json")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="sample.provenance.json"'
    document = answer.json
    assert document["job"]["id"] == JOB
    assert document["job"]["finished"] == "2027-01-15T07:59:00Z"
    assert document["software"]["engine"] == "csq 1.24"
    assert document["reference"] == {"name": "human_mt", "digest": "sha256:12"}
    assert document["settings"] == {"genome": "human_mt", "mode": "local"}
    assert document["ledger"]["records"] == SUMMARY["records"]
    assert [(file["name"], file["sha256"]) for file in document["results"]] == [(n, "ab" * 32) for n in NAMES]


def test_the_provenance_of_a_failed_job_says_why(world, ada):
    """There is no summary; what the record knows is told."""
    world.add(status=JobStatus.FAILED, failure="Line 3 has 7 columns.", finished_at=1_800_000_000.0)

    document = ada.get(f"/jobs/{JOB}/provenance.json").json

    assert document["job"]["failure"] == "Line 3 has 7 columns."
    assert (document["reference"], document["results"]) == (None, [])


def test_the_genome_browser_gets_fresh_addresses_of_file_and_index():
    """From the store that its page may speak to, and no other page may."""
    world = World()
    world.add_completed(result_files=FILES)
    ada = world.browser()

    page, tracks = ada.get(f"/jobs/{JOB}/browser?region=MT:3243"), ada.get(f"/jobs/{JOB}/tracks.json").json

    policy = page.headers["Content-Security-Policy"]
    assert "connect-src 'self' https://results.invalid" in policy
    assert "unsafe" not in policy
    assert "results.invalid" not in ada.get(f"/jobs/{JOB}").headers["Content-Security-Policy"]
    assert 'data-region="MT:3243"' in page.text
    assert ("sample.annot.vcf.gz" in tracks["url"], ".tbi" in tracks["index_url"]) == (True, True)
    assert ada.get(tracks["reference"]["fastaURL"]).text == "MT\t16569\n"


@pytest.mark.parametrize(
    "changes",
    [{"location": ResultLocation.ARCHIVED}, {"result_files": FILES[:1]}, {"available_until": 1}],
)
def test_what_cannot_be_downloaded_cannot_be_browsed(world, ada, changes):
    """The page says why, and no address is made."""
    world.add_completed(**{"result_files": FILES, **changes})

    page = ada.get(f"/jobs/{JOB}/browser")

    assert page.status_code == 200
    assert "There is nothing to browse now" in page.text
    assert ada.get(f"/jobs/{JOB}/tracks.json").status_code >= 400
    world.set_plan(ADA, Plan.PREMIUM)
    available = "available_until" in changes
    assert (ada.get(f"/jobs/{JOB}/tracks.json").status_code == 200) == available


def test_a_genome_that_is_not_offered_is_not_found(world, ada):
    """Nor does its name lead to any other file."""
    assert ada.get("/genomes/nothing.sizes").status_code == 404
    assert ada.get("/genomes/..%2Fsettings.sizes").status_code == 404


def test_the_catalogue_agrees_with_the_pack():
    """The annotator annotates against what the page describes."""
    pack, genome = json.loads(PACK.read_text()), find_genomes("human_mt")["human_mt"]

    assert genome.assembly == pack["assembly"]
    described = [(contig.name, contig.length, list(contig.aliases)) for contig in genome.contigs]
    assert described == [(c["name"], c["length"], c["aliases"]) for c in pack["contigs"]]


@pytest.mark.parametrize("names", ["", " , ", "human_mt,nothing", "../settings"])
def test_a_genome_that_does_not_exist_is_a_wrong_setting(names):
    """The service says so at its start."""
    with pytest.raises(Misconfigured, match="GAS_GENOMES"):
        find_genomes(names)


def test_a_name_that_the_user_gave_is_the_title(world, ada):
    """Escaped; the file's name stays among the details."""
    world.add_completed(name="Trio <7>")

    page = ada.get(f"/jobs/{JOB}").text

    assert "Trio &lt;7&gt;</h1>" in page
    assert "sample.vcf" in page
    world.jobs.jobs[JOB] = replace(world.jobs.jobs[JOB], name="")
    assert "sample.vcf</h1>" in ada.get(f"/jobs/{JOB}").text
