"""How an engine learns how records are to be looked at, and what it says that it can do."""

from __future__ import annotations

import pytest

from services.annotator.annotation.mode import Mode
from services.annotator.engines.built_in import built_in_engine
from services.annotator.settings import AnnotatorSettings
from tests.unit.annotator.engine_runs import Run, stand_in


@pytest.mark.parametrize(("mode", "told"), [("", []), ("local", []), ("haplotype-aware", ["--haplotypes"])])
def test_an_engine_is_told_the_mode_by_its_options(tmp_path, mode, told):
    """Only where it is not its usual one."""
    run = Run(tmp_path, "")
    engine = stand_in(mode_options={"haplotype-aware": ("--haplotypes",)})

    arguments = engine._command(run.source, run.outputs, "x", mode).arguments

    assert [each for each in arguments if each == "--haplotypes"] == told


def test_the_built_in_engine_has_the_genome_of_its_pack_and_both_modes():
    """Under the name by which users choose it."""
    settings = AnnotatorSettings(
        queue_url="q",
        jobs_table="jobs",
        inputs_bucket="inputs",
        results_bucket="results",
        state_machine_arn="arn",
    )
    engine = built_in_engine(settings, buckets=None)

    assert engine.capabilities.genome == "human_mt"
    assert engine.capabilities.modes == set(Mode)
    assert engine.mode_options == {Mode.HAPLOTYPES: ("--haplotypes",)}
