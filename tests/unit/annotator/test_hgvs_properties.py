"""What a name says, done to the reference as one reads it, gives what the change gives."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from services.annotator.hgvs.genetic_codes import genetic_code
from tests.unit.annotator.hgvs_genome import Gene, other_strand

POSITION = r"[*-]?\d+(?:[+-]\d+)?"
NAME = re.compile(rf"[cngm]\.({POSITION})(?:_({POSITION}))?(delins|del|dup|ins|inv|[ACGT]>)([ACGT]*)")
RESIDUE = r"([A-Z][a-z]{2})(\d+)"
PROTEIN = re.compile(rf"{RESIDUE}(?:_{RESIDUE})?(=|delins|del|dup|ins|fs|)((?:[A-Z][a-z]{{2}})*)")
SHIFT = re.compile(rf"{RESIDUE}([A-Z][a-z]{{2}}|del)(fs|ext)Ter(\d+|\?)")
NAMES = "AlaCysAspGluPheGlyHisIleLysLeuMetAsnProGlnArgSerThrValTrpTyrTer"
LETTERS = dict(zip(re.findall("...", NAMES), "ACDEFGHIKLMNPQRSTVWY*", strict=True))

few = st.text("AC", max_size=8) | st.text("ACGT", max_size=8)
gap = st.text("ac", min_size=4, max_size=10) | st.text("acgt", min_size=4, max_size=22)
codons = st.lists(st.sampled_from(["AAA", "AAC", "ACA", "CAA", "CCC", "GCA", "TGG", "TTA"]), max_size=8)


@st.composite
def genes(draw):
    """A coding gene of one to three exons; few letters make many repeats."""
    leader, trailer = draw(few), draw(few)
    bases = f"{leader}ATG{''.join(draw(codons))}TAA{trailer}"
    marks = {len(leader): "[", len(bases) - len(trailer): "]"}
    cuts = draw(st.sets(st.integers(1, len(bases) - 1), max_size=2))
    text = "".join(
        (draw(gap) if place in cuts else "") + marks.get(place, "") + base for place, base in enumerate(bases)
    )
    return Gene(f"{draw(gap)}{text}{'' if trailer else ']'}{draw(gap)}", forward=draw(st.booleans()))


@st.composite
def changes(draw):
    """A gene, and a change in the direction of its transcript."""
    gene = draw(genes())
    first = gene.exons[0][0] - 2 + draw(st.integers(0, gene.exons[-1][1] - gene.exons[0][0] + 2))
    ref = gene.sequence[first - 1 :][: draw(st.sampled_from([1, 1, 1, 2, 3, 4, 4, 7, 9]))]
    written = st.text("AC", min_size=1, max_size=5) | st.text("ACGT", min_size=1, max_size=7)
    copied = gene.sequence[first - 1 : first + draw(st.integers(0, 6))]
    alt = draw(written | st.sampled_from([ref[0], ref + ref, ref[0] + copied, other_strand(ref)]))
    return gene, first, ref, alt if alt != ref else ref + "C"


@settings(max_examples=200, deadline=None)
@given(changes())
def test_a_name_means_the_change(drawn):
    """On the transcript with its introns, and on the contig."""
    gene, first, ref, alt = drawn

    names = gene.change(*drawn[1:])

    wanted = changed(gene.sequence, first, ref, alt)
    for name in names.coding:
        assert done(name, gene.sequence, transcript_labels(gene)) == wanted
    on_contig = [str(place) for place in range(1, len(wanted) + len(ref) + 1)]
    made = done(names.genomic, gene.bases_of_contig, on_contig[: len(gene.sequence)])
    assert made == (wanted if gene.forward else other_strand(wanted))


@settings(max_examples=200, deadline=None)
@given(changes())
def test_a_name_within_exons_means_the_change_of_what_is_spliced(drawn):
    """Labels of the exons alone, and the sequence that is left without introns."""
    gene, first, ref, alt = drawn
    names = gene.change(*drawn[1:])

    labels = transcript_labels(gene)
    places = [place - 1 for exon in gene.exons for place in range(exon[0], exon[1] + 1)]
    spliced = "".join(gene.sequence[place] for place in places)
    for name in names.coding:
        if in_one_exon(gene, first, ref) and not re.search(r"\d[+-]\d", name):
            done_spliced = done(name, spliced, [labels[place] for place in places])
            assert done_spliced == changed_and_spliced(gene, first, ref, alt)


@settings(max_examples=200, deadline=None)
@given(changes())
def test_a_change_cannot_be_named_further_to_the_end(drawn):
    """The 3' rule: moved by one base, a deletion or insertion is another change or leaves the transcript."""
    gene, first, ref, alt = drawn
    labels = transcript_labels(gene)
    wanted = changed(gene.sequence, first, ref, alt)

    for name in gene.change(*drawn[1:]).coding:
        start, end, kind, bases = NAME.fullmatch(name.removeprefix("T:")).groups()
        start, end = labels.index(start), labels.index(end or start)
        if kind == "ins":
            copied = slice(max(0, start + 1 - len(bases)), start + 1)
            assert gene.sequence[copied] != bases or not all(labels[copied]), "this is a duplication"
            start, end, bases = start + 1, end + 1, bases[1:] + bases[0]
        elif kind in {"del", "dup"}:
            start, end = start + 1, end + 1
        if kind in {"del", "dup", "ins"} and end < len(labels) and labels[end]:
            moved = f"c.{labels[start]}_{labels[end]}{kind}{bases}"
            assert done(moved, gene.sequence, labels) != wanted


