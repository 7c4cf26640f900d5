"""The cases by which upstream tests bcftools csq: what the engine says of them in local mode.

Each case is a small reference, gene models and a VCF whose INFO has the expected consequences in EXP. They
speak of haplotypes: of a record whose codon another record changes too they say what both do together, or
point to it with an @. Records are annotated each by itself here, so that these are answered otherwise; for
them the tool is asked in its own mode.
"""

import gzip
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from services.annotator.annotation.consequences import TERMS
from services.annotator.annotation.file import annotate_file
from services.annotator.result.result_files import Outputs
from tests.unit.annotator.pack_folders import write_pack

CASES = Path(__file__).parents[3] / "shared" / "data" / "conformance" / "bcftools-csq.tar.xz"

pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="the cases of bcftools csq are not beside the repository"
)

# Records of one haplotype that change a codon, or the frame, together: the two modes differ by definition.
COMPOUND = {
    "EDUMMY0001/starts-with-1": [
        *(1, 175, 198, 202, 213, 274, 313, 471, 472, 544, 554, 607),
        *(643, 706, 718, 872, 946, 1090, 1124, 1149, 1189, 1205),
    ],
    "ENST00000423372/snps": [3630, 3632, 3633, 3634, 4401, 4402, 4407, 4408],
}

# The version of the tool in use has other words than the case for the same change, in either mode.
NEWER_WORDS = {
    ("EDUMMY0003/long-del", 28503): "NMD_transcript is said of transcripts that decay",
    ("ENST00000368801/compound-lost", 11191): "start_retained was synonymous&start_lost",
    ("ENST00000375992/incorrect-synon-del-not-start-lost", 6453): "start_retained was synonymous&start_lost",
    ("ENST00000479739/short-cds-start-lost", 25091): "NMD_transcript is said of transcripts that decay",
    (
        "ENST00000573314/incorrect-insertion-overlap",
        32388,
    ): "NMD_transcript is said of transcripts that decay",
}

# In local mode the tool says stop_gained&stop_retained where in the other it says stop_retained.
LOCAL_WORDS = {("ENST00000528237/retained-stop-incomplete-cds", 14714)}

# The engine is asked about sequence alone; the tool calls symbolic alleles feature_elongation and the like.
SYMBOLIC = {
    ("ENST00000263103-INS/insertions", place)
    for place in (280440, 315639, 315640, 315641, 315642, 315771, 315772)
}

# The case was cut out of its chromosome within REF, whose last base is not on the contig.
CUT_OFF = {("ENST00000294661/non-coding-boundary", 9715)}


class Answer(NamedTuple):
    """What is said of a record, each as sorted entries; empty if no gene is touched.

    :ivar expected: EXP of the case, or None if it has none.
    """

    place: tuple[str, int]
    ours: str
    expected: str | None
    skip: str
    terms: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    with tarfile.open(CASES) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def files(folder):
    """The VCF of each case by its name."""
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*.vcf"))}


