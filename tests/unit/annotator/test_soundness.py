"""What is checked for a whole block at once is what is checked record by record."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gas.errors import InvalidInput
from services.annotator.vcf.ends import record_end
from services.annotator.vcf.header import Header
from services.annotator.vcf.records import Order, read_records
from services.annotator.vcf.soundness import sound_columns
from services.annotator.vcf.text import Block
from tests.unit.annotator import vcf_texts

HEADER = Header("4.3", (), vcf_texts.HEADER.splitlines()[-1], {})
FIRST_LINE = 4

# What may stand in the place of a character: separators, and what numbers and bases may be and may not.
replacements = st.sampled_from(
    ["", "\t", "\n", "#", "-", "+", "0", "9", "99999999", "x", "N", " ", ";", "\x1f", "<"]
)


class Lines:
    """The lines of a block, numbered as in the file."""

    def __init__(self, text):
        self._lines = text[:-1].split(b"\n")
        self.number = FIRST_LINE - 1

    def __iter__(self):
        for line in self._lines:
            self.number += 1
            yield line


@st.composite
def damaged(draw):
    """Records, of which a few characters may have been replaced."""
    text = b"".join(record + b"\n" for record in draw(vcf_texts.record_lists(6))).decode("latin-1")
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text) - 2))
        text = text[:place] + draw(replacements) + text[place + 1 :]
    return text.encode("latin-1")


@settings(max_examples=1000, deadline=None)
@given(damaged(), st.integers(-1, 400))
def test_a_block_is_sound_if_each_of_its_records_is(text, position):
    """With the same positions and ends, or with the same sentence about the first that is not.

    The record before is on the same contig as the first one, or there is none.
    """
    place = (text.split(b"\t")[0], position) if position >= 0 else (b"", 0)

    assert at_once(text, place) == one_by_one(text, place)


def at_once(text, place):
    try:
        columns, ends = sound_columns(Block(FIRST_LINE, text), HEADER, Order(*place))
    except InvalidInput as refused:
        return str(refused)
    return list(zip(columns.positions.tolist(), ends.tolist(), strict=True))


def one_by_one(text, place):
    try:
        return [
            (record.position, record_end(record.fields, record.position, record.line))
            for record in read_records(Lines(text), HEADER, Order(*place))
        ]
    except InvalidInput as refused:
        return str(refused)
