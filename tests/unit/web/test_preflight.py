"""The look at a file in the browser, before it is sent: as the annotator judges, and little of it read."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from services.annotator.annotation.assembly import _LENGTHS, guess_assembly
from services.annotator.vcf.header import read_header
from services.annotator.vcf.rules.header_rules import header_remarks
from services.annotator.vcf.rules.remark import Rule
from services.annotator.vcf.text import Text
from services.web.genomes import known_assemblies
from tests.unit.header_vectors import COLUMNS, NAMED, SOUND, header_text
from tests.unit.preflight_vectors import NAMES, VECTORS, bgzipped, content, large_text
from tests.unit.web.builders import World
from tests.unit.web.test_browser import serving

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]

#: Makes files of the contents, `times` over, and gives what the worker says of each.
EXAMINE = """async ([contents, times]) => {
  const worker = new Worker("/static/preflight_worker.js");
  const rules = ["", "_header", "_records", "_formats", "_text"].map((name) => `/static/preflight${name}.js`);
  const said = new Promise((resolve) => {
    const answers = [];
    worker.onmessage = ({data}) => {
      answers.push(data);
      if (answers.length === contents.length) resolve(answers);
    };
  });
  contents.forEach((content, id) => {
    const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
    worker.postMessage({id, rules, file: new File(Array(times).fill(bytes), "a.vcf")});
  });
  const answers = await said;
  worker.terminate();
  return answers.sort((one, other) => one.id - other.id);
}"""

HUMAN = {"name": "human", "title": "Human", "contigs": [{"name": "MT", "length": 16569, "aliases": ["chrM"]}]}


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with serving(World().app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.messages = []
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.goto(url)
        for name in ("preflight.js", "preflight_verdict.js"):
            page.add_script_tag(url=f"/static/{name}")
        yield page
        browser.close()


@pytest.fixture
def examine(page: Any) -> Callable[..., list[dict[str, Any]]]:
    def look(*contents: bytes, times: int = 1) -> list[dict[str, Any]]:
        sent = [base64.b64encode(each).decode() for each in contents]
        answers = page.evaluate(EXAMINE, [sent, times])
        assert [each.get("error") for each in answers] == [None] * len(contents)
        return [each["facts"] for each in answers]

    return look


def judged(facts: dict[str, Any]) -> tuple[str, int | None]:
    problems = facts["problems"]
    return ("refuse", problems[0]["line"]) if problems else ("accept", None)


def test_the_verdict_and_the_line_are_those_of_the_annotator(examine: Any, page: Any, tmp_path: Path) -> None:
    """Of every file that the annotator's own rules are tested with as well."""
    found = examine(*(content(vector, tmp_path) for vector in VECTORS))

    verdicts = dict(zip(NAMES, map(judged, found), strict=True))
    assert verdicts == {each["name"]: (each["verdict"], each["line"]) for each in VECTORS}
    assert page.messages == []


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_large_file_little_is_read(examine: Any, tmp_path: Path, packed: bool) -> None:
    """And how many records it has is known well enough."""
    text = large_text(10_000_000)
    records = text.count(b"\nMT\t")
    if packed:
        (facts,) = examine(bgzipped(text, tmp_path / "a.gz"))
        assert facts["kind"] == "bgzip"
    else:
        (facts,) = examine(text)
    assert facts["read"] < 5_000_000
    assert facts["whole"] == (facts["records"] == records)
    assert abs(facts["records"] - records) < 0.02 * records


def test_of_a_hundred_megabytes_as_little_is_read(examine: Any) -> None:
    """A file that has its text twenty times over is broken where it begins again, which nobody looks at."""
    (facts,) = examine(large_text(5_000_000), times=20)

    assert facts["read"] < 5_000_000
    assert not facts["whole"]
    assert facts["problems"] == []


def test_small_files_are_counted_exactly(examine: Any, tmp_path: Path) -> None:
    text = large_text(100_000)
    records = text.count(b"\nMT\t")

    for facts in examine(text, bgzipped(text, tmp_path / "a.gz")):
        assert (facts["whole"], facts["records"]) == (True, records)
        assert facts["declared"] == [["MT", 16569]]
        assert facts["contigs"] == [["MT", records]]


def test_every_header_problem_is_named(examine: Any) -> None:
    """So that all of them can be mended at once; the annotator tells the first."""
    columns = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    (facts,) = examine(b"##fileformat=VCFv4.2\n##oops\n##a=b\n##contig=<x>\n" + columns)

    assert [each["line"] for each in facts["problems"]] == [2, 4]


def test_what_the_annotator_will_say_of_the_header_is_said_before(examine: Any, tmp_path: Path) -> None:
    """But for the keys that the specification reserves, whose table is the annotator's alone."""
    texts = [header_text(version, lines) for version, lines, *_ in (*NAMED.values(), *SOUND.values())]
    texts.append(header_text("4.2", "##a=b", f"{COLUMNS}\tFORMAT"))

    said = examine(*(each.encode() for each in texts))

    assert [each["remarks"] for each in said] == [annotators_remarks(each, tmp_path) for each in texts]
    assert [each["remarked"] for each in said] == [len(each["remarks"]) for each in said]


