"""Ensembl VEP and vepyr, as far as a stand-in that is strict about the command line can show."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pysam
import pytest

from gas.errors import InvalidInput, Misconfigured
from gas.settings import load
from services.annotator.engines import process_group
from services.annotator.engines.choice import choose_engine
from services.annotator.engines.engine import EngineFailed, Outcome, Reached
from services.annotator.engines.external.program import GrowingVcf
from services.annotator.engines.workers import workers
from services.annotator.result.result_files import Outputs, result_names
from services.annotator.settings import AnnotatorSettings
from tests import vep_stand_in
from tests.process_groups import remains

HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=20>\n##mine=##VEP is mine\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tada\n"
)
RECORDS = [
    "20\t10\trs1\tA\tG\t.\tPASS\tAC=1\tGT\t0/1",
    "20\t11\t.\tA\tG\t.\t.\t.\tGT\t0/1",
    "20\t12\t.\ta\t<DEL>\t.\t.\tX=;Y\tGT\t0/1",
    "20\t12\t.\ta\t<DEL>\t.\t.\tX=;Y\tGT\t0/1",
    "21\t4\t.\tA\t.\t.\t.\tAC=1\tGT\t0/1",
]
REQUIRED = {
    "GAS_QUEUE_URL": "q",
    "GAS_JOBS_TABLE": "t",
    "GAS_RESULTS_BUCKET": "r",
    "GAS_INPUTS_BUCKET": "i",
    "GAS_STATE_MACHINE_ARN": "a",
}


def no_bucket(name):
    """Nothing here is in a bucket."""
    raise AssertionError(name)


class Installation:
    """A folder with a program, its cache, gene models and a sequence, as an operator has them."""

    def __init__(self, folder: Path, name: str = "vep") -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.cache.mkdir()
        self.fasta = folder / "ref.fa"
        self.fasta.write_text(">20\nACGT\n")
        self.program = folder / "bin" / name
        self.program.parent.mkdir()
        self.program.write_text(f"#!{sys.executable}\n{Path(vep_stand_in.__file__).read_text()}")
        self.program.chmod(0o755)
        self.variables = {
            "GAS_ENGINE": name,
            "GAS_ENGINE_PROGRAM": str(self.program),
            "GAS_ENGINE_CACHE": str(self.cache),
            "GAS_ENGINE_FASTA": str(self.fasta),
            "GAS_ENGINE_WORKERS": "2",
        }
        self.runs = 0

    def behave(self, **behaviour) -> None:
        (self.cache / "behaviour.json").write_text(json.dumps(behaviour))

    def use_gene_models(self) -> None:
        gff = self.cache / "genes.gff3.gz"
        gff.touch()
        gff.with_name("genes.gff3.gz.tbi").touch()
        self.variables |= {"GAS_ENGINE_GFF": str(gff), "GAS_ENGINE_CACHE": ""}

    def engine(self, **variables):
        return choose_engine(load(AnnotatorSettings, {**REQUIRED, **self.variables, **variables}), no_bucket)

    def annotate(self, content: bytes | None = None, beat=None, **variables) -> Result:
        self.runs += 1
        folder = self.folder / f"run{self.runs}"
        folder.mkdir()
        source = folder / "input"
        source.write_bytes(content or (HEADER + "\n".join(RECORDS) + "\n").encode())
        outputs = Outputs(**{key: folder / name for key, name in vars(result_names("x.vcf")).items()})
        engine = self.engine(**variables)
        outcome = engine.annotate(source, outputs, file_name="x.vcf", beat=beat or (lambda _: None))
        return Result(outcome, outputs)


class Result:
    """What an engine left, read back."""

    def __init__(self, outcome: Outcome, outputs: Outputs) -> None:
        self.outcome = outcome
        self.outputs = outputs
        self.lines = gzip.decompress(outputs.vcf.read_bytes()).decode().splitlines()
        self.header = [line for line in self.lines if line.startswith("#")]
        self.records = [line for line in self.lines if not line.startswith("#")]
        self.summary = json.loads(outputs.summary.read_text())
        self.log = outputs.log.read_text()


@pytest.fixture
def vep(tmp_path) -> Installation:
    return Installation(tmp_path)


@pytest.mark.parametrize("kind", ["cache", "gene models", "vepyr", "one worker"])
def test_a_file_is_annotated_with_what_is_installed(tmp_path, kind):
    """The result has every record, an index, and pages with the numbers of what is in CSQ."""
    installation = Installation(tmp_path, "vepyr" if kind == "vepyr" else "vep")
    if kind == "gene models":
        installation.use_gene_models()

    result = installation.annotate(GAS_ENGINE_WORKERS="1" if kind == "one worker" else "2")

    assert result.outcome == Outcome(records=5, kept_unannotated=0)
    assert [record.split("\t")[:7] for record in result.records] == [line.split("\t")[:7] for line in RECORDS]
    assert all("CSQ=" in record for record in result.records)
    with pysam.TabixFile(str(result.outputs.vcf), index=str(result.outputs.index)) as index:
        assert [line.split("\t")[1] for line in index.fetch("20", 11, 12)] == ["12", "12"]
    assert result.summary["records"]["read"] == result.summary["records"]["written"] == 5
    assert result.summary["consequences"] == {"missense_variant": 4, "intergenic_variant": 1}
    assert result.summary["impacts"] == {"MODERATE": 4, "MODIFIER": 1}
    assert result.summary["genes"] == {"GENE1": 4, "GENE2": 4}
    assert result.summary["samples"] == 1
    title = "vepyr" if kind == "vepyr" else "Ensembl VEP"
    assert result.summary["engine"] == f"{title} v115"
    assert "Annotation of x.vcf" in result.log
    assert "records out                                          5" in result.log


def test_what_the_engine_leaves_out_is_kept_as_it_came(vep):
    """Every record that went in comes out, once and in its place, and the log accounts for each."""
    vep.behave(drop=[12, 4], bare=[11])

    result = vep.annotate()

    assert result.outcome == Outcome(records=5, kept_unannotated=4)
    assert [*result.records[1:]] == RECORDS[1:]
    assert result.summary["records"]["skipped"] == {"no_consequence": 1, "left_out_by_engine": 3}
    assert "kept: left out by the engine                         3" in result.log


def test_a_result_that_is_made_twice_is_the_same_twice(vep):
    """Neither the time of a run nor its paths are in it; what the user's own header says stays."""
    first, second = vep.annotate(), vep.annotate()

    for name in vep.engine().capabilities.files:
        assert getattr(first.outputs, name).read_bytes() == getattr(second.outputs, name).read_bytes(), name
    assert "##mine=##VEP is mine" in first.header
    assert '##VEP="v115" API="v115"' in first.header
    assert not any("command-line" in line for line in first.header)


