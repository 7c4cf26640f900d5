"""The start of the annotator's process."""

from __future__ import annotations

from services.annotator import __main__ as annotator
from services.annotator.settings import AnnotatorSettings
from tests.waiting import wait_for


def test_a_pack_that_is_long_in_coming_is_no_sign_of_death(tmp_path, monkeypatch):
    """The health check ends a container that gives no sign of life; so the pack would never come."""
    health = tmp_path / "health"
    settings = AnnotatorSettings(
        health_file=health,
        queue_url="q",
        jobs_table="j",
        inputs_bucket="i",
        results_bucket="r",
        state_machine_arn="s",
    )

    def download(given, _buckets):
        assert given is settings
        for _ in range(3):
            health.unlink(missing_ok=True)
            wait_for(health.exists, "a sign of life")
        return "the engine"

    monkeypatch.setattr(annotator, "SIGN_SECONDS", 0.01)
    monkeypatch.setattr(annotator, "choose_engine", download)

    assert annotator.open_engine(settings, None) == "the engine"
