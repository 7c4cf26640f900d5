"""Records that break the specification but can be annotated: each fault is named with its column."""

import pickle

import pytest

from services.annotator.vcf.header import VERSIONS
from services.annotator.vcf.rules.record_rules import RecordRules
from services.annotator.vcf.rules.remark import Remark, Rule
from tests.unit.annotator.vcf_rule_checks import INFO, check, header, raw

NOT_AN_ALLELE = "is none of bases (A, C, G, T, N), <ID>, *, a point and a breakend."

# Columns given by name; the others are sound. Version 4.2 where none is given.
FAULTS = {
    "CHROM with a blank": (
        {"CHROM": "chr 1"},
        1,
        Rule.CHROM,
        "CHROM is 'chr 1'; such a name is not allowed.",
    ),
    "CHROM with a bracket": ({"CHROM": "<1"}, 1, Rule.CHROM, "CHROM is '<1'; such a name is not allowed."),
    "ID with a blank": ({"ID": "a b"}, 3, Rule.ID, "ID 'a b' has a blank or an empty name."),
    "ID empty": ({"ID": ""}, 3, Rule.ID, "ID '' has a blank or an empty name."),
    "ID open": ({"ID": "a;"}, 3, Rule.ID, "ID 'a;' has a blank or an empty name."),
    "ID twice": ({"version": "4.3", "ID": "a;a"}, 3, Rule.ID, "ID 'a;a' has a name twice."),
    "REF": ({"REF": "AR"}, 4, Rule.REF, "REF has other letters than A, C, G, T and N: 'AR'."),
    "ALT ambiguous": ({"ALT": "R"}, 5, Rule.ALT, f"The ALT allele 'R' {NOT_AN_ALLELE}"),
    "ALT empty": ({"ALT": "T,"}, 5, Rule.ALT, f"The ALT allele '' {NOT_AN_ALLELE}"),
    "ALT in brackets": ({"ALT": "<A>B>"}, 5, Rule.ALT, f"The ALT allele '<A>B>' {NOT_AN_ALLELE}"),
    "breakend bare": ({"ALT": "[1:100["}, 5, Rule.ALT, f"The ALT allele '[1:100[' {NOT_AN_ALLELE}"),
    "breakend mixed": ({"ALT": "T[1:100]"}, 5, Rule.ALT, f"The ALT allele 'T[1:100]' {NOT_AN_ALLELE}"),
    "breakend nowhere": ({"ALT": "T[1[ "}, 5, Rule.ALT, f"The ALT allele 'T[1[ ' {NOT_AN_ALLELE}"),
    "ALT of no type": (
        {"ALT": "<DAL:X>"},
        5,
        Rule.ALT,
        "The ALT allele '<DAL:X>' has a type of structural variant that does not exist: DAL.",
    ),
    "ALT is REF": ({"ALT": "T,c"}, 5, Rule.ALT, "The ALT allele 'C' is the same as REF."),
    "QUAL a word": ({"QUAL": "high"}, 6, Rule.QUAL, "QUAL has to be a number, not 'high'."),
    "QUAL negative": ({"QUAL": "-1e1"}, 6, Rule.QUAL, "QUAL cannot be negative, as -1e1 is."),
    "FILTER with a blank": ({"FILTER": "a b"}, 7, Rule.FILTER, "FILTER 'a b' has a blank or an empty name."),
    "FILTER zero": ({"FILTER": "a;0"}, 7, Rule.FILTER, "FILTER has the name 0, which is reserved."),
    "FILTER missing": ({"FILTER": "a;."}, 7, Rule.FILTER, "FILTER has a missing value beside a name."),
    "FILTER twice": ({"version": "4.3", "FILTER": "a;a"}, 7, Rule.FILTER, "FILTER 'a;a' has a name twice."),
    "INFO empty": ({"INFO": ""}, 8, Rule.INFO_SYNTAX, "INFO has an empty entry."),
    "INFO open": ({"INFO": "DP=1;"}, 8, Rule.INFO_SYNTAX, "INFO has an empty entry."),
    "INFO twice": ({"INFO": "X;DP=1;X=2"}, 8, Rule.INFO_SYNTAX, "INFO has X more than once."),
    "INFO blank": (
        {"INFO": "TEXT=a b"},
        8,
        Rule.INFO_SYNTAX,
        "INFO has a blank, which VCF 4.2 does not allow.",
    ),
    "INFO key": (
        {"version": "4.3", "INFO": "2X=1"},
        8,
        Rule.INFO_SYNTAX,
        "INFO has the key '2X'; such a name is not allowed.",
    ),
    "whole": ({"INFO": "WHOLE=1.5"}, 8, Rule.INFO_TYPE, "WHOLE has to be a whole number, not '1.5'."),
    "whole and large": (
        {"INFO": "MANY=1,2147483648"},
        8,
        Rule.INFO_TYPE,
        "MANY has to be a whole number, one that fits into 32 bits, not '2147483648'.",
    ),
    "real": ({"INFO": "REAL=1/2"}, 8, Rule.INFO_TYPE, "REAL has to be a number, not '1/2'."),
    "character": ({"INFO": "SIGN=ab"}, 8, Rule.INFO_TYPE, "SIGN has to be one character, not 'ab'."),
    "flag": ({"INFO": "FLAG=yes"}, 8, Rule.INFO_TYPE, "FLAG is a flag and has no value, not 'yes'."),
    "no value": ({"INFO": "WHOLE"}, 8, Rule.INFO_TYPE, "WHOLE has no value."),
    "no value of an unknown key": ({"INFO": "X="}, 8, Rule.INFO_TYPE, "X has no value."),
    "negative": ({"INFO": "AC=-1"}, 8, Rule.INFO_TYPE, "AC cannot be negative, as -1 is."),
    "CIGAR": (
        {"INFO": "CIGAR=1Y"},
        8,
        Rule.INFO_TYPE,
        "CIGAR has to be numbers and letters such as 2M1I, not '1Y'.",
    ),
    "reserved": ({"INFO": "DB=2"}, 8, Rule.INFO_TYPE, "DB is a flag and has no value, not '2'."),
    "number": ({"INFO": "WHOLE=1,2"}, 8, Rule.INFO_NUMBER, "WHOLE has 2 values instead of 1."),
    "number by allele": (
        {"ALT": "T,G", "INFO": "REAL=1"},
        8,
        Rule.INFO_NUMBER,
        "REAL has 1 value where Number=A asks for 2.",
    ),
    "number with REF": (
        {"INFO": "EACH=a,b,c"},
        8,
        Rule.INFO_NUMBER,
        "EACH has 3 values where Number=R asks for 2.",
    ),
    "number by allele without a letter": (
        {"version": "4.4", "INFO": "CIPOS=-1"},
        8,
        Rule.INFO_NUMBER,
        "CIPOS has 1 value instead of 2.",
    ),
    "FORMAT empty": ({"FORMAT": "GT::AD", "S": "0"}, 9, Rule.FORMAT, "FORMAT has an empty name."),
    "FORMAT key": (
        {"FORMAT": "GT:a*b", "S": "0"},
        9,
        Rule.FORMAT,
        "FORMAT has the key 'a*b'; such a name is not allowed.",
    ),
    "FORMAT digit": (
        {"version": "4.3", "FORMAT": "GT:1a", "S": "0"},
        9,
        Rule.FORMAT,
        "FORMAT has the key '1a'; such a name is not allowed.",
    ),
    "FORMAT order": (
        {"FORMAT": "AD:GT", "S": "1,2"},
        9,
        Rule.FORMAT,
        "GT has to be the first key of FORMAT.",
    ),
    "FORMAT twice": ({"FORMAT": "GT:X:X", "S": "0"}, 9, Rule.FORMAT, "FORMAT has X more than once."),
    "FORMAT local": (
        {"version": "4.5", "FORMAT": "GT:LAD:LAA", "S": "0"},
        9,
        Rule.FORMAT,
        "FORMAT has fields of local alleles, so LAA has to come first, or right after GT.",
    ),
    "genotype": ({"S": "0/|1"}, 10, Rule.GENOTYPE, "GT '0/|1' is not alleles parted by / or |."),
    "genotype of 4.4": ({"S": "|0|1"}, 10, Rule.GENOTYPE, "GT '|0|1' is not alleles parted by / or |."),
    "genotype empty": ({"S": ""}, 10, Rule.GENOTYPE, "GT '' is not alleles parted by / or |."),
    "genotype beyond ALT": ({"S": "0/2"}, 10, Rule.GENOTYPE, "GT 0/2 names allele 2, but ALT has 1 allele."),
    "sample of many values": (
        {"S": "0:1"},
        10,
        Rule.SAMPLE_SYNTAX,
        "The sample has 2 values, but FORMAT has 1 name.",
    ),
    "sample value": (
        {"FORMAT": "GT:AD", "S": "0:1,x"},
        10,
        Rule.SAMPLE_TYPE,
        "AD has to be a whole number, not 'x'.",
    ),
    "sample without a value": ({"FORMAT": "GT:X", "S": "0:"}, 10, Rule.SAMPLE_TYPE, "X has no value."),
    "sample number": (
        {"FORMAT": "GT:AD", "S": "0:1"},
        10,
        Rule.SAMPLE_NUMBER,
        "AD has 1 value where Number=R asks for 2.",
    ),
    "sample pair": (
        {"FORMAT": "PAIR", "S": "1,2,3"},
        10,
        Rule.SAMPLE_NUMBER,
        "PAIR has 3 values instead of 2.",
    ),
    "genotypes of one copy": (
        {"FORMAT": "GT:PL", "S": "0:1,2,3"},
        10,
        Rule.SAMPLE_NUMBER,
        "PL has 3 values where Number=G asks for 2.",
    ),
    "genotypes of two alleles": (
        {"ALT": "T,G", "FORMAT": "GT:PL", "S": "0/1:1,2,3"},
        10,
        Rule.SAMPLE_NUMBER,
        "PL has 3 values where Number=G asks for 6.",
    ),
    "genotypes without GT": (
        {"FORMAT": "PL", "S": "1,2"},
        10,
        Rule.SAMPLE_NUMBER,
        "PL has 2 values where Number=G asks for 3.",
    ),
    "not UTF-8": ({"version": "4.3", "INFO": "X=\udcff"}, 8, Rule.ENCODING, "The column is not in UTF-8."),
    "control": ({"version": "4.3", "ID": "a\x01"}, 3, Rule.ENCODING, "The column has a control character."),
}


