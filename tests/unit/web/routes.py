"""Every route of the site, and what each kind of caller is answered: the matrix of rights.

A row is ``(method, path, owner, other)``. Nobody and a session that has ended are answered the same on all
rows of a table, so the tables say it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.unit.web.builders import JOB

RESULT = "sample.annot.vcf.gz"
NOT_FOUND = 404


@dataclass(frozen=True)
class Row:
    """A call, and the status of the answer.

    :ivar owner: for Ada, whose job it is.
    :ivar other: for Bob, who is logged in as well.
    :ivar form: what the page's form sends.
    :ivar body: JSON, where a script asks instead.
    """

    method: str
    path: str
    owner: int
    other: int
    form: dict[str, Any] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def bare_path(self) -> str:
        return self.path.partition("?")[0]


def _get(path: str, owner: int, other: int) -> Row:
    return Row("GET", path, owner, other)


def _of_job(path: str, owner: int) -> Row:
    return Row("GET", f"/jobs/{JOB}{path}", owner, NOT_FOUND)


def _act(path: str, owner: int, **form: Any) -> Row:
    return Row("POST", f"/jobs/{JOB}{path}", owner, NOT_FOUND, form)


def _api(method: str, path: str, owner: int, body: Any = None) -> Row:
    return Row(method, f"/api/v1/jobs/{JOB}{path}", owner, NOT_FOUND, body=body)


#: Nobody and ended sessions are answered as everybody is.
PUBLIC = [
    _get("/", 200, 200),
    _get("/help", 200, 200),
    _get("/healthz", 200, 200),
    _get("/readyz", 200, 200),
]

#: About the login itself. Whoever is logged in is sent on.
LOGIN = [
    _get("/login", 302, 302),
    _get("/auth/callback", 302, 302),
]

#: Each user has these for themselves. Nobody and ended sessions are sent to the login.
OWN_PAGES = [
    _get("/jobs", 200, 200),
    _get("/jobs/new", 200, 200),
    _get("/jobs/new?tab=paste", 200, 200),
    _get("/jobs/new?tab=earlier", 200, 200),
    _get("/genomes/human_mt.sizes", 200, 200),
    _get("/account", 200, 200),
    _get("/account/archive", 200, 200),
    _get("/account/upgrade", 200, 200),
    _get("/account/downgrade", 200, 200),
]

#: A job and all that it has. To another user it is as if it did not exist.
JOB_PAGES = [
    _of_job("", 200),
    _of_job("/status", 200),
    _of_job("/log", 200),
    _of_job("/summary.json", 200),
    _of_job("/provenance.json", 200),
    _of_job("/browser", 200),
    _of_job("/tracks.json", 409),
    _of_job("/input", 302),
    _of_job("/parts", 409),
    _of_job(f"/results/{RESULT}", 302),
    _of_job("/table", 200),
    _of_job("/table/4/1", 200),
    _of_job("/export?format=tsv", 200),
]

#: What changes something. Nobody and ended sessions are sent to the login, and nothing goes without CSRF.
OWN_ACTIONS = [
    Row("POST", "/logout", 303, 303),
    Row("POST", "/jobs", 201, 201, body={"file_name": "new.vcf", "size": 100}),
    Row("POST", "/jobs/paste", 303, 303, {"text": "##fileformat=VCFv4.3\n#CHROM\n"}),
    Row("POST", "/jobs/example", 303, 303),
    Row("POST", "/jobs/earlier", 303, NOT_FOUND, {"job": JOB}),
    Row("POST", "/jobs/preflight", 200, 200, body={"size": 100}),
    Row("POST", "/jobs/bulk", 200, 200, {"action": "delete", "job": JOB}),
    Row("POST", "/account/upgrade", 303, 303),
    Row("POST", "/account/downgrade", 303, 303),
    Row("POST", "/account/restore", 409, 303),
    Row("POST", "/account/mail", 303, 303),
    Row("POST", "/account/log-out-everywhere", 303, 303),
    Row("POST", "/account/tokens", 200, 200, {"name": "script", "days": "1"}),
    Row("POST", "/account/tokens/some-id/revoke", 303, 303),
]
JOB_ACTIONS = [
    _act("/uploaded", 200),
    _act("/parts", 400),
    _act("/restore", 303),
    _act("/keep", 303),
    _act("/again", 303),
    _act("/delete", 303, understood="yes"),
    _act("/cancel", 409),
]

#: For bearer tokens. Whoever has none, or one that is not good any more, is told so by 401.
API_OWN = [
    Row("GET", "/api/v1/jobs", 200, 200),
    Row("POST", "/api/v1/jobs", 201, 201, body={"file_name": "new.vcf", "size": 100}),
    Row("GET", "/api/v1/account", 200, 200),
    Row("POST", "/api/v1/account/upgrade", 200, 200),
    Row("POST", "/api/v1/account/downgrade", 200, 200),
]
API_JOB = [
    _api("GET", "", 200),
    _api("GET", f"/results/{RESULT}", 200),
    _api("GET", "/log", 200),
    _api("GET", "/summary", 200),
    _api("GET", "/parts", 409),
    _api("POST", "/parts", 400),
    _api("POST", "/uploaded", 200),
    _api("POST", "/restore", 202),
    _api("POST", "/keep", 400),
    _api("POST", "/again", 201),
    _api("POST", "/cancel", 409),
    _api("DELETE", "", 204),
]

PAGES = [*OWN_PAGES, *JOB_PAGES]
ACTIONS = [*OWN_ACTIONS, *JOB_ACTIONS]
API = [*API_OWN, *API_JOB]
ROUTES = [*PUBLIC, *LOGIN, *PAGES, *ACTIONS, *API]
