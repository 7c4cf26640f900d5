"""What is said to good and bad files, held against the labels of a public corpus (docs/conformance.md).

The corpus is that of EBI's vcf-validator. The page has the numbers and every file that is answered
otherwise than its label says, each with the reason; here the page is compared with what happens.
"""

from __future__ import annotations

import re
import tarfile
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from gas.errors import InvalidInput
from services.annotator.annotation.file import annotate_file
from services.annotator.pack.pack import BUILTIN_PACKS, Pack, load_pack
from services.annotator.result.result_files import Outputs, result_names
from services.annotator.vcf.header import read_header
from services.annotator.vcf.records import read_records
from services.annotator.vcf.rules.header_rules import header_remarks
from services.annotator.vcf.rules.record_rules import RecordRules
from services.annotator.vcf.rules.repeats import Repeats
from services.annotator.vcf.text import Text

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "conformance" / "ebi-vcf-validator.tar.xz"
PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
VERSIONS = ("4.1", "4.2", "4.3", "4.4")

ACCEPTED, NAMED, REFUSED = KINDS = "accepted", "named", "refused"
NO_LINE_END = "The last line had no line end; one was added."

pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the corpus of EBI's vcf-validator is not beside the repository"
)


@dataclass(frozen=True)
class Answer:
    """What is said to a file.

    :ivar path: inside the corpus.
    :ivar refusal: why it is refused; empty if it is not.
    :ivar remarks: what is said about its header and records, which are kept all the same.
    """

    path: str
    refusal: str
    remarks: tuple[str, ...]

    @property
    def version(self) -> str:
        return self.path[1:4]

    @property
    def label(self) -> str:
        found = re.search("passed|failed", self.path)
        return {"passed": "valid", "failed": "invalid"}[found[0]] if found else "other"

    @property
    def kind(self) -> str:
        if self.refusal:
            return REFUSED
        return NAMED if self.remarks else ACCEPTED


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(CORPUS) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    """All files of the corpus that are VCFs, whatever they are compressed with."""
    found = sorted(path for path in corpus.rglob("*.vcf*") if path.is_file())
    return [path for path in found if path.suffix not in {".fa", ".fai", ".db"}]


@pytest.fixture(scope="module")
def answers(corpus: Path, files: list[Path]) -> list[Answer]:
    return [answer(path, str(path.relative_to(corpus))) for path in files]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(BUILTIN_PACKS / "human_mt")


def answer(path: Path, name: str) -> Answer:
    """Read a file as the annotation does, but without a reference, which is no part of its validity."""
    remarks: list[str] = []
    with Text(path) as text:
        try:
            version = read_all(text, remarks)
        except InvalidInput as refusal:
            return Answer(name, str(refusal), tuple(remarks))
        # From 4.3 on, section 1.6 asks for the line end that is noted here to be missing.
        if version >= "4.3":
            remarks += [note for note in text.notes if note == NO_LINE_END]
    return Answer(name, "", tuple(remarks))


def read_all(text: Text, remarks: list[str]) -> str:
    header = read_header(text)
    remarks += map(str, header_remarks(header))
    rules, repeats = RecordRules(header), Repeats()
    for record in read_records(text, header):
        remarks += map(str, rules.check(record.line, record.raw))
        remarks += map(str, repeats.check(record.line, record.raw))
    return header.version


def page_rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def listed(heading: str) -> set[str]:
    """The files in a table of the page, of which one row may stand for several versions."""
    return {f"v{version}/{name}" for name, versions, _ in page_rows(heading) for version in versions.split()}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_valid_file_is_accepted_without_a_remark(answers, version):
    """But for those that the page lists with the reason."""
    valid = [answer for answer in answers if (answer.version, answer.label) == (version, "valid")]
    assert valid

    for kind, heading in ((REFUSED, "Valid, but refused"), (NAMED, "Valid, but with remarks")):
        found = {answer.path: answer for answer in valid if answer.kind == kind}
        expected = {path for path in listed(heading) if path.startswith(f"v{version}/")}
        assert found.keys() == expected, [found[path] for path in found.keys() - expected]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_invalid_file_is_refused_or_has_its_faults_named(answers, version):
    """But for those that the page lists with the reason."""
    invalid = [answer for answer in answers if (answer.version, answer.label) == (version, "invalid")]
    assert invalid

    accepted = {answer.path for answer in invalid if answer.kind == ACCEPTED}

    assert accepted == {path for path in listed("Invalid, but accepted") if path.startswith(f"v{version}/")}


