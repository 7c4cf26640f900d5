"""A pack says what it is made of, and a pack that is not whole is refused."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from gas.errors import Misconfigured
from services.annotator.pack.pack import BUILTIN_PACKS, find_pack, load_pack, verify_pack

HUMAN_MT = BUILTIN_PACKS / "human_mt"
EXAMPLE = Path(__file__).parents[3] / "services" / "web" / "example.vcf"


CONTIG = json.loads((HUMAN_MT / "manifest.json").read_text())["contigs"][0]


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

    assert {path.name for path in HUMAN_MT.iterdir()} == listed


def test_a_pack_is_found_by_name_or_folder(tmp_path):
    """The built-in packs have names, all others are folders."""
    assert find_pack("human_mt") == HUMAN_MT
    assert find_pack(str(HUMAN_MT)) == HUMAN_MT
    with pytest.raises(Misconfigured, match="There is no pack"):
        find_pack(str(tmp_path))


def test_a_damaged_file_is_named(copied):
    """One byte is enough."""
    with (copied / "MT.gff3").open("ab") as stream:
        stream.write(b"#")

    with pytest.raises(Misconfigured, match=r"The pack human_mt is damaged: .*MT\.gff3"):
        verify_pack(load_pack(copied))


def test_a_missing_file_is_named(copied):
    """An index that was forgotten is found at the start, not in the middle of a job."""
    (copied / "mitomap_disease.vcf.gz.tbi").unlink()

    with pytest.raises(Misconfigured, match=r"The pack human_mt is incomplete: .*\.tbi is missing"):
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

    with pytest.raises(Misconfigured, match=rf"The pack human_mt cannot be used: .*rCRS\.MT\.fa {reason}"):
        verify_pack(load_pack(copied))


def test_known_variants_of_other_contigs_are_refused(copied, pack):
    """They would never be met: the names have to be those of the manifest."""
    contig = replace(pack.contigs[0], name="rCRS")
    text = (copied / pack.reference).read_text().replace(">MT", ">rCRS", 1)
    (copied / "other.fa").write_text(text)
    pysam.faidx(str(copied / "other.fa"))
    other = replace(pack, folder=copied, contigs=(contig,), reference="other.fa")

    with pytest.raises(Misconfigured, match="has the contig MT, which the manifest does not name"):
        verify_pack(other)


@pytest.mark.parametrize("name", ["rCRS.MT.fa.fai", "mitotip_scores.vcf.gz.tbi"])
def test_an_index_that_the_manifest_forgets_is_missed_all_the_same(copied, pack, name):
    """Without it the file cannot be opened, or an index would be made in the folder of the pack."""
    (copied / name).unlink()
    files = tuple(file for file in pack.files if file.name != name)

    with pytest.raises(Misconfigured, match=f"cannot be used: .* has no index {name}"):
        verify_pack(replace(pack, folder=copied, files=files))
    assert not (copied / name).exists()


@pytest.mark.parametrize("name", ["rCRS.MT.fa.fai", "mitotip_scores.vcf.gz.tbi"])
def test_an_index_that_cannot_be_read_is_refused(copied, pack, name):
    """Also when its digest is the one in the manifest."""
    (copied / name).write_bytes(b"nonsense")
    files = tuple(file for file in pack.files if file.name != name)

    with pytest.raises(Misconfigured, match="The pack human_mt cannot be used"):
        verify_pack(replace(pack, folder=copied, files=files))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": ""}, "name has to be a text"),
        ({"contigs": []}, "one unambiguous name"),
        ({"files": []}, "its list of files lacks"),
        ({"keys": []}, "its keys and its sources disagree"),
        ({"files": [{"name": "../x", "sha256": "0" * 64}]}, "not a file in the folder"),
        ({"contigs": [CONTIG | {"aliases": "chrM"}]}, "the aliases of contig MT have to be a list"),
        ({"keys": [{"id": "A B", "type": "String", "description": "d"}]}, "is not an INFO key"),
    ],
)
def test_a_manifest_of_the_wrong_shape_says_why(copied, change, reason):
    """The sentence names the manifest and what is wrong with it."""
    path = copied / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(Misconfigured, match=reason):
        load_pack(copied)


def test_a_manifest_that_lacks_something_names_it(copied):
    """A key that is missing is named."""
    path = copied / "manifest.json"
    document = json.loads(path.read_text())
    del document["assembly"]
    path.write_text(json.dumps(document))

    with pytest.raises(Misconfigured, match="it lacks 'assembly'"):
        load_pack(copied)


def test_the_example_is_annotated_completely(bench):
    """The file that users try first has known variants, an indel, two alleles and two samples."""
    report = bench.annotate(EXAMPLE.read_bytes()).report

    assert report.warnings == report.notes == ()
    assert report.samples == 2
    assert report.kept_unannotated == 0
    assert report.alleles > report.records > 60
    assert {"SNV", "insertion", "deletion"} <= set(report.types)