def test_an_engine_that_writes_a_record_of_its_own_has_failed(vep):
    """What is in the result could not be told from what was in the file."""
    vep.behave(move=[10])

    with pytest.raises(EngineFailed, match="a record out of its place: 20:10"):
        vep.annotate()


def test_an_engine_that_breaks_says_why(vep):
    """Its own words are for the log of the service."""
    vep.behave(fail="ERROR: Cache is of another release")

    with pytest.raises(EngineFailed, match=r"(?s)ERROR: Cache is of another.*vep ended with status 1"):
        vep.annotate()


def test_a_bad_file_is_refused_before_the_engine_sees_it(vep):
    """With the sentence that every engine of the service gives."""
    vep.behave(fail="the engine was started")

    with pytest.raises(InvalidInput, match=r"^Line 6, column 2: Position 9 comes after 10 on 20"):
        vep.annotate((HEADER + "\n".join(RECORDS[:1]) + "\n" + RECORDS[0].replace("\t10", "\t9")).encode())


def test_compressed_input_and_old_line_ends_are_read(vep):
    """The engine gets what the service reads, in a form that it can use with an index."""
    text = (HEADER + "\n".join(RECORDS)).replace("\n", "\r\n")

    result = vep.annotate(gzip.compress(text.encode()))

    assert result.outcome.records == 5
    assert not any("\r" in line for line in result.lines)


