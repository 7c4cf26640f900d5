"""Describes what changes of a coding sequence do to its protein, as HGVS recommends it.

Source: HGVS Nomenclature v21 (https://hgvs-nomenclature.org), protein recommendations. Descriptions are
predictions; as Ensembl's VEP has them, they are written without the parentheses that say so.
"""

from __future__ import annotations

from services.annotator.hgvs.coding_sequences import METHIONINE, CodingSequence
from services.annotator.hgvs.edits import shared_start
from services.annotator.hgvs.genetic_codes import STOP, UNKNOWN

_CODON = 3
_THREE_LETTERS = {
    "A": "Ala",
    "C": "Cys",
    "D": "Asp",
    "E": "Glu",
    "F": "Phe",
    "G": "Gly",
    "H": "His",
    "I": "Ile",
    "K": "Lys",
    "L": "Leu",
    "M": "Met",
    "N": "Asn",
    "P": "Pro",
    "Q": "Gln",
    "R": "Arg",
    "S": "Ser",
    "T": "Thr",
    "U": "Sec",
    "V": "Val",
    "W": "Trp",
    "Y": "Tyr",
    "*": "Ter",
}
_START_LOST = "Met1?"
_START_KEPT = "Met1="


def describe_substitution(coding: CodingSequence, number: int, base: str) -> str | None:
    """What one base does to the protein, as ``Arg340His``.

    :param number: of the coding base, counted from 1.
    :param base: what it becomes, on the strand of the transcript.
    """
    index, inside = divmod(coding.missing + number - 1, _CODON)
    if index >= len(coding.protein):
        return None
    codon = coding.bases[index * _CODON : (index + 1) * _CODON]
    changed = codon[:inside] + base + codon[inside + 1 :]
    if not index and coding.started:
        return _START_KEPT if coding.keeps_start(changed) else _START_LOST
    before, after = coding.protein[index], coding.code.residues.get(changed, UNKNOWN)
    if UNKNOWN in (before, after):
        return None
    if before == STOP:
        if changed in coding.code.stops:
            return f"Ter{index + 1}="
        following = coding.code.translate_to_stop(coding.bases[(index + 1) * _CODON :])
        return _extension(coding.protein, index, after + following)
    return f"{_THREE_LETTERS[before]}{index + 1}{'=' if before == after else _THREE_LETTERS[after]}"


def describe_replacement(coding: CodingSequence, start: int, end: int, alt: str) -> str | None:
    """What the bases ``alt`` in the place of others do to the protein.

    :param start: how many coding bases stand before them; negative if they begin before the first one.
    :param end: how many stand before what follows them.
    """
    if start < 0:
        return _START_LOST if coding.started else None
    start, end = start + coding.missing, end + coding.missing
    first, last = start // _CODON, -(-end // _CODON)
    changed = coding.bases[first * _CODON : start] + alt + coding.bases[end:]
    if not first and coding.started and not coding.keeps_start(changed[:_CODON]):
        return _START_LOST
    growth = len(alt) - (end - start)
    if growth % _CODON == 0:
        local = coding.code.translate(changed[: (last - first) * _CODON + growth])
        reaches_stop = last >= len(coding.protein) and coding.protein.endswith(STOP)
        if STOP in local or not reaches_stop:
            return _in_frame(coding, first, last, _from_start(coding, first, local))
    return _out_of_frame(coding, first, _from_start(coding, first, coding.code.translate_to_stop(changed)))


def _from_start(coding: CodingSequence, first: int, residues: str) -> str:
    """Residues from the codon ``first`` on, of which the one that starts translation is methionine."""
    return METHIONINE + residues[1:] if residues and not first and coding.started else residues


def _in_frame(coding: CodingSequence, first: int, last: int, after: str) -> str | None:
    """Residues in the place of those of the codons from ``first`` to before ``last``."""
    protein = coding.protein
    before = protein[first:last]
    after = after[: after.index(STOP) + 1] if STOP in after else after
    if before == after:
        # Nothing is left to compare in a last codon that is not whole.
        return f"{_residues(protein, first, first + len(before))}=" if before and _known(before) else None
    head = shared_start(before, after)
    at, before, after = first + head, before[head:], after[head:]
    if not _known(before + after):
        return None
    if after.startswith(STOP):
        known = at < len(protein) and _known(protein[at])
        return f"{_residues(protein, at, at + 1)}Ter" if known else None
    if not after.endswith(STOP) or before.endswith(STOP):
        tail = shared_start(before[::-1], after[::-1])
        before, after = before[: len(before) - tail], after[: len(after) - tail]
    if not after:
        return _deletion(protein, at, len(before))
    if not before:
        return _insertion(protein, at, after)
    where = _residues(protein, at, at + len(before))
    return f"{where}{'' if len(before) == len(after) == 1 else 'delins'}{_spelled(after)}"


def _deletion(protein: str, at: int, length: int) -> str:
    while protein[at + length : at + length + 1] == protein[at]:
        at += 1
    return f"{_residues(protein, at, at + length)}del"


def _insertion(protein: str, at: int, inserted: str) -> str | None:
    while not inserted.endswith(STOP) and protein[at : at + 1] == inserted[0]:
        at, inserted = at + 1, inserted[1:] + inserted[0]
    length = len(inserted)
    if protein[at:] == STOP:
        # HGVS, Extension: also what is inserted or duplicated at the end makes the protein longer.
        return _extension(protein, at, inserted.rstrip(STOP) + STOP)
    if at >= length and protein[at - length : at] == inserted:
        return f"{_residues(protein, at - length, at)}dup"
    if not 0 < at < len(protein) or not _known(protein[at - 1 : at + 1]):
        return None
    return f"{_residues(protein, at - 1, at + 1)}ins{_spelled(inserted)}"


def _out_of_frame(coding: CodingSequence, first: int, after: str) -> str | None:
    """Residues in the place of all from the codon ``first`` on, up to the first stop if there is one."""
    protein = coding.protein
    before = protein[first:]
    head = shared_start(before, after)
    at, new = first + head, after[head:]
    if at == len(protein):
        # All residues are the same: the stop codon is, or the model has none and nothing can be said.
        return f"{_residues(protein, at - 1, at)}=" if protein.endswith(STOP) else None
    if not _known(protein[at] + new[:1]):
        return None
    if protein[at] == STOP:
        return _extension(protein, at, new)
    if not new:
        return f"{_residues(protein, at, at + 1)}fs"
    if new == STOP:
        return f"{_residues(protein, at, at + 1)}Ter"
    return f"{_residues(protein, at, at + 1)}{_THREE_LETTERS[new[0]]}fsTer{_stop(new, 1)}"


def _extension(protein: str, at: int, new: str) -> str:
    """Residues from the lost stop on. The new stop counts from the first residue after the lost one."""
    residue = _THREE_LETTERS.get(new[:1], "del")
    return f"{_residues(protein, at, at + 1)}{residue}extTer{_stop(new, 0)}"


def _stop(residues: str, first: int) -> str:
    """The number of the stop when the first residue has the number ``first``."""
    return str(len(residues) - 1 + first) if residues.endswith(STOP) else "?"


def _residues(protein: str, start: int, end: int) -> str:
    """The first and last of some residues with their positions, or the only one."""
    first = f"{_THREE_LETTERS[protein[start]]}{start + 1}"
    return first if end == start + 1 else f"{first}_{_THREE_LETTERS[protein[end - 1]]}{end}"


def _spelled(residues: str) -> str:
    return "".join(map(_THREE_LETTERS.__getitem__, residues))


def _known(residues: str) -> bool:
    return UNKNOWN not in residues
