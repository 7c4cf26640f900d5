"""Headers that can be annotated, and what the rules of VCF say of them: the browser's look must agree."""

from tests.unit.annotator.vcf_rule_checks import FORMAT, INFO

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

#: The version, the lines, and what is said of the last one.
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

#: The version, and lines of which nothing is said.
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


def header_text(version: str, lines: str, columns: str = COLUMNS) -> str:
    """A file of these meta lines, without records."""
    return f"##fileformat=VCFv{version}\n{lines}\n{columns}\n"
