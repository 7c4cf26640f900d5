"""The same life with an Amazon Glacier vault instead of the storage classes of S3."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import ROOT, running_system
from tests.e2e.researcher import Researcher
from tests.e2e.test_life import results_of
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """One whose archived results are in a vault."""
    with running_system(tmp_path_factory.mktemp("vault"), "--cold-store", "VAULT") as system:
        yield system


def archives(system) -> int:
    """How many archives there are, by an inventory of the only vault."""
    glacier = system.client("glacier")
    (vault,) = glacier.list_vaults()["VaultList"]
    return vault["NumberOfArchives"]


def test_results_go_into_the_vault_and_come_back(system):
    """Archived with the archiver killed on the way, restored with the restorer killed; the same bytes."""
    ada = Researcher.logged_in(system.web, "Ada Lovelace", plan="free")
    job_id = ada.submit(SAMPLE, "my sample.vcf")
    before = results_of(ada, ada.wait(job_id, status="COMPLETED"))
    old = system.kill("archiver")
    system.wait_for_new("archiver", old)
    ada.wait(job_id, location="ARCHIVED")
    wait_for(lambda: set(system.objects("results", job_id).values()) == {"STANDARD"}, "log and summary")
    wait_for(lambda: len(system.objects("results", job_id)) == 2, "no hot copy")
    assert archives(system) == len(before)

    ada.post("/account/upgrade")
    old = system.kill("restorer")
    system.wait_for_new("restorer", old)

    assert results_of(ada, ada.wait(job_id, location="HOT", downloadable=True)) == before
    wait_for(lambda: archives(system) == 0, "an empty vault")
    system.assert_quiet()
