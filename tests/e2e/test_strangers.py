"""What is somebody's own is nobody else's, and no form can be bent."""

from __future__ import annotations

import pytest
import requests

from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e

SAMPLE = (ROOT / "services" / "web" / "example.vcf").read_bytes()


def test_the_job_of_another_user_does_not_exist(ada, gregor):
    """Page, log, input, result, summary and every action answer 404."""
    job_id = ada.submit(SAMPLE)
    job = ada.wait(job_id, status="COMPLETED")
    name = job["results"][0]["name"]

    for path in ("", "/status", "/log", "/input", "/summary.json", f"/results/{name}"):
        assert ada.page(f"/jobs/{job_id}{path}").status_code in {200, 302}, path
        assert gregor.page(f"/jobs/{job_id}{path}").status_code == 404, path
    for path in ("", f"/results/{name}", "/log", "/summary"):
        gregor.get(f"/jobs/{job_id}{path}", status=404)
    gregor.post(f"/jobs/{job_id}/uploaded", status=404)
    gregor.post(f"/jobs/{job_id}/restore", status=404)
    assert job_id not in str(gregor.get("/jobs"))


def test_nobody_gets_in_without_login_or_token(system):
    """Pages lead to the login; the API says 401, a session cookie or not."""
    page = requests.get(f"{system.web}/jobs", timeout=10, allow_redirects=False)
    assert page.status_code == 302
    assert "/login" in page.headers["Location"]
    for headers in ({}, {"Authorization": "Bearer gas_pat_wrong"}):
        answer = requests.get(f"{system.web}/api/v1/jobs", headers=headers, timeout=10)
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers


def test_a_session_is_no_token(ada):
    """The API ignores cookies, so no page elsewhere can use it in a user's name."""
    assert ada.browser.get(f"{ada.web}/api/v1/jobs", timeout=10).status_code == 401


@pytest.mark.parametrize("path", ["/account/upgrade", "/account/downgrade", "/account/tokens", "/logout"])
def test_a_form_without_its_proof_is_refused(ada, path):
    """Cross-site request forgery changes nothing."""
    before = ada.get("/account")["plan"]

    answer = ada.browser.post(f"{ada.web}{path}", data={"name": "x", "days": "1"}, timeout=10)

    assert answer.status_code == 400
    assert ada.get("/account")["plan"] == before


def test_an_upload_form_for_one_job_stores_no_other(system, ada, gregor):
    """A forged key and an edited policy are refused by storage."""
    mine = gregor.post("/jobs", file_name="x.vcf", size=10)["upload"]
    theirs = ada.post("/jobs", file_name="x.vcf", size=10)["upload"]

    assert gregor.store(mine, SAMPLE, key=theirs["fields"]["key"]).status_code == 403
    assert gregor.store(mine, SAMPLE, policy=theirs["fields"]["policy"]).status_code == 403
    edited = mine["fields"]["policy"][:-4] + "AAAA"
    assert gregor.store(mine, SAMPLE, policy=edited).status_code in {400, 403}
    assert gregor.store(mine, SAMPLE, **{"x-amz-signature": "0" * 64}).status_code == 403
    job_id = theirs["fields"]["key"].split("/")[2]
    assert ada.job(job_id)["status"] == "AWAITING_UPLOAD"
    assert system.objects("inputs", job_id) == {}


def test_a_link_to_a_result_leads_to_nothing_else(ada):
    """Changing the key of a signed address breaks it."""
    job_id = ada.submit(SAMPLE)
    job = ada.wait(job_id, status="COMPLETED")
    link = ada.get(f"/jobs/{job_id}/results/{job['results'][0]['name']}")["url"]
    assert requests.get(link, timeout=10).ok

    assert requests.get(link.replace(job_id, "another"), timeout=10).status_code == 403
    assert requests.get(link.split("?", maxsplit=1)[0], timeout=10).status_code == 403
