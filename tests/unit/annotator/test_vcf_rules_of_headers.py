"""Headers that break the specification but can be annotated: each fault is named with its line."""

import pytest

from gas.errors import InvalidInput
from services.annotator.vcf.header import VERSIONS, read_header
from services.annotator.vcf.rules.header_rules import header_remarks
from services.annotator.vcf.text import Text
from tests.unit.annotator.vcf_rule_checks import FORMAT, INFO
from tests.unit.header_vectors import COLUMNS, NAMED, SOUND, header_text


@pytest.mark.parametrize(("version", "lines", "sentence"), NAMED.values(), ids=NAMED)
def test_a_fault_of_the_header_is_named_with_its_line(tmp_path, version, lines, sentence):
    """The file is read all the same."""
    (remark,) = remarks(tmp_path, version, lines)

    assert remark.sentence == sentence
    assert (remark.line, remark.column) == (2 + lines.count("\n"), None)
    assert str(remark) == f"Line {remark.line}: {sentence}"


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
    source.write_text(header_text(version, lines, columns), encoding="utf-8")
    with Text(source) as text:
        return list(header_remarks(read_header(text)))
