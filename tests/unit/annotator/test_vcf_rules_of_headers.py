"""Headers that break the specification but can be annotated: each fault is named with its line."""

import pytest

from gas.errors import InvalidInput
from services.annotator.vcf.header import VERSIONS, read_header
from services.annotator.vcf.rules.header_rules import header_remarks
from services.annotator.vcf.text import Text
from tests.unit.annotator.vcf_rule_checks import FORMAT, INFO

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

NAMED = {
    "no value": ("4.2", "##reference=", "##reference has no value."),
    "empty address": ("4.2", "##pedigreeDB=<>", "##pedigreeDB has no value."),
    "open bracket": ("4.3", "##META=<ID=A", "##META has a bracket that is not closed."),
    "second version": (
        "4.2",
        "##fileformat=VCFv4.3",
        "There is a second ##fileformat line; the first one counts.",
    ),
    "quote in quotes": (
        "4.2",
        '##ALT=<ID=DEL,Description="a "b" c">',
        "##ALT=<ID=DEL> has text after a closing quote; a quote inside quotes needs a backslash before it.",
    ),
    "open quote": ("4.2", '##ALT=<ID=DEL,Description="a>', "##ALT=<ID=DEL> has a quote that is not closed."),
    "field without value": ("4.2", "##contig=<ID=1,A>", "##contig=<ID=1> has a field that is not key=value."),
    "no Type": ("4.2", '##INFO=<ID=X,Number=1,Description="x">', "##INFO=<ID=X> has no Type."),
    "no ID": ("4.3", "##SAMPLE=<Assay=Exome>", "##SAMPLE has no ID."),
    "Number": (
        "4.2",
        INFO.format("X", "N", "String"),
        "##INFO=<ID=X>: Number=N does not exist in VCF 4.2.",
    ),
    "Number of later": (
        "4.1",
        FORMAT.format("X", "R", "Integer"),
        "##FORMAT=<ID=X>: Number=R does not exist in VCF 4.1.",
    ),
    "Number of samples": (
        "4.5",
        INFO.format("X", "P", "String"),
        "##INFO=<ID=X>: Number=P does not exist in VCF 4.5.",
    ),
    "Type": ("4.2", INFO.format("X", "1", "Int"), "##INFO=<ID=X>: Type=Int does not exist."),
    "Type of sample": ("4.2", FORMAT.format("X", "0", "Flag"), "##FORMAT=<ID=X>: Type=Flag does not exist."),
    "flag with Number": (
        "4.3",
        INFO.format("X", "1", "Flag"),
        "##INFO=<ID=X> is a Flag, so its Number has to be 0.",
    ),
    "Description": (
        "4.2",
        "##INFO=<ID=X,Number=1,Type=String,Description=x>",
        "##INFO=<ID=X>: the Description has to be in double quotes.",
    ),
    "Values": (
        "4.3",
        "##META=<ID=X,Number=.,Type=String,Values=a b>",
        "##META=<ID=X>: the Values have to be in square brackets.",
    ),
    "name of contig": ("4.2", "##contig=<ID=chr 1>", "##contig=<ID=chr 1>: such a name is not allowed."),
    "name of allele": (
        "4.2",
        '##ALT=<ID=DEL:A<B,Description="x">',
        "##ALT=<ID=DEL:A<B>: such a name is not allowed.",
    ),
    "name of filter": (
        "4.2",
        '##FILTER=<ID=0,Description="x">',
        "##FILTER=<ID=0>: such a name is not allowed.",
    ),
    "name of INFO key": (
        "4.3",
        INFO.format("1X", "1", "String"),
        "##INFO=<ID=1X>: such a name is not allowed.",
    ),
    "name of FORMAT key": (
        "4.2",
        FORMAT.format("X Y", "1", "String"),
        "##FORMAT=<ID=X Y>: such a name is not allowed.",
    ),
    "type of allele": (
        "4.4",
        '##ALT=<ID=BND:X,Description="x">',
        "##ALT=<ID=BND:X>: BND is no type of structural variant.",
    ),
    "declared twice": (
        "4.2",
        INFO.format("X", "1", "String") + "\n" + INFO.format("X", "2", "String"),
        "##INFO=<ID=X> was declared before; the first declaration counts.",
    ),
    "reserved Number": (
        "4.2",
        INFO.format("AF", "1", "Float"),
        "##INFO=<ID=AF> is reserved with Number=A, not '1'.",
    ),
    "reserved Type": (
        "4.2",
        FORMAT.format("GQ", "1", "Float"),
        "##FORMAT=<ID=GQ> is reserved with Type=Integer, not 'Float'.",
    ),
}