def annotators_remarks(text: str, folder: Path) -> list[dict[str, Any]]:
    source = folder / "a.vcf"
    source.write_text(text)
    with Text(source) as opened:
        found = [each for each in header_remarks(read_header(opened)) if each.rule != Rule.META_RESERVED]
    return [{"sentence": each.sentence, "line": each.line, "column": each.column} for each in found]


def test_of_many_faults_of_a_header_the_first_are_told_and_all_counted(examine: Any, page: Any) -> None:
    lines = "\n".join(f"##x{number}=" for number in range(1200))
    (facts,) = examine(header_text("4.2", lines).encode())

    (warning,) = verdict(page, {key: facts[key] for key in ("remarks", "remarked")})["warnings"]
    assert "Line 2: ##x0 has no value. Line 3: ##x1 has no value." in warning
    assert warning.endswith("Line 6: ##x4 has no value. And 1,195 more.")


def test_a_header_line_of_blanks_takes_no_time(examine: Any) -> None:
    """An expression that tried every place of them would take hours, and the test would be stopped."""
    (facts,) = examine(header_text("4.2", f"##ALT=<ID=DEL,{' ' * 4_000_000}>").encode())

    assert facts["remarks"][0]["sentence"] == "##ALT=<ID=DEL> has a field that is not key=value."


def verdict(page: Any, facts: dict[str, Any], **choice: Any) -> dict[str, list[str]]:
    found = {"kind": "", "version": "4.2", "samples": 1, "records": 9, "whole": True, "problems": []}
    chosen = {"genome": HUMAN, "known": json.loads(json.dumps(known_assemblies())), "mode": "local", **choice}
    judge = "([facts, choice]) => gasVerdict.judge(facts, choice)"
    found |= {"declared": [], "contigs": [["chrM", 9]]}
    answer: dict[str, list[str]] = page.evaluate(judge, [found | facts, chosen])
    return answer


def test_a_file_of_the_genome_gives_no_finding(page: Any) -> None:
    assert verdict(page, {"declared": [["chrM", 16569]]}) == {"errors": [], "warnings": []}


def test_a_file_of_another_genome_is_refused_and_its_own_is_named(page: Any) -> None:
    declared = [["chr1", 248_956_422], ["chr2", 242_193_529]]
    (error,) = verdict(page, {"declared": declared, "contigs": [["chr1", 9]]})["errors"]

    assert error.startswith("This looks like GRCh38 (hg38); the chosen genome is Human.")
    assert "the file has chr1, the genome has MT" in error


def test_a_file_of_which_a_part_fits_is_taken_with_a_warning(page: Any) -> None:
    """What is sampled may have its fitting records further down."""
    declared = [["chr1", 248_956_422], ["chrM", 16569]]
    found = verdict(page, {"declared": declared, "contigs": [["chr1", 9]], "whole": False})

    assert found["errors"] == []
    assert "This looks like GRCh38" in found["warnings"][0]


@pytest.mark.parametrize(
    ("facts", "choice", "kind", "words"),
    [
        ({"declared": [["chrM", 16571]]}, {}, "warnings", "it has 16,569"),
        ({"contigs": [["chrM", 5], ["1", 4]]}, {}, "warnings", "The genome has no 1"),
        ({"samples": 0}, {"mode": "haplotype-aware"}, "errors", "no samples"),
        ({"records": 0, "contigs": []}, {}, "warnings", "no records"),
        ({"cutOff": True}, {}, "warnings", "its last records are missing"),
        ({"crlf": True}, {}, "warnings", "CR LF"),
    ],
)
def test_what_may_go_wrong_is_said(
    page: Any, facts: dict[str, Any], choice: dict[str, Any], kind: str, words: str
) -> None:
    (sentence,) = verdict(page, facts, **choice)[kind]

    assert words in sentence


@pytest.mark.parametrize("assembly", known_assemblies(), ids=lambda each: each["title"])
def test_a_known_assembly_is_recognised_as_the_annotator_does(page: Any, assembly: dict[str, Any]) -> None:
    """The annotator knows some chromosomes of the human ones; those have the same lengths here."""
    declared = [[f"chr{name}", length] for name, length in assembly["lengths"].items()]
    guess = "([declared, known]) => gasVerdict.guess(declared, known)"

    assert page.evaluate(guess, [declared, known_assemblies()]) == assembly["title"]
    if assembly["title"] in _LENGTHS:
        assert _LENGTHS[assembly["title"]].items() <= assembly["lengths"].items()
        assert guess_assembly({name.encode(): length for name, length in declared}) == assembly["title"]