def test_a_file_without_records_gives_a_result_without_records(vep):
    """There is a header, an index, and nothing to count."""
    result = vep.annotate(HEADER.encode())

    assert result.outcome == Outcome(records=0, kept_unannotated=0)
    assert result.records == []


def test_further_options_reach_the_engine(vep):
    """Those that it knows; another one ends it, and its own message tells."""
    assert vep.annotate(GAS_ENGINE_OPTIONS="--hgvs").outcome.records == 5

    with pytest.raises(EngineFailed, match="unrecognized arguments: --two words"):
        vep.annotate(GAS_ENGINE_OPTIONS="'--two words'")


def test_an_engine_at_work_is_watched_and_ended(vep, monkeypatch):
    """How far it is shows in its output; when it is not wanted any more, all of it goes."""
    vep.behave(stay=11)
    monkeypatch.setattr(process_group, "BEAT_SECONDS", 0.05)
    groups = []
    start = process_group._start
    monkeypatch.setattr(process_group, "_start", lambda command: groups.append(start(command)) or groups[-1])

    def beat(reached):
        if reached.records:
            raise StopIteration(reached)

    with pytest.raises(StopIteration) as end:
        vep.annotate(beat=beat)

    assert end.value.value == Reached(records=2, contig="20", read=None)
    assert remains(groups[0].pid) == []


def test_a_growing_file_is_read_up_to_its_last_whole_line(tmp_path):
    """A look costs what was added since the last one."""
    path = tmp_path / "x.vcf"
    growing = GrowingVcf(path)
    seen = []
    for text in ("##a\n#CHR", "OM\n", "1\t5\n1\t6\n2\t", "7\n3"):
        growing.look()
        seen.append((growing.records, growing.contig))
        with path.open("a") as stream:
            stream.write(text)
    growing.look()

    assert seen == [(0, ""), (0, ""), (0, ""), (2, "1")]
    assert (growing.records, growing.contig) == (3, "2")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"GAS_ENGINE": "snpeff"}, "GAS_ENGINE: 'snpeff' is none of built_in, vep, vepyr"),
        ({"GAS_ENGINE_PROGRAM": "/nowhere/vep"}, r"GAS_ENGINE_PROGRAM: .*\(/nowhere/vep\)"),
        ({"GAS_ENGINE_FASTA": "/nowhere.fa"}, "GAS_ENGINE_FASTA: there is nothing at '/nowhere.fa'"),
        ({"GAS_ENGINE_CACHE": ""}, "GAS_ENGINE_CACHE: there is nothing at ''"),
        ({"GAS_ENGINE_GFF": "/nowhere.gff3.gz"}, "GAS_ENGINE_GFF: there is nothing"),
    ],
)
def test_an_engine_that_cannot_be_used_is_named_at_the_start(vep, variables, sentence):
    """In one sentence that names the setting."""
    with pytest.raises(Misconfigured, match=sentence):
        vep.engine(**variables)


def test_a_program_is_found_by_its_name(vep, monkeypatch):
    """Where the settings do not say where it is."""
    monkeypatch.setenv("PATH", str(vep.program.parent))

    assert vep.annotate(GAS_ENGINE_PROGRAM="").outcome.records == 5


def test_an_engine_uses_the_cores_that_it_may_use(vep, monkeypatch):
    """Unless the operator says how many."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {1, 3, 5}, raising=False)

    def of(count: str) -> int:
        return workers(load(AnnotatorSettings, {**REQUIRED, "GAS_ENGINE_WORKERS": count}))

    assert [of("0"), of("7")] == [3, 7]


def test_the_built_in_engine_runs_on_the_pack_of_the_settings():
    """It makes every output that there is, and one key of it is the consequence."""
    engine = choose_engine(load(AnnotatorSettings, {**REQUIRED, "GAS_ENGINE_WORKERS": "3"}), no_bucket)

    assert engine.name == "built_in"
    assert engine.capabilities.files == set(vars(result_names("x")))
    assert "BCSQ" in engine.capabilities.info
    assert engine.options[0].startswith("--pack=/")
    assert engine.options[0].endswith("/packs/human_mt")
    assert engine.options[1] == "--workers=3"
