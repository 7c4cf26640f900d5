"""Known variants are joined by allele, however the allele is written."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pysam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annotator.annotation.alleles import (
    Change,
    Skip,
    is_transition,
    kind,
    normalise,
    why_skipped,
)
from services.annotator.pack.manifest import InfoKey, Kind
from services.annotator.pack.pack_contents import check_sources, source_schema
from services.annotator.pack.reference import Reference


@pytest.fixture
def reference(pack):
    return Reference(pack)


@pytest.fixture
def with_sources(pack, tmp_path_factory):
    """The pack with sources of known variants, each given as rows of place and values.

    A row is ``CONTIG POS REF ALT`` with a value, or None, for each of the keys.
    """

    def new(*sources, keys=("X_A",), rows_per_group=1 << 16, of=pack):
        folder = tmp_path_factory.mktemp("sources")
        made = [
            _source(pack, folder / f"{number}.parquet", keys, rows, rows_per_group)
            for number, rows in enumerate(sources)
        ]
        infos = tuple(InfoKey(key, "String", "d", None) for key in keys)
        changed = replace(of, sources=tuple(made), keys=infos)
        check_sources(changed)
        return changed

    return new


def _source(pack, path, keys, rows, rows_per_group):
    """Write a source as docs/packs.md says: row groups of one contig each."""
    schema = source_schema(Kind.ALLELES, keys)
    contigs = dict.fromkeys(place.split(" ")[0] for place, *_ in rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for contig in contigs:
            table = [row(place, keys, values) for place, *values in rows if place.startswith(f"{contig} ")]
            writer.write_table(pa.Table.from_pylist(table, schema), row_group_size=rows_per_group)
    name = path.stem
    return replace(
        pack.sources[0],
        name=name,
        title=name,
        file=str(path),
        keys=keys,
        records=len(rows),
        kind=Kind.ALLELES,
    )


def row(place, keys, values):
    contig, position, ref, alt = place.split(" ")
    places = {"contig": contig, "position": int(position), "ref": ref, "alt": alt}
    return {**places, **dict(zip(keys, values, strict=True))}


@pytest.fixture
def two_contigs(pack, tmp_path):
    """The pack with its contig under two names, both of which are sequences of their own."""
    bases = pysam.FastaFile(str(pack.path(pack.reference))).fetch("MT")
    path = tmp_path / "two.fa"
    path.write_text(f">A\n{bases}\n>B\n{bases}\n")
    pysam.faidx(str(path))
    contigs = [replace(pack.contigs[0], name=name, aliases=(), genes=None) for name in ("A", "B")]
    return replace(pack, contigs=tuple(contigs), reference=str(path))


def test_each_allele_has_its_own_values(bench):
    """Values are in the order of ALT, with a point where nothing is known."""
    (info,) = bench.records("MT 3243 A C,G,T").infos

    assert info["MITOMAP_CLNSIG"].split(",")[1] == "P"
    assert info["MITOMAP_CLNSIG"].split(",")[0] == "."
    assert info["MITOMAP_AC"].split(",")[1:] == ["10", "0"]
    assert info["MITOTIP_QUARTILE"].count(",") == 2


def test_the_same_insertion_is_known_at_each_place_of_a_repeat(bench):
    """One more C among the Cs that end at 309 is one change, wherever it is written."""
    result = bench.records("MT 302 A AC", "MT 305 C CC", "MT 308 CCT CCCT", "MT 309 C CC")

    counts = {info["MITOMAP_AC"] for info in result.infos}
    assert len(counts) == 1
    assert "." not in counts


def test_the_normal_form_is_leftmost_and_shortest(pack, reference):
    """As vt normalize and bcftools norm have it."""
    contig = pack.contigs[0]

    forms = {
        normalise(Change(*change), contig, reference)
        for change in ((309, "C", "CC"), (308, "CC", "CCC"), (302, "A", "AC"))
    }

    assert forms == {Change(302, "A", "AC")}


def test_a_shift_ends_at_the_start_of_the_contig(pack, reference):
    """There is nothing left of the first base, also in a circular genome."""
    change = normalise(Change(1, "GA", "A"), pack.contigs[0], reference)

    assert change.position == 1


def test_what_info_reserves_is_encoded(bench):
    """A comma or blank in a source's text would end a value or the column."""
    (info,) = bench.records("MT 1555 A G").infos

    assert set(info["MITOMAP_DISEASE"]).isdisjoint(" ,;=")


def test_several_sources_are_counted_by_allele(bench):
    """An allele that two sources know counts for each of them, its record once."""
    report = bench.records("MT 11778 G A", "MT 16000 G GTTT").report

    assert report.known_sources == {"mitomap_disease": 1, "mitomap_confirmed_mutations": 1}
    assert report.known_records == 1


