"""Records are told apart to be quick, and what comes of them does not depend on it."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings

from services.annotator.annotation.allele_table import tabulate
from services.annotator.annotation.queries import Queries
from services.annotator.annotation.screening import screen
from services.annotator.pack.reference import Reference
from services.annotator.vcf.columns import Columns
from services.annotator.vcf.text import Block
from tests.unit.annotator import vcf_texts
from tests.unit.annotator.conftest import site

WIDTH = vcf_texts.HEADER.count(b"\t") + 1


def columns_of(lines, width=WIDTH):
    return Columns(Block(1, b"".join(line + b"\n" for line in lines)), width)


def plainly(value):
    """A value that compares."""
    if isinstance(value, Queries):
        return {name: plainly(part) for name, part in vars(value).items()}
    return value if value is None else value.tolist()


def nothing_at_once(screened):
    """As if every record had to be looked at."""
    names = {field.name for field in fields(screened)} - {"contigs", "others"}
    empty = {name: getattr(screened, name)[:0] for name in names}
    return replace(screened, **empty, others=np.arange(len(screened.contigs)))


@settings(max_examples=300, deadline=None)
@given(vcf_texts.record_lists(20))
def test_the_alleles_are_those_of_looking_at_each_record(pack, records):
    """Also in the numbers that go with them, and in what the engine is asked."""
    columns, reference = columns_of(records), Reference(pack)
    screened = screen(columns, pack, reference)
    one_by_one = nothing_at_once(screened)

    at_once = tabulate(columns, screened, pack, reference)
    each = tabulate(columns, one_by_one, pack, reference)

    for field in fields(at_once):
        assert plainly(getattr(at_once, field.name)) == plainly(getattr(each, field.name)), field.name


@settings(max_examples=100, deadline=None)
@given(vcf_texts.record_lists(20))
def test_every_record_is_in_one_class(pack, records):
    """Plain, foreign, or to be looked at."""
    columns = columns_of(records)

    screened = screen(columns, pack, Reference(pack))

    places = np.concatenate([screened.plain, screened.foreign, screened.others])
    assert sorted(places.tolist()) == list(range(columns.size))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("MT 10 T C", "plain"),
        ("MT 16569 G A", "plain"),
        ("MT 10 T TA", "plain"),
        ("MT 9 GT G", "plain"),
        ("MT 10 TC T", "plain"),
        ("MT 10 t c", "others"),
        ("MT 10 T C,A", "others"),
        ("MT 10 T T", "others"),
        ("MT 10 T TT", "plain"),
        ("MT 10 G C", "others"),
        ("MT 0 N A", "others"),
        ("MT 16570 G A", "others"),
        ("MT 16569 GG G", "others"),
        ("MT 10 T <DEL>", "others"),
        ("MT 10 T ", "others"),
        ("1 10 T C", "foreign"),
        ("1 10 T <DEL>", "foreign"),
        ("1 10 T C,A", "others"),
    ],
)
def test_most_records_are_plain(pack, line, kind):
    """That is what makes it quick: one allele of one base, or what is inserted or deleted after one."""
    columns = columns_of([site(line).rstrip(b"\n")], 8)

    screened = screen(columns, pack, Reference(pack))

    assert getattr(screened, kind).tolist() == [0]
