"""Looking at a record costs a bounded time and memory, however long and odd the record is."""

import pytest

from services.annotator.vcf.rules.memory import MOST_LENGTH, MOST_TEXTS, Memories, Memory
from services.annotator.vcf.rules.record_rules import MOST_BYTES, MOST_REMARKS, MOST_SAMPLES
from services.annotator.vcf.rules.remark import Rule
from tests.unit.annotator.vcf_rule_checks import check


def test_only_the_first_samples_are_looked_at():
    """What a caller does wrong in one sample it does wrong in most."""
    sample_columns = ["0"] * (MOST_SAMPLES - 1) + ["x", "x"]

    (remark,) = check({"S": "\t".join(sample_columns)})

    assert remark.column == 9 + MOST_SAMPLES


def test_only_the_start_of_a_very_long_record_is_looked_at():
    """It ends with a column, so that nothing is called broken that was cut."""
    whole = check({"INFO": "X=" + "\N{GREEK SMALL LETTER ALPHA}" * MOST_BYTES, "version": "4.3"})
    before = check({"QUAL": "x", "S": "0/1\t" * MOST_BYTES + "x"})

    assert whole == []
    assert [remark.rule for remark in before] == [Rule.QUAL]


def test_there_is_an_end_to_the_remarks_about_a_record():
    """A record with a fault in each of its values would fill the log."""
    assert len(check({"INFO": ";".join(f"X{n}=" for n in range(100))})) == MOST_REMARKS


@pytest.mark.parametrize(
    "part", ["1" * 50_000, "1," * 25_000, ";" * 50_000, "A" * 50_000, "/0" * 25_000, "<" * 9]
)
@pytest.mark.parametrize("column", ["CHROM", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "S"])
@pytest.mark.parametrize("version", ["4.2", "4.5"])
def test_no_record_is_too_odd_to_be_looked_at(version, column, part):
    """However long its parts are, and however many."""
    prefix = {"INFO": "WHOLE=", "FORMAT": "GT:"}.get(column, "")

    assert all(str(remark).endswith(".") for remark in check({"version": version, column: prefix + part}))


def test_a_memory_has_an_end():
    """A file that has ever new texts does not fill the memory of the process."""
    memory = Memory()
    for number in range(MOST_TEXTS + 10):
        assert memory.keep(b"%d" % number, number) == number

    assert len(memory) == MOST_TEXTS
    assert Memory().keep(b"x" * (MOST_LENGTH + 1), 1) == 1
    assert Memories(most=2).of(3) == {}