def test_of_several_sources_the_first_in_the_manifest_gives_the_value(bench, with_sources):
    """Key by key: what the first does not know the second may."""
    first = [("MT 10 T C", "a", None), ("MT 12 T C", None, None)]
    second = [("MT 10 T C", "b", "c"), ("MT 11 C T", "d", "e")]
    pack = with_sources(first, second, keys=("X_A", "X_B"))

    result = bench.records("MT 10 T C", "MT 11 C T", "MT 12 T C", "MT 13 A C", pack=pack)

    assert [known(info) for info in result.infos] == [
        {"X_A": "a", "X_B": "c"},
        {"X_A": "d", "X_B": "e"},
        {},
        {},
    ]
    assert result.report.known_sources == {"0": 2, "1": 2}
    assert result.report.known_records == 3


def test_an_allele_is_looked_up_on_its_own_contig(bench, with_sources, two_contigs):
    """The same place on another contig is another place."""
    source = [("A 10 T C", "a"), ("A 20 T C", "b"), ("B 10 T C", "c"), ("B 309 C T", "d")]
    pack = with_sources(source, of=two_contigs)

    infos = bench.records("B 10 T C", "B 20 T C", "A 10 T C", "A 20 T C", "A 309 C T", pack=pack).infos

    assert [known(info).get("X_A") for info in infos] == ["c", None, "a", "b", None]


def test_a_source_without_rows_knows_nothing(bench, with_sources):
    """A pack may be made from files that have nothing on its contigs."""
    result = bench.records("MT 10 T C", pack=with_sources([]))

    assert known(result.infos[0]) == {}
    assert result.report.known_sources == {}


def test_values_come_out_as_they_are_in_the_source(bench, with_sources):
    """Who made the pack has encoded what a VCF reserves."""
    pack = with_sources([("MT 10 T C", "a%2Cb%3Bc_100%25"), ("MT 11 C T", "\u00e9")])

    infos = bench.records("MT 10 T C", "MT 11 C T", pack=pack).infos

    assert [known(info)["X_A"] for info in infos] == ["a%2Cb%3Bc_100%25", "\u00e9".encode().decode("latin-1")]


def test_a_key_may_be_one_letter(bench, with_sources):
    """The specification asks for no more (section 1.6.1, INFO)."""
    pack = with_sources([("MT 10 T C", "a")], keys=("X",))

    infos = bench.records("MT 10 T C X=b;Y=c", pack=pack).infos

    assert (infos[0]["X"], infos[0]["Y"]) == ("a", "c")


places = st.integers(300, 320)
alts = st.text("ACGT", min_size=1, max_size=3)
written = st.tuples(places, st.integers(1, 3), st.lists(alts, min_size=1, max_size=3))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.lists(written, min_size=1, max_size=12), st.integers(1, 4))
def test_the_join_is_that_of_normal_forms(new_bench, with_sources, pack, data, drawn, rows_per_group):
    """Whatever the alleles, the row groups and how much is known."""
    contig, reference = pack.contigs[0], Reference(pack)
    drawn.sort(key=lambda record: record[0])
    records = [(place, reference.bases(contig, place, length), alts) for place, length, alts in drawn]
    forms = [
        [None if alt == ref else normalise(Change(place, ref, alt), contig, reference) for alt in alts]
        for place, ref, alts in records
    ]
    sound = sorted({form for row in forms for form in row if form})
    known_forms = [form for form in sound if data.draw(st.booleans())]
    rows = [("MT {} {} {}".format(*form), f"v{number}") for number, form in enumerate(known_forms)]

    lines = [f"MT {place} {ref} {','.join(alts)}" for place, ref, alts in records]
    with_rows = with_sources(rows, rows_per_group=rows_per_group)
    infos = new_bench().records(*lines, pack=with_rows).infos

    values = dict(zip(known_forms, (value for _, value in rows), strict=True))
    for info, alleles in zip(infos, forms, strict=True):
        expected = [values.get(form, ".") for form in alleles]
        assert known(info) == ({"X_A": ",".join(expected)} if set(expected) != {"."} else {})


def known(info):
    """The entries of an INFO that sources gave."""
    return {key: value for key, value in info.items() if key.startswith("X_")}


@pytest.mark.parametrize(
    ("ref", "alt", "expected"),
    [
        ("A", "G", "SNV"),
        ("CAT", "CGT", "SNV"),
        ("CA", "TG", "MNV"),
        ("A", "AT", "insertion"),
        ("CAT", "CGAT", "insertion"),
        ("AT", "A", "deletion"),
        ("CAT", "CT", "deletion"),
        ("G", "TG", "insertion"),
        ("GA", "A", "deletion"),
        ("AT", "GCC", "indel"),
    ],
)
def test_the_type_of_a_change_does_not_depend_on_padding(ref, alt, expected):
    """Bases that both alleles share say nothing about the change, on whichever side they are."""
    assert kind(ref, alt) == expected


def test_transitions_stay_within_purines_or_pyrimidines():
    """A and G are purines, C and T are pyrimidines."""
    assert is_transition("A", "G")
    assert is_transition("CT", "CC")
    assert not is_transition("A", "C")


def test_alleles_that_are_sequence_are_not_skipped():
    """Any other has its reason."""
    assert why_skipped("A", "ACGT") is None
    assert why_skipped("A", "<CN0>") is Skip.SYMBOLIC_ALLELE
    assert why_skipped("A", "]2:7]A") is Skip.BREAKEND
