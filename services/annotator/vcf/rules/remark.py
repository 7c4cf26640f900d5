"""What is said about a part of a file that breaks the specification but can be annotated all the same."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Rule(StrEnum):
    """What a remark is about: the word under which remarks are counted."""

    META_STRUCTURE = "meta_structure"
    META_FIELD = "meta_field"
    META_ID = "meta_id"
    META_RESERVED = "meta_reserved"
    COLUMNS = "columns"
    ENCODING = "encoding"
    CHROM = "chrom"
    ID = "id"
    REF = "ref"
    ALT = "alt"
    QUAL = "qual"
    FILTER = "filter"
    INFO_SYNTAX = "info_syntax"
    INFO_TYPE = "info_type"
    INFO_NUMBER = "info_number"
    FORMAT = "format"
    GENOTYPE = "genotype"
    SAMPLE_SYNTAX = "sample_syntax"
    SAMPLE_TYPE = "sample_type"
    SAMPLE_NUMBER = "sample_number"
    PHASE_SET = "phase_set"
    STRUCTURAL = "structural"
    REPEATED = "repeated"


class Problem(NamedTuple):
    """A broken rule in a record, of which the line is known elsewhere.

    :ivar column: tab-separated column, counted from 1.
    """

    column: int
    rule: Rule
    sentence: str


class Remark(NamedTuple):
    """A broken rule and its place.

    :ivar line: line of the uncompressed file, counted from 1.
    :ivar column: tab-separated column, counted from 1; None for a line that has none.
    :ivar sentence: what is wrong, without the place.
    """

    line: int
    column: int | None
    rule: Rule
    sentence: str

    def __str__(self) -> str:
        place = f"Line {self.line}, column {self.column}" if self.column else f"Line {self.line}"
        return f"{place}: {self.sentence}"
