"""A pack is built, checked and extended on the command line, and never half done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gas.errors import Misconfigured
from services.annotator.pack.pack import BUILTIN_PACKS, load_pack, verify_pack
from services.annotator.pack_tool.__main__ import main
from services.annotator.pack_tool.building import Plan, build_pack
from services.annotator.pack_tool.checking import check_pack
from services.annotator.pack_tool.draft import Draft
from services.annotator.pack_tool.engine_trial import try_slice
from services.annotator.pack_tool.genes.gene_models import Span, Transcript
from services.annotator.pack_tool.known.source_spec import read_spec
from tests.unit.annotator.pack_workshop import (
    GENOME,
    build,
    built_with,
    plan,
    reload,
    write_spec,
    write_vcf,
)

SHARED = Path(__file__).parents[4] / "shared" / "data"
TEXT = {"key": "X_TEXT", "field": "TEXT"}
needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared test data")


def snv(position, text):
    return f"1 {position} . {GENOME[position - 1]} {'C' if GENOME[position - 1] != 'C' else 'T'} TEXT={text}"


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_pack_is_built_and_in_order(tmp_path, capsys):
    """What was made of what is told line by line."""
    made = plan(tmp_path)
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, "a"))
    spec = write_spec(tmp_path / "x.json", vcf, TEXT)
    options = {
        "name": "small",
        "title": "Small",
        "assembly": "S1",
        "version": "1",
        "attribution": "nobody",
        "fasta": made.fasta,
        "genes": made.genes,
        "gene-model-version": "test",
        "contigs": "1",
        "code": "chr1=4",
        "source": spec,
    }
    arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]

    assert main(["build", str(tmp_path / "pack"), *arguments]) == 0
    assert main(["check", str(tmp_path / "pack"), "--deep"]) == 0

    pack = load_pack(tmp_path / "pack")
    told = capsys.readouterr().out
    assert pack.contigs[0].genetic_code == 4
    assert pack.contigs[0].accession == "NC_000001.11"
    assert "sequence.fa: 1 contig, 3,000 bases\n" in told
    assert (
        "genes: 1 gene with 1 transcript of ensembl in 1 file\n  1 is translated by genetic code 4\n" in told
    )
    assert "known/x.parquet: 1 row from 1 record\n" in told
    assert told.endswith(f"{tmp_path / 'pack'}: in order\n")


def test_the_same_plan_makes_the_same_bytes(tmp_path):
    """No time and no place of the machine is in a pack."""
    first = built_with(tmp_path, *(snv(position, "a") for position in range(10, 200)), fields=[TEXT])
    (tmp_path / "again").mkdir()
    second = built_with(
        tmp_path / "again", *(snv(position, "a") for position in range(10, 200)), fields=[TEXT]
    )

    assert contents(first.folder) == contents(second.folder)


def test_licences_are_written_for_people(tmp_path):
    """What is in the manifest, in sentences; a text of the operator's own stays."""
    pack = built_with(tmp_path, snv(10, "a"), fields=[TEXT])
    text = (pack.folder / "LICENCES.txt").read_text()
    own = tmp_path / "own.txt"
    own.write_text("Ask the consortium.\n")
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other", licences=own)

    assert "X, 1. CC0." in text
    assert "https://example.org" in text
    assert (other.folder / "LICENCES.txt").read_text() == "Ask the consortium.\n"


def test_a_folder_that_exists_is_left_alone(tmp_path):
    """It might be the pack that is in use."""
    (tmp_path / "pack").mkdir()

    with pytest.raises(Misconfigured, match="exists; choose another folder"):
        build(tmp_path)


def test_a_build_that_fails_leaves_nothing(tmp_path, capsys):
    """Neither a folder nor scratch files, and one sentence."""
    made = plan(tmp_path)
    made.fasta.write_text("no FASTA")
    before = sorted(tmp_path.iterdir())
    arguments = ["--name", "n", "--title", "t", "--assembly", "a", "--version", "1", "--attribution", "x"]
    files = ["--fasta", str(made.fasta), "--genes", str(made.genes), "--gene-model-version", "v"]

    assert main(["build", str(tmp_path / "pack"), *arguments, *files]) == 1

    assert sorted(tmp_path.iterdir()) == before
    assert capsys.readouterr().err.count("\n") == 1