@settings(max_examples=400, deadline=None)
@given(changes())
def test_a_protein_name_means_the_translation_of_the_change(drawn):
    """Up to the first stop, from which on nothing is translated."""
    gene, first, ref, alt = drawn
    names = gene.change(*drawn[1:])
    if not names.protein or not in_one_exon(gene, first, ref):
        return
    ((name,),) = ([kind.removeprefix("T:p.") for kind in names.protein],)
    leader = sum(end - start + 1 for start, end in gene.exons if end < gene.coding[0])
    leader += next(gene.coding[0] - start for start, end in gene.exons if start <= gene.coding[0] <= end)

    reference = translated(changed_and_spliced(gene, 1, "", "")[leader:])
    coding = changed_and_spliced(gene, first, ref, alt)[leader:]
    if name == "Met1?":
        assert coding[:3] != "ATG" or first < gene.coding[0]
    else:
        check_protein(name, reference, translated(coding))


def changed(sequence, first, ref, alt):
    return sequence[: first - 1] + alt + sequence[first - 1 + len(ref) :]


def in_one_exon(gene, first, ref):
    return any(start <= first and first + len(ref) - 1 <= end for start, end in gene.exons)


def changed_and_spliced(gene, first, ref, alt):
    """The exons, one of which has the change."""
    pieces = [
        changed(gene.sequence[start - 1 : end], first - start + 1, ref, alt)
        if start <= first and first + len(ref) - 1 <= end
        else gene.sequence[start - 1 : end]
        for start, end in gene.exons
    ]
    return "".join(pieces)


def transcript_labels(gene):
    """What HGVS calls each base, in the transcript's direction; an empty text outside the transcript."""
    labels = [""] * len(gene.sequence)
    number = 1 - sum(
        1 for start, end in gene.exons for place in range(start, end + 1) if place < gene.coding[0]
    )
    for start, end in gene.exons:
        for place in range(start, end + 1):
            labels[place - 1] = spelled(number, gene, place)
            number += 1
    for (_, last), (following, _) in zip(gene.exons, gene.exons[1:], strict=False):
        for place in range(last + 1, following):
            before, behind = place - last, following - place
            near = f"{labels[last - 1]}+{before}" if before <= behind else f"{labels[following - 1]}-{behind}"
            labels[place - 1] = near
    return labels


def spelled(number, gene, place):
    if place > gene.coding[1]:
        coding = sum(
            1
            for start, end in gene.exons
            for other in range(start, end + 1)
            if gene.coding[0] <= other <= gene.coding[1]
        )
        return f"*{number - coding}"
    return str(number if number > 0 else number - 1)


def done(name, sequence, labels):
    """A sequence after what a name says, when its bases have these labels."""
    start, end, kind, bases = NAME.fullmatch(name.partition(":")[2] or name).groups()
    first, last = labels.index(start), labels.index(end or start)
    assert first <= last
    old = sequence[first : last + 1]
    if kind == "ins":
        assert last == first + 1
        return sequence[:last] + bases + sequence[last:]
    if kind.endswith(">"):
        assert kind == f"{old}>"
    new = {"del": "", "dup": old + old, "inv": other_strand(old)}.get(kind, bases)
    assert kind != "inv" or len(old) > 1
    return sequence[:first] + new + sequence[last + 1 :]


def translated(coding):
    return genetic_code(1).translate_to_stop(coding)


def check_protein(name, reference, mutant):
    """Whether the reference protein becomes the mutant when what a name says is done to it."""
    if found := SHIFT.fullmatch(name):
        residue, number, new, kind, stop = found.groups()
        before = int(number) - 1
        assert reference[before] == LETTERS[residue]
        assert (kind == "ext") == (residue == "Ter")
        assert mutant[:before] == reference[:before]
        assert mutant[before : before + 1] == LETTERS.get(new, "")
        assert mutant[before:] != "*"
        count = len(mutant) - before - (kind == "ext")
        assert stop == (str(count) if mutant.endswith("*") else "?")
        return
    first, start, last, end, kind, new = PROTEIN.fullmatch(name).groups()
    low, high = int(start) - 1, int(end or start)
    assert (reference[low], reference[high - 1]) == (LETTERS[first], LETTERS[last or first])
    new = "".join(LETTERS[new[place : place + 3]] for place in range(0, len(new), 3))
    old = reference[low:high]
    middle = {"=": old, "del": "", "dup": old + old, "ins": f"{old[0]}{new}{old[-1]}"}.get(kind, new)
    if kind == "fs":
        # The short form: the transcript ends before the first new residue.
        assert mutant == reference[:low]
        return
    made = reference[:low] + middle + reference[high:]
    assert made.partition("*")[0] == mutant.rstrip("*")
    assert mutant.endswith("*")
