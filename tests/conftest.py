"""Options of a test run; and with ``GAS_SKIP_NOTHING`` set, as in the gate, no test may be skipped."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--result-megabytes", type=int, default=256, help="size of the large result that is archived"
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("GAS_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