def test_other_compressions_are_refused(answers):
    """Each with a sentence that says what the file is, or that it is no text."""
    assert {answer.kind for answer in answers if answer.label == "other"} == {REFUSED}


def test_the_page_has_the_numbers_of_this_run(answers):
    """Files by version and label, and what was said to them."""
    counted = Counter((answer.version, answer.label, answer.kind) for answer in answers)
    groups = [(version, label) for version in VERSIONS for label in ("valid", "invalid", "other")]
    rows = []
    for group in groups:
        kinds = [counted[*group, kind] for kind in KINDS]
        rows += [[*group, *map(str, [sum(kinds), *kinds])]] if any(kinds) else []

    assert page_rows("The table") == rows
    assert sum(counted.values()) == len(answers)


def test_the_page_sums_up_this_run(answers):
    """The same numbers in words."""
    kinds = Counter((answer.label, answer.kind) for answer in answers)
    valid, invalid = (sum(kinds[label, kind] for kind in KINDS) for label in ("valid", "invalid"))
    text = " ".join(PAGE.read_text(encoding="utf-8").split())

    assert f"{len(answers):,} files of VCF 4.1 to 4.4" in text
    assert (
        f"Of {valid} valid files {valid - kinds['valid', REFUSED]} are annotated, "
        f"{kinds['valid', NAMED]} of these with a remark that is true all the same; "
        f"{kinds['valid', REFUSED]} are refused. "
        f"Of {invalid} invalid files {kinds['invalid', REFUSED]} are refused and {kinds['invalid', NAMED]} "
        f"have their faults named; {kinds['invalid', ACCEPTED]} are accepted in silence."
    ) in text


def test_files_of_4_4_are_answered_alike_as_4_5(corpus, answers, tmp_path):
    """The corpus has none of 4.5, which changes nothing of what is tested in it."""
    plain = [found for found in answers if found.version == "4.4" and found.path.endswith(".vcf")]
    assert len(plain) > 200

    for found in plain:
        later = tmp_path / "x.vcf"
        later.write_bytes((corpus / found.path).read_bytes().replace(b"=VCFv4.4\n", b"=VCFv4.5\n", 1))
        assert answer(later, found.path).kind == found.kind, found.path


def test_each_difference_has_a_reason():
    """None of the files is listed without one."""
    for heading in ("Valid, but refused", "Valid, but with remarks", "Invalid, but accepted"):
        assert all(reason for _, _, reason in page_rows(heading))


def test_the_whole_engine_ends_with_a_result_or_a_sentence(files, pack, tmp_path):
    """Whatever the file: no crash, no hang, and nothing left of what failed."""
    names = result_names("x.vcf")
    outputs = Outputs(**{field.name: tmp_path / getattr(names, field.name) for field in fields(Outputs)})

    unclear, annotated = [], 0
    for path in files:
        try:
            report = annotate_file(path, outputs, pack, file_name=path.name)
        except InvalidInput as refusal:
            unclear += [] if str(refusal).endswith(".") and not any(tmp_path.iterdir()) else [path]
        else:
            unclear += [] if report.records == report.written else [path]
            annotated += 1
            for left in tmp_path.iterdir():
                left.unlink()

    assert unclear == []
    # Nearly all records are on contigs that the built-in pack does not have; the rest have no records.
    assert 0 < annotated < len(files)