@pytest.mark.parametrize(("columns", "column", "rule", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_record_is_named_with_its_place(columns, column, rule, sentence):
    """One remark for one fault."""
    assert check(columns) == [Remark(7, column, rule, sentence)]


SOUND = {
    "nothing known": {},
    "contig of the assembly file": {"CHROM": "<ctg 1>".replace(" ", "")},
    "contig with an asterisk": {"CHROM": "HLA-A*01:01"},
    "identifiers": {"ID": "rs1;rs2"},
    "lower case": {"REF": "acgtn", "ALT": "a"},
    "alleles of all kinds": {"ALT": "T,*,<CN0>,<NON_REF>,<*>,T[1:5[,]<c>:5]TT,.T,T."},
    "no ALT": {"ALT": ".", "INFO": "REAL=1;EACH=a;AC=10", "FORMAT": "GT:AD:PL", "S": "0/0:5:9"},
    "numbers": {"QUAL": "1.5e-10", "INFO": "REAL=-.5E+3;WHOLE=+2147483647"},
    "infinity": {"QUAL": "+Inf", "INFO": "REAL=NaN"},
    "point at the end": {"QUAL": "30."},
    "filters": {"FILTER": "q10;s50"},
    "unknown keys": {"INFO": "X;Y=1,a;1000G"},
    "missing values": {"ALT": "T,G", "INFO": "WHOLE=.;REAL=.,.;EACH=."},
    "flags": {"ALT": "T,G", "INFO": "FLAG;DB=1;H2=0;FLAGS"},
    "letter of two bytes": {"version": "4.3", "INFO": "SIGN=\N{GREEK SMALL LETTER ALPHA}"},
    "blank from 4.3 on": {"version": "4.3", "INFO": "TEXT=a b"},
    "no samples": {"FORMAT": None, "S": None},
    "FORMAT missing": {"FORMAT": ".", "S": "."},
    "underscore in FORMAT": {"FORMAT": "GT:MIN_DP", "S": "0/1:3"},
    "values left out": {"FORMAT": "GT:AD:PL:LETTER", "S": "0/1:1,2"},
    "nothing called": {"FORMAT": "GT:PL:AD", "S": ".:1,2,3:."},
    "three copies": {"FORMAT": "GT:PL", "S": "0/0|1:1,2,3,4"},
    "phase of the first": {"version": "4.4", "S": "|0/1"},
    "local alleles": {"version": "4.5", "FORMAT": "GT:LAA:LAD", "S": "0/1:1:3,4"},
}


@pytest.mark.parametrize("columns", SOUND.values(), ids=SOUND)
def test_nothing_is_said_about_what_is_allowed(columns):
    """In any version, unless one is given."""
    for version in [columns["version"]] if "version" in columns else VERSIONS:
        assert check({**columns, "version": version}) == []


def test_what_a_header_declares_goes_before_what_is_reserved():
    """The header is where it is named that they differ."""
    meta = (INFO.format("AF", "1", "Float"),)

    assert check({"ALT": "T,G", "INFO": "AF=0.5"}, meta) == []
    assert [remark.rule for remark in check({"ALT": "T,G", "INFO": "AF=0.5"}, ())] == [Rule.INFO_NUMBER]


def test_a_declaration_that_makes_no_sense_declares_nothing():
    """The same goes for a second one."""
    unsound = INFO.format("X", "N", "Integer"), INFO.format("X", "1", "Int")
    twice = INFO.format("X", "1", "Integer"), INFO.format("X", "2", "String")

    assert check({"INFO": "X=a,b"}, unsound) == []
    assert check({"INFO": "X=1"}, twice) == []


def test_the_remarks_about_a_record_do_not_depend_on_others():
    """So it does not matter which records are looked at, or by whom."""
    lines = [raw(columns) for columns, *_ in FAULTS.values() if "version" not in columns]
    rules = RecordRules(header())

    forwards = [list(rules.check(7, line)) for line in lines]
    backwards = [list(rules.check(7, line)) for line in reversed(lines)]

    assert forwards == backwards[::-1] == [list(RecordRules(header()).check(7, line)) for line in lines]


def test_a_header_can_be_sent_to_a_process_that_makes_its_own_rules():
    """Rules are cheap to make, and are made of the header alone."""
    sent = pickle.loads(pickle.dumps(header()))

    assert list(RecordRules(sent).check(7, raw({"QUAL": "x"}))) == check({"QUAL": "x"})
