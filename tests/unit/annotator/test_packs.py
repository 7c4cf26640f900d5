"""A pack says what it is made of, and a pack that is not whole is refused."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pysam
import pytest

from gas.errors import Misconfigured
from services.annotator.pack.manifest import Kind
from services.annotator.pack.pack import BUILTIN_PACKS, find_pack, load_pack, read_manifest, verify_pack
from services.annotator.pack.pack_contents import source_schema

HUMAN_MT = BUILTIN_PACKS / "human_mt"
EXAMPLE = Path(__file__).parents[3] / "services" / "web" / "example.vcf"


MANIFEST = json.loads((HUMAN_MT / "manifest.json").read_text())
CONTIG = MANIFEST["contigs"][0]
KEY = {"id": "K", "type": "String", "description": "d", "role": None}
FILE = {"name": "x", "sha256": "0" * 64, "size": 1}


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(HUMAN_MT, tmp_path / "pack")


def test_the_built_in_pack_is_whole(pack):
    """Its digests are those of its files, and its contig is the rCRS."""
    verify_pack(pack)

    (contig,) = pack.contigs
    bases = pysam.FastaFile(str(pack.path(pack.reference))).fetch(contig.name)
    assert len(bases) == contig.length
    assert hashlib.md5(bases.upper().encode(), usedforsecurity=False).hexdigest() == contig.md5


def test_every_file_of_the_built_in_pack_is_accounted_for(pack):
    """A file is in the manifest with its digest, or is the manifest or the licences."""
    listed = {file.name for file in pack.files} | {"manifest.json", "LICENCES.txt"}

    files = {path.relative_to(HUMAN_MT).as_posix() for path in HUMAN_MT.rglob("*") if path.is_file()}
    assert files == listed


def test_a_pack_is_found_by_name_or_folder(tmp_path):
    """The built-in packs have names, all others are folders."""
    assert find_pack("human_mt") == HUMAN_MT
    assert find_pack(str(HUMAN_MT)) == HUMAN_MT
    with pytest.raises(Misconfigured, match="There is no pack"):
        find_pack(str(tmp_path))


def test_a_damaged_file_is_named(copied):
    """One byte is enough."""
    with (copied / "genes" / "MT.gff3").open("ab") as stream:
        stream.write(b"#")

    with pytest.raises(Misconfigured, match=r"The pack human_mt is damaged: .*MT\.gff3"):
        verify_pack(load_pack(copied))


def test_a_missing_file_is_named(copied):
    """A file that was forgotten is found at the start, not in the middle of a job."""
    (copied / "known" / "mitotip.parquet").unlink()

    with pytest.raises(
        Misconfigured, match=r"The pack human_mt is incomplete: .*mitotip\.parquet is missing"
    ):
        verify_pack(load_pack(copied))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "chrM", "aliases": []}, "has no contig chrM of 16569 bases"),
        ({"length": 16570}, "has no contig MT of 16570 bases"),
        ({"md5": "0" * 32}, "has other bases of MT than the manifest says"),
    ],
)
def test_a_sequence_that_is_not_the_manifest_s_is_refused(copied, change, reason):
    """Names, lengths and bases are compared before the first job, not met in one."""
    path = copied / "manifest.json"
    document = json.loads(path.read_text())
    document["contigs"][0] |= change
    path.write_text(json.dumps(document))

    with pytest.raises(Misconfigured, match=rf"The pack human_mt cannot be used: .*sequence\.fa {reason}"):
        verify_pack(load_pack(copied))


@pytest.fixture
def without_digests(copied):
    """The pack as it would be if its manifest were made of the files as they are now."""

    def pack():
        return replace(load_pack(copied), files=())

    return pack


def test_an_index_that_the_manifest_forgets_is_missed_all_the_same(copied, without_digests):
    """Without it the file cannot be opened, or an index would be made in the folder of the pack."""
    (copied / "sequence.fa.fai").unlink()

    with pytest.raises(Misconfigured, match=r"cannot be used: .* has no index sequence\.fa\.fai"):
        verify_pack(without_digests())
    assert not (copied / "sequence.fa.fai").exists()


@pytest.mark.parametrize("name", ["sequence.fa.fai", "known/mitotip.parquet"])
def test_a_file_that_cannot_be_read_is_refused(copied, without_digests, name):
    """Also when its digest is the one in the manifest."""
    (copied / name).write_bytes(b"nonsense")

    with pytest.raises(Misconfigured, match="The pack human_mt cannot be used"):
        verify_pack(without_digests())


@pytest.mark.parametrize(("old", "new"), [("MT\t", "chrM\t"), ("MT", "#MT")], ids=["other", "none"])
def test_gene_models_of_other_contigs_are_refused(copied, without_digests, old, new):
    """They would never be met: the names have to be those of the manifest."""
    path = copied / "genes" / "MT.gff3"
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(Misconfigured, match="disagree about genes on the contig"):
        verify_pack(without_digests())


def rows(*places):
    """Rows of the source mitotip."""
    keys = ("MITOTIP_SCORE", "MITOTIP_QUARTILE")
    records = [(*place, None, None) for place in places]
    schema = source_schema(Kind.ALLELES, keys)
    columns = zip(*records, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema
    )


@pytest.mark.parametrize(
    ("table", "size", "reason"),
    [
        (rows(("MT", 1, "A", "C")), 9, "has 1 rows, the manifest says 4512"),
        (rows(("chrM", 1, "A", "C")), 9, "has the contig chrM, which the manifest does not name"),
        (rows(("MT", 9, "A", "C"), ("MT", 1, "A", "C")), 1, "row group 1 of .* is out of order"),
        (rows(("MT", 1, "A", "C"), ("chrM", 1, "A", "C")), 9, "is of more than one contig"),
        (rows(*[("MT", 1, "A", "C")] * 65_537), 70_000, "is too large or has no statistics"),
        (rows(("MT", 1, "A", "C")).drop(["alt"]), 9, "does not have the columns contig, position, ref, alt"),
        (rows(("MT", 1, "A", "C")).drop(["MITOTIP_SCORE"]), 9, "does not have the columns"),
    ],
)
def test_known_variants_that_readers_cannot_rely_on_are_refused(copied, without_digests, table, size, reason):
    """What the metadata of the file show: columns, contigs, order, size of the parts, number of rows."""
    pq.write_table(table, copied / "known" / "mitotip.parquet", row_group_size=size)
    if "the manifest says" not in reason:
        path = copied / "manifest.json"
        path.write_text(path.read_text().replace("4512", str(table.num_rows)))

    with pytest.raises(Misconfigured, match=reason):
        verify_pack(without_digests())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": 1}, "its layout has version 1, not 2; build the pack again with gas-pack"),
        ({"name": ""}, "name has to be a text"),
        ({"contigs": []}, "it has no contigs"),
        ({"contigs": [CONTIG, CONTIG]}, "its contigs need one unambiguous name each"),
        ({"contigs": [CONTIG | {"genes": "genes/other.gff3"}]}, r"its list of files lacks genes/other\.gff3"),
        ({"contigs": [CONTIG | {"aliases": "chrM"}]}, "the aliases of MT have to be a list"),
        ({"contigs": [CONTIG | {"length": 0}]}, "length of MT has to be a number from 1 up"),
        ({"contigs": [CONTIG | {"md5": "x"}]}, "x is not an MD5 digest"),
        ({"files": []}, "its list of files lacks"),
        ({"files": [FILE | {"name": "../x"}]}, "not a file in the folder"),
        ({"files": [FILE | {"name": "/etc/passwd"}]}, "not a file in the folder"),
        ({"files": [FILE | {"name": "a/b/c"}]}, "not a file in the folder"),
        ({"files": [FILE | {"name": ".hidden"}]}, "not a file in the folder"),
        ({"files": [FILE | {"sha256": "0"}]}, "is not a SHA-256 digest"),
        ({"files": [*MANIFEST["files"], *MANIFEST["files"]]}, "its files need one unambiguous name each"),
        ({"keys": []}, "its keys and its sources disagree"),
        ({"keys": [KEY | {"id": "A B"}]}, "is not an INFO key"),
        ({"keys": [KEY | {"type": "Flag"}]}, "is not an INFO key"),
        ({"keys": [KEY | {"description": 'a "b"'}]}, "has a quote"),
        ({"keys": [KEY | {"description": "a\nb"}]}, "a character without a shape"),
        ({"keys": [KEY | {"role": "beauty"}]}, "'beauty' is not a valid Role"),
        ({"sources": [MANIFEST["sources"][0] | {"kind": "x"}]}, "'x' is not a valid Kind"),
    ],
)
def test_a_manifest_of_the_wrong_shape_says_why(tmp_path, change, reason):
    """The sentence names the manifest and what is wrong with it."""
    with pytest.raises(Misconfigured, match=rf"manifest\.json cannot be used: .*{reason}"):
        read_manifest(tmp_path, json.dumps(MANIFEST | change).encode())


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_manifest_is_refused(tmp_path, text):
    """Whatever it is instead."""
    with pytest.raises(Misconfigured, match=r"manifest\.json cannot be used"):
        read_manifest(tmp_path, text)


def test_a_manifest_that_lacks_something_names_it(tmp_path):
    """A key that is missing is named."""
    document = {key: value for key, value in MANIFEST.items() if key != "assembly"}

    with pytest.raises(Misconfigured, match="it lacks 'assembly'"):
        read_manifest(tmp_path, json.dumps(document).encode())


def test_the_example_is_annotated_completely(bench):
    """The file that users try first has known variants, an indel, two alleles and two samples."""
    report = bench.annotate(EXAMPLE.read_bytes()).report

    assert report.warnings == report.notes == ()
    assert report.samples == 2
    assert report.kept_unannotated == 0
    assert report.alleles > report.records > 60
    assert {"SNV", "insertion", "deletion"} <= set(report.types)
