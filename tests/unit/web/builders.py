"""A site on fakes, browsers that are logged in, and jobs in every state."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gas.accounts import Plan, Profile
from gas.fakes import (
    FakeAccountStore,
    FakeBus,
    FakeJobQueue,
    FakeJobStore,
    FakeObjectCopies,
    FakeObjectStore,
    FakeObjectStream,
    FakeOwnedJobs,
    FakePartUploads,
    FakeSignedAccess,
    FakeTokenStore,
)
from gas.jobs import Job, JobStatus, ResultFile, ResultLocation
from services.web.app import Ports, create_app
from services.web.settings import WebSettings

NOW = 1_800_000_000.0
ADA, BOB = "ada-id", "bob-id"
JOB = "11111111-2222-3333-4444-555555555555"
EXAMPLE = b"##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nMT\t3243\t.\tA\tG\t.\t.\t.\n"
SUMMARY = {
    "schema_version": 1,
    "records": {"read": 1200, "annotated": 1199, "with_consequence": 900, "kept_unannotated": 1},
    "impacts": {"MODERATE": 700, "HIGH": 20},
    "consequences": {"missense": 700, "stop_gained": 20},
    "genes": {"MT-ND4": 5},
    "known": {"records": 7, "alleles_by_source": {"mitomap_disease": 7}},
    "severe": [
        {
            "contig": "MT",
            "position": 11778,
            "ref": "G",
            "alt": "A",
            "gene": "MT-ND4",
            "consequence": "missense",
            "impact": "MODERATE",
            "amino_acids": "340R>340H",
            "significance": {"MITOMAP_CLNSIG": "P"},
        }
    ],
    "warnings": [],
    "notes": [],
}


def settings(**changes: Any) -> WebSettings:
    """Settings of a site on the loopback."""
    base = WebSettings(
        jobs_table="jobs",
        accounts_table="accounts",
        tokens_table="tokens",
        inputs_bucket="inputs",
        results_bucket="results",
        archive_requests_topic="archive-requests",
        restore_requests_topic="restore-requests",
        web_url="http://localhost",
        secret_key="key",
        globus_client_id="client",
        globus_client_secret="secret",
        free_input_bytes=1000,
        premium_input_bytes=50_000,
        paste_bytes=2000,
    )
    return replace(base, **changes)


@dataclass
class World:
    """A site, everything behind it, and a clock that stands still."""

    settings: WebSettings = field(default_factory=settings)
    now: float = NOW

    def __post_init__(self) -> None:
        self.jobs, self.accounts, self.tokens = FakeJobStore(), FakeAccountStore(), FakeTokenStore()
        self.inputs, self.results, self.bus = FakeObjectStore(), FakeObjectStore(), FakeBus()
        self.queue = FakeJobQueue(self.jobs)
        self.part_uploads = FakePartUploads(self.inputs)
        self.app = create_app(self.settings, self.ports(), example=EXAMPLE, clock=lambda: self.now)
        self.app.test_client_class = ClosingClient
        for user_id in (ADA, BOB):
            profile = Profile(user_id=user_id, name=user_id.title(), username=user_id, email="")
            self.accounts.enter(profile, now=NOW - 1e6)

    def ports(self) -> Ports:
        return Ports(
            jobs=self.jobs,
            queue=self.queue,
            accounts=self.accounts,
            owned_jobs=FakeOwnedJobs(self.accounts, self.jobs),
            tokens=self.tokens,
            inputs=self.inputs,
            results=self.results,
            input_access=FakeSignedAccess(),
            input_copies=FakeObjectCopies(self.inputs),
            result_access=FakeSignedAccess(),
            result_stream=FakeObjectStream(self.results),
            part_uploads=self.part_uploads,
            bus=self.bus,
        )

    def browser(self, user_id: str | None = ADA) -> Browser:
        return Browser(self.app.test_client(), user_id, self.now)

    def set_plan(self, user_id: str, plan: Plan, *, since: float = NOW - 1e6) -> None:
        account = self.accounts.accounts[user_id]
        self.accounts.accounts[user_id] = replace(account, plan=plan, plan_since=since)

    def add(self, **changes: Any) -> Job:
        """A job of Ada's that waits for its file, or what the changes make of it."""
        job_id, name = changes.get("job_id", JOB), changes.get("file_name", "sample.vcf")
        owner = changes.get("user_id", ADA)
        job = Job(
            **{
                "job_id": job_id,
                "user_id": owner,
                "file_name": name,
                "input_key": f"inputs/{owner}/{job_id}/{name}",
                "submit_time": NOW - 600,
                "max_input_bytes": 1000,
                **changes,
            }
        )
        self.jobs.jobs[job_id] = job
        return job

    def add_completed(self, location: ResultLocation = ResultLocation.HOT, **changes: Any) -> Job:
        """A job of Ada's with results, log and summary."""
        folder = f"results/{ADA}/{JOB}"
        file = ResultFile(
            name="sample.annot.vcf.gz", key=f"{folder}/sample.annot.vcf.gz", size=1234, sha256="ab" * 32
        )
        self.results.objects[f"{folder}/log"] = b"1200 records read\n"
        self.results.objects[f"{folder}/summary.json"] = json.dumps(SUMMARY).encode()
        done = {
            "status": JobStatus.COMPLETED,
            "location": location,
            "cycle": 1,
            "input_bytes": 900,
            "started_at": NOW - 500,
            "finished_at": NOW - 60,
            "available_until": int(NOW) + 120,
            "result_files": (file,),
            "log_key": f"{folder}/log",
            "summary_key": f"{folder}/summary.json",
            "records": 1200,
            "annotated": 1199,
            "skipped": 1,
        }
        return self.add(**{**done, **changes})

    def token(self, user_id: str = ADA, *, days: int = 30) -> str:
        """A personal access token, made on the account page."""
        page = self.browser(user_id).post("/account/tokens", {"name": "script", "days": str(days)})
        match = re.search(r"gas_pat_[\w-]{40,}", page.text)
        assert match
        return match.group()


class ClosingClient(FlaskClient):
    """Reads and closes every response, as a server does."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return super().open(*arguments, **{"buffered": True, **options})


class Browser:
    """A browser with cookies, that sends the CSRF token of the last page with every form."""

    def __init__(self, client: FlaskClient, user_id: str | None, now: float) -> None:
        self.client = client
        if user_id:
            with client.session_transaction() as session:
                session.update(user_id=user_id, name=user_id.title(), since=int(now))

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def csrf(self) -> str:
        match = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/").text)
        assert match, "nobody is logged in"
        return match.group(1)

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form, as a button does."""
        return self.client.post(path, data={"csrf_token": self.csrf(), **(data or {})})

    def ask(self, path: str, body: Any) -> TestResponse:
        """Send JSON, as the page's script does."""
        headers = {"X-CSRFToken": self.csrf(), "Accept": "application/json"}
        return self.client.post(path, json=body, headers=headers)