@pytest.fixture(scope="module")
def answers(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    return [answer for name, path in files.items() for answer in annotated(name, path, folder)]


def annotated(name, path, folder):
    """Annotate a case with a pack of its own."""
    outputs = Outputs(*(folder / kind for kind in ("vcf", "index", "log", "summary", "table")))
    pack = write_pack(folder / name, sequence(path), "".join(map(gene_line, genes(path))))
    annotate_file(path, outputs, pack, file_name=path.name)
    for before, after in zip(records(path), records(outputs.vcf), strict=True):
        given, found = entries(before), entries(after)
        yield Answer(
            (name, int(before[1])),
            answer(found.get("BCSQ", "")),
            answer(given["EXP"]) if "EXP" in given else None,
            found.get("GAS_SKIP", ""),
            found.get("GAS_CONSEQUENCE", ""),
        )


def sequence(path):
    """Upper case, as in every pack."""
    lines = (path.parent / f"{path.parent.name}.fa").read_text().splitlines(keepends=True)
    return "".join(line if line.startswith(">") else line.upper() for line in lines)


def gene_file(path):
    """A case has gene models of its own or shares those of its folder."""
    own = path.with_suffix(".gff")
    return own if own.exists() else path.parent / f"{path.parent.name}.gff"


def genes(path):
    return [line for line in gene_file(path).read_text().splitlines() if line and not line.startswith("#")]


def gene_line(line):
    """A line as in a pack: without tabs in the last column, and with the bases that the contig has.

    Genes reach beyond the stretch that was cut out of their chromosome.
    """
    *columns, attributes = line.split("\t", 8)
    columns[3] = str(max(1, int(columns[3])))
    return "\t".join([*columns, attributes.replace("\t", " ")]) + "\n"


def records(path):
    content = path.read_bytes()
    text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return [line.split("\t") for line in text.decode().splitlines() if line and not line.startswith("#")]


def entries(record):
    return dict(entry.partition("=")[::2] for entry in record[7].split(";"))


def answer(text):
    """The entries of a value in one order, as upstream compares them; a point says that there are none."""
    return "" if text == "." else ",".join(sorted(text.split(",")))


def tool(path, *options):
    """BCSQ of each record by the tool alone."""
    program = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    reference = str(path.parent / f"{path.parent.name}.fa")
    command = [
        sys.executable,
        "-c",
        program,
        "-f",
        reference,
        "-g",
        str(gene_file(path)),
        *options,
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    lines = (line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#"))
    return [answer(entries(line).get("BCSQ", "")) for line in lines]


def places(compound):
    return {(name, place) for name, found in compound.items() for place in found}


def test_records_by_themselves_are_answered_as_upstream_expects(answers):
    """All but those above, each of which is there for its reason."""
    differing = {said.place for said in answers if said.expected not in {None, said.ours}}

    assert differing == {*places(COMPOUND), *NEWER_WORDS, *LOCAL_WORDS, *SYMBOLIC, *CUT_OFF}


def test_the_table_of_the_cases(answers):
    """Of 161 records with an expected answer so many are answered alike, and the others are accounted for."""
    kinds = {
        "compound": places(COMPOUND),
        "newer words": set(NEWER_WORDS),
        "local words": LOCAL_WORDS,
        "symbolic": SYMBOLIC,
        "cut off": CUT_OFF,
    }
    asked = [said for said in answers if said.expected is not None]

    found = Counter(
        "identical"
        if said.ours == said.expected
        else next(kind for kind, those in kinds.items() if said.place in those)
        for said in asked
    )

    assert len(asked) == 161
    assert found == {
        "identical": 117,
        "compound": 30,
        "symbolic": 7,
        "newer words": 5,
        "local words": 1,
        "cut off": 1,
    }


def test_in_its_mode_for_haplotypes_the_tool_says_what_upstream_expects(files, answers):
    """156 of 161, and the others in newer words: what else differs above comes of asking for each record."""
    asked = {said.place[0] for said in answers if said.expected is not None}
    differing = set()

    for name in asked:
        for record, said in zip(records(files[name]), tool(files[name], "-p", "a"), strict=True):
            if said != answer(entries(record).get("EXP", said)):
                differing.add((name, int(record[1])))

    assert differing == set(NEWER_WORDS)


def test_other_words_are_those_of_the_tool(files, answers):
    """What differs from the case in its words differs in the same way without us."""
    wanted = {*NEWER_WORDS, *LOCAL_WORDS}
    ours = {said.place: said.ours for said in answers if said.place in wanted}

    said = {}
    for name, place in wanted:
        by_place = zip(
            (int(record[1]) for record in records(files[name])), tool(files[name], "-l"), strict=True
        )
        said[name, place] = dict(by_place)[place]

    assert ours == said


def test_local_mode_is_answered_as_upstream_expects_of_it(files, answers):
    """For a third of the cases upstream keeps what local mode says, in the second of each pair of lines."""
    ours = {said.place: said.ours for said in answers}
    expected = {}
    for name, path in files.items():
        kept = path.with_suffix(".txt-l")
        pairs = kept.read_text().split("\n\n") if kept.exists() else []
        for line in (pair.strip().split("\n")[1].split("\t") for pair in pairs if pair.strip()):
            expected[name, int(line[0])] = answer(line[3])

    assert len(expected) == 102
    assert {place for place in expected if ours[place] != expected[place]} == CUT_OFF


def test_every_case_is_answered_as_by_the_tool_in_local_mode(files, answers):
    """Also those without an expected answer, which are about other options of the tool."""
    ours = {}
    for said in answers:
        ours.setdefault(said.place[0], []).append(said)

    for name, path in files.items():
        for mine, plain in zip(ours[name], tool(path, "-l", "--force"), strict=True):
            assert mine.skip or mine.ours == plain, mine


def test_what_was_not_annotated_is_accounted_for(answers):
    """No record of any case is left out for a reason that is not known here."""
    skipped = Counter(said.skip for said in answers if said.skip)

    assert skipped == {
        "symbolic_allele": 7,
        "outside_contig": 2,
        "same_as_reference": 1,
        "no_alternate": 1,
    }


def test_consequences_are_words_of_the_sequence_ontology(answers):
    """Whatever word the engine has, ours is the ontology's."""
    known = {term.name for term in TERMS.values()} | {"NMD_transcript_variant"}

    found = {term for said in answers for value in said.terms.split(",") for term in value.split("&")}

    assert found - {"", "."} <= known
