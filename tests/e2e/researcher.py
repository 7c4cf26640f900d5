"""A person with a browser and a script: HTTP and nothing else."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TIMEOUT = 30
PATIENCE_SECONDS = 90


class Loopback(HTTPAdapter):
    """Names under ``localhost`` are this machine, as in every browser (RFC 6761)."""

    def send(self, request, **options):
        asked = request.url
        parts = urlsplit(asked)
        if str(parts.hostname).endswith(".localhost"):
            request.headers["Host"] = parts.netloc
            request.url = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
        answer = super().send(request, **options)
        # A redirect is asked for with a copy of this request.
        request.headers.pop("Host", None)
        request.url = answer.url = asked
        return answer


def session() -> requests.Session:
    """What a browser or a script keeps: cookies and headers."""
    made = requests.Session()
    made.mount("http://", Loopback())
    return made


class Researcher:
    """Logged in at the web app, and with a token for its API."""

    def __init__(self, web: str, name: str) -> None:
        self.web = web
        self.browser = session()
        self.script = session()
        self.log_in(name)

    @classmethod
    def logged_in(cls, web: str, name: str, *, plan: str) -> Researcher:
        researcher = cls(web, name)
        researcher.make_token()
        researcher.post("/account/upgrade" if plan == "premium" else "/account/downgrade")
        return researcher

    def log_in(self, name: str) -> None:
        page = self.browser.get(f"{self.web}/login?next=/account", timeout=TIMEOUT)
        identity = re.search(rf'name="identity" value="([^"]+)">{re.escape(name)}', page.text)[1]
        answer = self.browser.post(page.url, data={"identity": identity}, timeout=TIMEOUT)
        assert answer.url == f"{self.web}/account", answer.url

    def csrf(self) -> str:
        page = self.browser.get(f"{self.web}/account", timeout=TIMEOUT).text
        return unescape(re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1])

    def submit_form(self, path: str, **fields: str) -> requests.Response:
        """Post a form of a page, with the proof that it came from the page."""
        fields["csrf_token"] = self.csrf()
        return self.browser.post(f"{self.web}{path}", data=fields, timeout=TIMEOUT)

    def make_token(self) -> None:
        page = self.submit_form("/account/tokens", name="test", days="1").text
        token = re.search(r"gas_pat_[A-Za-z0-9_-]{20,}", page)[0]
        self.script.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.script.get(f"{self.web}/api/v1{path}", timeout=TIMEOUT)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json()

    def post(self, path: str, status: int | None = None, **body: Any) -> Any:
        answer = self.script.post(f"{self.web}/api/v1{path}", json=body or None, timeout=TIMEOUT)
        assert answer.status_code == status if status else answer.ok, (path, answer.status_code, answer.text)
        return answer.json()

    def page(self, path: str) -> requests.Response:
        return self.browser.get(f"{self.web}{path}", timeout=TIMEOUT, allow_redirects=False)

    def submit(self, data: bytes, file_name: str = "x.vcf") -> str:
        """Upload a file as the web page does; the job's id."""
        created = self.post("/jobs", file_name=file_name, size=len(data))
        stored = self.store(created["upload"], data)
        assert stored.ok, stored.text
        return created["job"]["job_id"]

    def store(self, upload: dict[str, Any], data: bytes, **changed: str) -> requests.Response:
        fields = {**upload["fields"], **changed}
        return session().post(upload["url"], data=fields, files={"file": data}, timeout=TIMEOUT)

    def job(self, job_id: str) -> dict[str, Any]:
        return self.get(f"/jobs/{job_id}")["job"]

    def wait(self, job_id: str, **wanted: Any) -> dict[str, Any]:
        """Until the job's document shows all of these values."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            job = self.job(job_id)
            if all(job[name] == value for name, value in wanted.items()):
                return job
            assert time.monotonic() < deadline, (wanted, job)
            time.sleep(0.05)

    def download(self, job_id: str, name: str) -> bytes:
        link = self.get(f"/jobs/{job_id}/results/{name}")["url"]
        answer = session().get(link, timeout=TIMEOUT)
        assert answer.ok, answer.text
        return answer.content

    def log_of(self, job_id: str) -> str:
        answer = self.script.get(f"{self.web}/api/v1/jobs/{job_id}/log", timeout=TIMEOUT)
        assert answer.ok, answer.text
        return answer.text
