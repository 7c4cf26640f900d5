"""The cost model, against sums worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cost import USES, Use, cost_of_a_job, cost_of_a_month, jobs_of_a_month, main, tables
from benchmarks.scaling.load import JobTime
from benchmarks.scaling.policy import read_parameters

ONE = Use("production", 1, megabytes=10, utilisation=0.5, months=12, time=JobTime(180, 0, 0))


def test_annotating_is_a_share_of_a_host():
    """Four tasks on a host of $0.145 an hour at 40 %: 180 s of one, at 50 % busy, are $0.00145."""
    assert cost_of_a_job(ONE)["annotating"] == pytest.approx(180 / 3600 * 0.145 * 0.4 / 4 / 0.5)
    assert cost_of_a_job(ONE)["annotating"] == pytest.approx(0.00145)


def test_a_download_costs_what_leaves_aws():
    """15 MB at nine cents a GB."""
    assert cost_of_a_job(ONE)["downloading"] == pytest.approx(0.015 * 0.09)


def test_keeping_the_input_costs_months():
    """10 MB are 0.00931 GiB, at 2.3 cents, for twelve months."""
    assert cost_of_a_job(ONE)["keeping the input"] == pytest.approx(0.00931323 * 0.023 * 12, rel=1e-5)


def test_the_web_hosts_and_the_gateways_of_production():
    """Two t4g.medium with 50 GB each, and two NAT gateways."""
    month = cost_of_a_month(ONE)

    assert month["web hosts"] == pytest.approx(2 * (0.0336 * 730 + 50 * 0.08))
    assert month["NAT gateways"] == pytest.approx(65.70)


def test_a_month_of_jobs_is_days_of_jobs():
    """730 hours of one job a day."""
    assert jobs_of_a_month(ONE) == pytest.approx(sum(cost_of_a_job(ONE).values()) * 730 / 24)


def test_the_budget_of_each_parameters_file_is_above_what_it_costs():
    """Else its first mail is a false alarm; and below three times of it, else it is none."""
    for name in ("a lab", "an institute"):
        use = USES[name]
        month = sum(cost_of_a_month(use).values()) + jobs_of_a_month(use)
        assert month < 0.8 * float(read_parameters("60-observability", use.file)["MonthlyBudget"]) < 3 * month


def test_the_document_has_the_tables(capsys):
    """All of them, as the command prints them."""
    main([])
    text = (Path(__file__).parents[3] / "docs" / "cost.md").read_text()

    assert tables(USES) in capsys.readouterr().out
    assert all(part in text for part in tables(USES).split("\n\n"))
