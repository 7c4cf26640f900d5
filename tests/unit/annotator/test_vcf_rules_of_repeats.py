"""A change that comes in a second record is named with the line of the first."""

import pytest

from services.annotator.vcf.rules.remark import Rule
from services.annotator.vcf.rules.repeats import Repeats


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (("1", 123, "C", "G"), ("1", 123, "C", "G"), True),
        (("1", 123, "C", "G"), ("1", 123, "c", "T,g"), True),
        (("1", 123, "TAT", "TGT"), ("1", 124, "A", "G"), True),
        (("1", 123, "AT", "AAT,AA"), ("1", 124, "T", "A"), True),
        (("1", 123, "C", "G"), ("1", 123, "C", "T"), False),
        (("1", 123, "C", "G"), ("2", 123, "C", "G"), False),
        (("1", 123, "C", "G"), ("1", 124, "C", "G"), False),
        (("1", 123, "C", "<INS>"), ("1", 123, "C", "<INS>"), False),
        (("1", 123, "C", "N"), ("1", 123, "C", "N"), False),
    ],
)
def test_a_change_that_comes_again_is_named(first, second, is_same):
    """However it is written, as far as REF and ALT alone can tell."""
    repeats = Repeats()

    assert list(repeats.check(4, site(*first))) == []
    found = list(repeats.check(5, site(*second)))

    assert [remark.rule for remark in found] == [Rule.REPEATED] * is_same
    assert all(str(remark).endswith("is in line 4 already.") for remark in found)


def site(contig, position, ref, alt):
    return f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\t.\t.".encode()