@pytest.mark.parametrize(("version", "lines", "sentence"), NAMED.values(), ids=NAMED)
def test_a_fault_of_the_header_is_named_with_its_line(tmp_path, version, lines, sentence):
    """The file is read all the same."""
    (remark,) = remarks(tmp_path, version, lines)

    assert remark.sentence == sentence
    assert (remark.line, remark.column) == (2 + lines.count("\n"), None)
    assert str(remark) == f"Line {remark.line}: {sentence}"


SOUND = {
    "quotes in a name": ("4.3", '##ALT=<ID=a!"b",Description="x">'),
    "escaped quotes": ("4.2", r'##INFO=<ID=X,Number=1,Type=String,Description="a \"b\", \\">'),
    "any order of fields": ("4.2", '##INFO=<Number=1,Description="a,b=<c>",Type=String,ID=X>'),
    "more fields": ("4.2", INFO.format("X", "A", "String").replace('x"', 'x",Source="a",Version="1"')),
    "allele of one's own": ("4.2", '##ALT=<ID=NON_REF,Description="x">\n##ALT=<ID=CN0>'),
    "asterisk in a contig": ("4.2", "##contig=<ID=HLA-A*01:01:01:01,length=3503>"),
    "list": ("4.3", "##META=<ID=Tissue,Type=String,Number=.,Values=[Blood, ?]>"),
    "genomes without ID": ("4.2", "##PEDIGREE=<Name_0=A,Name_1=B>"),
    "any value of other keys": ("4.3", "##x=<a b>\n##y=<\n##GATKCommandLine=<x,y>"),
    "any number for each allele": ("4.1", INFO.format("AC", ".", "Integer")),
    "mapping quality": (
        "4.2",
        INFO.format("MQ", "1", "Integer") + "\n" + FORMAT.format("MQ", "1", "Integer"),
    ),
    "flag with Number before 4.3": ("4.2", INFO.format("X", "1", "Flag")),
    "address in brackets": ("4.2", "##pedigreeDB=<http://a.b/c>"),
    "values of genotypes": ("4.4", FORMAT.format("X", "P", "String")),
    "values of local alleles": ("4.5", FORMAT.format("X", "LG", "String")),
}


@pytest.mark.parametrize(("version", "lines"), SOUND.values(), ids=SOUND)
def test_nothing_is_said_about_what_is_allowed(tmp_path, version, lines):
    """Nor about what the specification leaves open."""
    assert remarks(tmp_path, version, lines) == []


def test_a_format_column_without_samples_is_named(tmp_path):
    """The samples may have been lost."""
    (remark,) = remarks(tmp_path, "4.2", "##a=b", columns=f"{COLUMNS}\tFORMAT")

    assert str(remark) == "Line 3, column 9: The #CHROM line has a FORMAT column but names no sample."


@pytest.mark.parametrize("version", VERSIONS)
def test_the_example_of_the_specification_is_sound(tmp_path, version):
    """Its section 1.1, which is the same in all versions."""
    lines = [
        '##contig=<ID=20,length=62435964,assembly=B36,md5=f126,species="Homo sapiens",taxonomy=x>',
        INFO.format("NS", "1", "Integer"),
        INFO.format("AF", "A", "Float"),
        INFO.format("DB", "0", "Flag"),
        '##FILTER=<ID=q10,Description="Quality below 10">',
        FORMAT.format("GT", "1", "String"),
        FORMAT.format("HQ", "2", "Integer"),
    ]

    assert remarks(tmp_path, version, "\n".join(lines)) == []


@pytest.mark.parametrize(
    "line", ["##INFO=<ID=A,Number=1", "##contig=<length=5>", '##ALT=<Description="ID=A">']
)
def test_a_structured_line_without_an_id_or_an_end_is_refused(tmp_path, line):
    """What cannot be told apart from its neighbours cannot be kept apart from ours either."""
    with pytest.raises(
        InvalidInput, match=r"^Line 2: A ##\w+ line has to be ##\w+=<ID=...>, closed by a bracket.$"
    ):
        remarks(tmp_path, "4.2", line)


def remarks(folder, version, lines, columns=COLUMNS):
    source = folder / "x.vcf"
    source.write_text(f"##fileformat=VCFv{version}\n{lines}\n{columns}\n", encoding="utf-8")
    with Text(source) as text:
        return list(header_remarks(read_header(text)))