def test_a_source_is_added_and_replaced(tmp_path):
    """Its keys come and go with it, and the old file stays for annotators that still read it."""
    pack = built_with(tmp_path, snv(10, "a"), fields=[TEXT])
    vcf = write_vcf(tmp_path / "y.vcf", snv(20, "b").replace("TEXT", "OTHER"))
    new = write_spec(tmp_path / "y.json", vcf, {"key": "X_OTHER", "field": "OTHER"}, version="2025-03")

    assert main(["add", str(pack.folder), "--source", str(new), "--version", "2"]) == 0

    extended = reload(pack)
    verify_pack(extended)
    (source,) = extended.sources
    assert (extended.version, source.version) == ("2", "2025-03")
    assert [key.id for key in extended.keys] == ["X_OTHER"]
    assert source.file != pack.sources[0].file
    verify_pack(pack)
    assert "2025-03" in (pack.folder / "LICENCES.txt").read_text()
    assert [finding for finding in check_pack(pack.folder) if "not a part of the pack" not in finding] == []


@pytest.mark.parametrize(
    ("spec", "version", "reason"),
    [
        ({}, "1", "has the version 1 already"),
        (
            {"name": "y", "fields": [TEXT | {"description": "another"}]},
            "2",
            "the key X_TEXT has another type",
        ),
        ({"fields": [{"key": "Z", "field": "NONE", "description": "d"}]}, "2", "has nothing for this pack"),
    ],
)
def test_a_source_that_cannot_be_added_changes_nothing(tmp_path, capsys, spec, version, reason):
    """The pack is what it was, file by file."""
    pack = built_with(tmp_path, snv(10, "a"), fields=[TEXT])
    before = contents(pack.folder)
    path = tmp_path / "y.json"
    path.write_text(json.dumps(json.loads((tmp_path / "x.json").read_text()) | spec))

    assert main(["add", str(pack.folder), "--source", str(path), "--version", version]) == 1

    assert reason in capsys.readouterr().err
    assert contents(pack.folder) == before


def test_a_source_needs_a_pack_to_be_added_to(tmp_path, capsys):
    """A misspelt folder is not made into one."""
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, "a"))
    spec = write_spec(tmp_path / "x.json", vcf, TEXT)

    assert main(["add", str(tmp_path / "nothing"), "--source", str(spec), "--version", "2"]) == 1

    assert "manifest.json cannot be used" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_usage_errors_are_told_by_the_parser(capsys):
    """Of which exit status 2 is the custom."""
    with pytest.raises(SystemExit) as ended:
        main(["build", "out", "--code", "chrM"])

    assert ended.value.code == 2
    assert "chrM is not CONTIG=TABLE" in capsys.readouterr().err


@needs_shared_data
def test_the_built_in_pack_can_be_made_again(tmp_path):
    """From the files of its providers, byte for byte."""
    data = SHARED / "builtin_mt"
    builtin = load_pack(BUILTIN_PACKS / "human_mt")
    vcf = {"mitotip": "mitotip_scores"}
    made = Plan(
        name=builtin.name,
        title=builtin.title,
        assembly=builtin.assembly,
        version=builtin.version,
        attribution=builtin.attribution,
        fasta=data / "rCRS.MT.fa",
        genes=data / "MT.gff3",
        gene_model_version=builtin.gene_model_version,
        licences=builtin.folder / "LICENCES.txt",
        sources=tuple(
            read_spec(source.name, files=(data / f"{vcf.get(source.name, source.name)}.vcf.gz",))
            for source in builtin.sources
        ),
    )

    pack = build_pack(made, tmp_path / "pack", lambda _: None)

    assert contents(pack.folder) == contents(builtin.folder)


