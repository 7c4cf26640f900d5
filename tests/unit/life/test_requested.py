"""What the user asked for: the genome that the file is of, and how its records are looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gas.jobs import JobStatus
from services.annotator.annotation.mode import Mode
from services.annotator.engines.engine import Capabilities
from tests.unit.life.quick_engine import QuickEngine, quick_annotate


class NamedEngine(QuickEngine):
    """An engine with a genome and two modes, that keeps which mode it was asked for."""

    capabilities = Capabilities(
        info=(),
        files=frozenset({"vcf", "index", "log", "summary"}),
        assembly="",
        genome="human_mt",
        modes=frozenset(Mode),
    )
    mode = None

    def annotate(self, source, outputs, *, file_name, beat, mode=""):
        self.mode = mode
        return quick_annotate(source, outputs, file_name=file_name, beat=beat)


def run(world, engine, **asked):
    world.engine = engine
    world.workers["annotator"] = world._worker("annotator")
    world.submit()
    world.jobs.jobs["j1"] = replace(world.jobs.jobs["j1"], **asked)
    world.settle()
    return world.jobs.jobs["j1"]


@pytest.mark.parametrize("genome", ["", "human_mt"])
@pytest.mark.parametrize("mode", ["", "local", "haplotype-aware"])
def test_a_job_is_annotated_as_it_asks(world, genome, mode):
    """A job that does not say gets what the annotator has."""
    engine = NamedEngine(world)

    assert run(world, engine, genome=genome, mode=mode).status is JobStatus.COMPLETED
    assert engine.mode == mode


def test_a_job_of_another_genome_fails_with_a_sentence(world):
    """Nothing is annotated against a genome that the user did not choose."""
    job = run(world, NamedEngine(world), genome="mouse")

    assert job.status is JobStatus.FAILED
    assert job.failure == (
        "This service annotates against the genome human_mt, and the job asks for mouse. Please submit the"
        " file again and choose human_mt."
    )
    assert world.mails == ["j1 FAILED"]
    world.assert_quiet()


def test_a_mode_that_the_engine_does_not_have_fails_with_a_sentence(world):
    job = run(world, QuickEngine(world), mode="haplotype-aware")

    assert job.status is JobStatus.FAILED
    assert "no haplotype-aware mode" in job.failure


def test_an_engine_without_a_name_for_its_genome_takes_every_job(world):
    """An engine of the operator's own."""
    assert run(world, QuickEngine(world), genome="mouse").status is JobStatus.COMPLETED
