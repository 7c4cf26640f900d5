"""The ready-made specs take from the files of the providers what they are made for."""

import pyarrow.parquet as pq
import pytest

from services.annotator.pack.pack import verify_pack
from services.annotator.pack_tool.__main__ import main
from services.annotator.pack_tool.checking import check_pack
from services.annotator.pack_tool.known.source_spec import READY_MADE, read_spec
from tests.unit.annotator.pack_workshop import GENOME, build, reload, write_vcf

CLINVAR_HEADER = """\
##fileDate=2025-02-09
##source=ClinVar
##reference=GRCh38
##ID=<Description="ClinVar Variation ID">
##INFO=<ID=ALLELEID,Number=1,Type=Integer,Description="the ClinVar Allele ID">
##INFO=<ID=CLNDN,Number=.,Type=String,Description="ClinVar's preferred disease name for the concept">
##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="ClinVar review status of germline classification">
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification">
##INFO=<ID=CLNVC,Number=1,Type=String,Description="Variant type">
"""

DBSNP_HEADER = """\
##fileDate=20241025
##source=dbSNP
##dbSNP_BUILD_ID=157
##reference=GRCh38.p14
##phasing=partial
##INFO=<ID=RS,Number=1,Type=Integer,Description="dbSNP ID (i.e. rs number)">
##INFO=<ID=dbSNPBuildID,Number=1,Type=Integer,Description="First dbSNP Build for RS">
##INFO=<ID=VC,Number=1,Type=String,Description="Variation Class">
##INFO=<ID=FREQ,Number=.,Type=String,Description="An ordered list of allele frequencies">
##INFO=<ID=COMMON,Number=0,Type=Flag,Description="RS is a common SNP">
"""

GNOMAD_HEADER = """\
##hailversion=0.2.127
##FILTER=<ID=AC0,Description="Allele count is zero after filtering out low-confidence genotypes">
##INFO=<ID=AC,Number=A,Type=Integer,Description="Alternate allele count">
##INFO=<ID=AF{0},Number=A,Type=Float,Description="Alternate allele frequency">
##INFO=<ID={1},Number=A,Type=String,Description="Group with the maximum allele frequency">
##INFO=<ID=AF_{1},Number=A,Type=Float,Description="Maximum allele frequency across groups">
##INFO=<ID=nhomalt{0},Number=A,Type=Integer,Description="Count of homozygous individuals">
##contig=<ID=chr1,length=248956422,assembly=gnomAD_GRCh38>
"""


@pytest.fixture
def added(tmp_path):
    """Add a source to a pack by its ready-made spec, and give its rows by position."""

    def add(name, *records, header):
        pack = build(tmp_path)
        vcf = write_vcf(tmp_path / "provider.vcf", *records, header=header)
        options = ["--source", name, "--file", str(vcf), "--source-version", "2025", "--version", "2"]

        assert main(["add", str(pack.folder), *options]) == 0

        extended = reload(pack)
        verify_pack(extended)
        assert list(check_pack(pack.folder, deep=True)) == []
        table = pq.ParquetFile(extended.path(extended.sources[0].file), pre_buffer=False).read(
            use_threads=False
        )
        return {row.pop("position"): row for row in table.to_pylist()}

    return add


def ref(position, length=1):
    return GENOME[position - 1 : position - 1 + length]


def other(position):
    return "C" if ref(position) != "C" else "T"


def test_clinvar(added):
    """Significance, disease and review status, whose commas are no ends of values; and ClinVar's numbers."""
    info = (
        "ALLELEID=244;CLNDISDB=MedGen:C1;CLNDN=Breast-ovarian_cancer,_familial|not_provided;"
        "CLNHGVS=NC_000001.11:g.10A>C;CLNREVSTAT=criteria_provided,_single_submitter;"
        "CLNSIG=Pathogenic/Likely_pathogenic;CLNVC=single_nucleotide_variant;GENEINFO=ABC:1"
    )

    rows = added(
        "clinvar",
        f"1 10 17661 {ref(10)} {other(10)} {info}",
        f"1 20 999 {ref(20)} . ALLELEID=7;CLNSIG=not_provided",
        f"1 30 1000 {ref(30, 2)} {ref(30)} ALLELEID=8;CLNSIG=Benign;CLNDN=not_provided",
        "NW_009646201.1 1 3 A G ALLELEID=9",
        header=CLINVAR_HEADER,
    )

    assert rows[10] == {
        "contig": "1",
        "ref": ref(10),
        "alt": other(10),
        "CLINVAR_ID": "17661",
        "CLINVAR_ALLELEID": "244",
        "CLINVAR_CLNSIG": "Pathogenic/Likely_pathogenic",
        "CLINVAR_CLNDN": "Breast-ovarian_cancer%2C_familial|not_provided",
        "CLINVAR_CLNREVSTAT": "criteria_provided%2C_single_submitter",
    }
    assert len(rows) == 2


def test_dbsnp(added):
    """The number of every allele, on contigs that are called by their accession."""
    rows = added(
        "dbsnp",
        f"NC_000001.11 10 rs775809821 {ref(10)} {other(10)} RS=775809821;dbSNPBuildID=144;GNO;FREQ=A:1,0",
        f"NC_000001.11 20 rs7 {ref(20)} {ref(20)}A,{ref(20)}AC RS=7;COMMON",
        header=DBSNP_HEADER,
    )

    assert rows[10]["RSID"] == "rs775809821"
    assert {row["RSID"] for row in rows.values()} == {"rs775809821", "rs7"}


@pytest.mark.parametrize(
    ("spec", "suffix", "group"),
    [("gnomad", "", "grpmax"), ("gnomad_v3", "", "popmax"), ("gnomad_joint", "_joint", "grpmax_joint")],
)
def test_gnomad(added, spec, suffix, group):
    """Frequencies as they are printed, with the fields of each version."""
    info = (
        f"AC=1;AN=9;AF{suffix}=1.31415e-05;{group}=nfe;AF_{group}=2.4e-05;nhomalt{suffix}=0;AF_nfe=1;vep=A|x"
    )

    rows = added(
        spec,
        f"chr1 10 . {ref(10)} {other(10)} {info}",
        f"chr1 11 . {ref(11)} {other(11)} AC=0;AF{suffix}=0.00000e+00;nhomalt{suffix}=0",
        header=GNOMAD_HEADER.format(suffix, group),
    )

    keys = ("GNOMAD_AF", "GNOMAD_AF_GRPMAX", "GNOMAD_GRPMAX", "GNOMAD_NHOMALT")
    assert [rows[10][key] for key in keys] == ["1.31415e-05", "2.4e-05", "nfe", "0"]
    assert [rows[11][key] for key in keys] == ["0.00000e+00", None, None, "0"]


@pytest.mark.parametrize("path", sorted(READY_MADE.glob("*.json")), ids=lambda path: path.stem)
def test_every_ready_made_spec_can_be_read(path, tmp_path):
    """Its keys are ones that a VCF header can declare, and its roles are known."""
    spec = read_spec(path.stem, files=(write_vcf(tmp_path / "x.vcf"),), version="1")

    assert spec.licence
    assert spec.url.startswith("https://")


def test_the_version_of_a_provider_s_file_has_to_be_told(tmp_path, capsys):
    """A spec that is made once cannot know it."""
    pack = build(tmp_path)
    vcf = write_vcf(tmp_path / "provider.vcf")

    assert main(["add", str(pack.folder), "--source", "dbsnp", "--file", str(vcf), "--version", "2"]) == 1
    assert "it lacks 'version'" in capsys.readouterr().err
