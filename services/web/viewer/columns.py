"""The columns of the table as people see it: their names, what they mean, and what can be sorted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.web.viewer.content import GENOTYPE, OWN_COLUMNS, Content, Key


@dataclass(frozen=True)
class Column:
    """A column of the page.

    :ivar name: of the column in the table.
    :ivar help: one sentence.
    :ivar sort: what the first click on it sorts by; empty if it cannot be sorted by.
    """

    name: str
    title: str
    help: str
    sort: str = ""


_OWN = (
    Column(
        "position",
        "Position",
        "Contig and position of the first base of REF, as in the file.",
        "position",
    ),
    Column("ref", "REF", "The bases of the reference at this position."),
    Column("alt", "ALT", "The allele; a record with several alleles has a row for each."),
    Column("id", "ID", "What the file itself calls the variant, such as an rs number.", "id"),
    Column("gene", "Gene", "Gene of the most severe consequence.", "gene"),
    Column(
        "consequence",
        "Consequence",
        "Most severe consequence on any transcript, in terms of the Sequence Ontology.",
        "severity",
    ),
    Column(
        "impact",
        "Impact",
        "How much the consequence is likely to disturb the gene product: HIGH, MODERATE, LOW or MODIFIER.",
        "severity",
    ),
    Column("hgvsp", "Protein", "HGVS name of the change of the protein."),
    Column("hgvsc", "Coding DNA", "HGVS name of the change on the transcript."),
    Column("type", "Type", "SNV, MNV, insertion, deletion, or indel (both at once).", "type"),
    Column("qual", "QUAL", "Quality of the call, as the file says: higher is better.", "-qual"),
    Column("filter", "FILTER", "Filters that the call did not pass, as the file says; PASS: none.", "filter"),
    Column("skip", "Not annotated", "Why the record was kept as it was, without annotation.", "skip"),
)
_ELSEWHERE = (
    Column("line", "Line", "Line of the record in the uploaded file, uncompressed."),
    Column("contig", "Contig", "Contig as the file calls it."),
    Column("allele", "Allele", "Which of the alleles of the record this is, counted from 1."),
    Column("severity", "Severity", "Rank of the consequence: 0 is the most severe."),
    Column("transcript", "Transcript", "Transcript of the most severe consequence."),
)
_BY_NAME: Mapping[str, Column] = {column.name: column for column in (*_ELSEWHERE, *_OWN)}

#: Known values come in this order; those of no role last.
_ROLE_ORDER = ("significance", "disease", "frequency", "score", "rsid", "")

#: What the first click on a column of this role sorts by: the rarest first, but the highest score.
_FIRST = {"frequency": ""}


def shown_columns(content: Content) -> list[Column]:
    """The columns of the page, without those that are empty in the whole table."""
    columns = (*_OWN, *_known(content), *_genotypes(content))
    return [column for column in columns if column.name in content.filled]


def all_columns(content: Content) -> list[Column]:
    """Every column of the table, empty or not, in the order of the file."""
    more = {column.name: column for column in (*_known(content), *_genotypes(content))}
    return [_BY_NAME.get(name) or more[name] for name in content.columns if name in _BY_NAME or name in more]


def sorts(content: Content) -> set[str]:
    """What the table can be sorted by, without a minus."""
    return {column.sort.removeprefix("-") for column in shown_columns(content) if column.sort}


def _known(content: Content) -> list[Column]:
    keys = sorted(content.keys, key=lambda key: _ROLE_ORDER.index(key.role))
    return [Column(key.id, _words(key.id), key.description or "A known value.", _sort(key)) for key in keys]


def _sort(key: Key) -> str:
    return f"{_FIRST.get(key.role, '-' if key.type != 'String' else '')}{key.id}"


def _genotypes(content: Content) -> list[Column]:
    return [
        Column(f"{GENOTYPE}{number}", name, f"Genotype of the sample {name}, as in the file.")
        for number, name in enumerate(content.samples, 1)
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")


assert set(OWN_COLUMNS) == set(_BY_NAME)