@needs_shared_data
def test_a_pack_of_real_windows_is_made_and_in_order(tmp_path):
    """Four megabases of GRCh37 with 43 genes of MANE, the mitochondrion, and 29,000 sites of 1000 Genomes."""
    data = SHARED / "medium_grch37"
    fields = [
        {"key": "KG_RSID", "field": "ID"},
        {"key": "KG_AF", "field": "AF", "type": "Float", "per_allele": True},
    ]
    sites = write_spec(tmp_path / "kg.json", data / "1kgp3.chr20_1-2M.sites.vcf.gz", *fields)
    made = plan(
        tmp_path,
        fasta=data / "GRCh37.mini.fa.gz",
        genes=data / "GRCh37.mini.gff3",
        sources=(read_spec(str(sites)),),
    )

    pack = build_pack(made, tmp_path / "pack", lambda _: None)

    assert [contig.name for contig in pack.contigs] == ["1", "17", "20", "22", "MT"]
    assert {contig.name: contig.genetic_code for contig in pack.contigs}["MT"] == 2
    assert pack.sources[0].records == 29_120
    assert list(check_pack(pack.folder, deep=True)) == []


def spoil(pack, name, change):
    path = pack.path(name)
    path.write_bytes(change(path.read_bytes()))
    draft = Draft.of(pack.folder)
    draft.list_files([name])
    draft.save()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda text: text.replace(b"Parent=gene:ENSG1", b"Parent=gene:NONE"),
            "1 transcripts without a gene",
        ),
        (lambda text: text.replace(b"biotype=protein_coding", b"biotype=TEC"), "biotype TEC"),
        (lambda text: text.replace(b"\t301\t400\t.\t+", b"\t301\t400\t.\t-"), "not on one strand"),
        (lambda text: text.replace(b"\t181\t260", b"\tx\t260"), "has no start and end"),
        (lambda text: text + b"1\t.\tgene\t5\t9\t.\t+\t.\tID=gene:E\n", "in the order of their start"),
    ],
)
def test_gene_models_that_the_engine_cannot_use_are_found(tmp_path, change, finding):
    """Also where their digest is the one in the manifest."""
    pack = build(tmp_path)
    spoil(pack, "genes/1.gff3", change)

    findings = list(check_pack(pack.folder))

    assert any(finding in one for one in findings), findings


@pytest.mark.parametrize(
    ("place", "genes", "problem"),
    [
        (204, "genes/1.gff3", None),
        (1500, "genes/1.gff3", "the engine finds no consequence of 1:1500"),
        (204, "LICENCES.txt", "the engine does not read them: "),
    ],
)
def test_gene_models_are_tried_on_the_engine(tmp_path, place, genes, problem):
    """In a process of its own, since the engine ends the process on what it cannot read."""
    pack = build(tmp_path)
    contig = replace(pack.contigs[0], genes=genes)
    transcript = Transcript("T", "protein_coding", "x", 1, 3000, "+", cds=[Span(place, place)])

    told = try_slice(pack, contig, [transcript])

    assert told == problem or told.startswith(problem)


def test_a_file_that_nobody_names_is_found(tmp_path, capsys):
    """It costs room, and may be what an interrupted command left."""
    pack = build(tmp_path)
    (pack.folder / "known").mkdir()
    (pack.folder / "known" / "old.parquet").write_bytes(b"x")

    assert main(["check", str(pack.folder)]) == 1
    assert "old.parquet is not a part of the pack" in capsys.readouterr().out


def test_a_pack_that_is_damaged_is_found(tmp_path, capsys):
    """What a start of the annotator would refuse."""
    pack = build(tmp_path)
    with pack.path("sequence.fa").open("ab") as stream:
        stream.write(b"A")

    assert main(["check", str(pack.folder)]) == 1
    assert "is damaged" in capsys.readouterr().out


def test_the_built_in_pack_is_in_order(capsys):
    """By its name, to the last allele."""
    assert main(["check", "human_mt", "--deep"]) == 0
    assert capsys.readouterr().out == "human_mt: in order\n"
