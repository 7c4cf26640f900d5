"""A researcher's browser and script, as far as the demo needs them: only HTTP, as any user would."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

WAIT_SECONDS = 120.0
POLL_SECONDS = 0.3
TIMEOUT_SECONDS = 30.0


class TourFailed(Exception):
    """Something was not as promised."""


class Visitor:
    """Logs in through Globus, makes a token, and uses the API with it."""

    def __init__(self, web: str) -> None:
        self._web = web
        self._browser = requests.Session()
        self._script = requests.Session()

    def log_in(self, name: str) -> None:
        """Follow the login to the Globus page and continue there as this person."""
        page = self._browser.get(f"{self._web}/login?next=/account", timeout=TIMEOUT_SECONDS)
        identity = re.search(rf'name="identity" value="([^"]+)">{re.escape(name)}', page.text)
        if identity is None:
            raise TourFailed(f"the login page offers no {name}")
        answer = self._browser.post(page.url, data={"identity": identity[1]}, timeout=TIMEOUT_SECONDS)
        if not answer.url.startswith(f"{self._web}/account"):
            raise TourFailed(f"the login ended at {answer.url} with status {answer.status_code}")

    def make_token(self) -> None:
        """Make a personal access token on the account page, for the API calls that follow."""
        page = self._browser.get(f"{self._web}/account", timeout=TIMEOUT_SECONDS).text
        proof = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"csrf_token": html.unescape(proof[1]) if proof else "", "name": "demo", "days": "1"}
        answer = self._browser.post(f"{self._web}/account/tokens", data=form, timeout=TIMEOUT_SECONDS).text
        token = re.search(r"gas_pat_[A-Za-z0-9_-]{20,}", answer)
        if token is None:
            raise TourFailed("the account page showed no new token")
        self._script.headers["Authorization"] = f"Bearer {token[0]}"

    def api(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """One call of the API; its JSON."""
        answer = self._script.request(
            method, f"{self._web}/api/v1{path}", json=body or None, timeout=TIMEOUT_SECONDS
        )
        if not answer.ok:
            raise TourFailed(f"{method} {path} was answered {answer.status_code}: {answer.text.strip()}")
        document: dict[str, Any] = answer.json()
        return document

    def submit(self, file: Path) -> str:
        """Create a job and post the file straight to storage; the job's id."""
        created = self.api("POST", "/jobs", file_name=file.name, size=file.stat().st_size)
        upload = created["upload"]
        with file.open("rb") as content:
            stored = requests.post(
                upload["url"],
                data=upload["fields"],
                files={"file": content},
                timeout=TIMEOUT_SECONDS,
            )
        if not stored.ok:
            raise TourFailed(f"storage refused the upload: {stored.status_code} {stored.text}")
        job_id: str = created["job"]["job_id"]
        self.api("POST", f"/jobs/{job_id}/uploaded")
        return job_id

    def wait_for(self, job_id: str, reached: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """Look at the job until it is as wanted."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.api("GET", f"/jobs/{job_id}")["job"]
            if reached(job):
                return job
            if job["failure"]:
                raise TourFailed(job["failure"])
            time.sleep(POLL_SECONDS)
        raise TourFailed(f"the job was not {what} within {WAIT_SECONDS:g} s")

    def download(self, job_id: str, name: str) -> bytes:
        """A result file."""
        link = self.api("GET", f"/jobs/{job_id}/results/{name}")["url"]
        answer = requests.get(link, timeout=TIMEOUT_SECONDS)
        if not answer.ok:
            raise TourFailed(f"storage refused the download of {name}: {answer.status_code}")
        return answer.content
