"""The genetic codes of NCBI: which residue each codon stands for, and where translation starts and stops.

The tables are those of https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi (gc.prt, version 4.6,
public domain): for the 64 codons in the order TTT, TTC, TTA, TTG, TCT, ... GGG, first the residues, then
``M`` for a codon that can start and ``*`` for one that can stop translation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

from gas.errors import Misconfigured

UNKNOWN = "X"
STOP = "*"

_TABLES = {
    1: """FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
          ---M------**--*----M---------------M----------------------------""",
    2: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSS**VVVVAAAADDEEGGGG
          ----------**--------------------MMMM----------**---M------------""",
    3: """FFLLSSSSYY**CCWWTTTTPPPPHHQQRRRRIIMMTTTTNNKKSSRRVVVVAAAADDEEGGGG
          ----------**----------------------MM---------------M------------""",
    4: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
          --MM------**-------M------------MMMM---------------M------------""",
    5: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSSSVVVVAAAADDEEGGGG
          ---M------**--------------------MMMM---------------M------------""",
    6: """FFLLSSSSYYQQCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
          --------------*--------------------M----------------------------""",
    9: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG
          ----------**-----------------------M---------------M------------""",
    10: """FFLLSSSSYY**CCCWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------**-----------------------M----------------------------""",
    11: """FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ---M------**--*----M------------MMMM---------------M------------""",
    12: """FFLLSSSSYY**CC*WLLLSPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------**--*----M---------------M----------------------------""",
    13: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNKKSSGGVVVVAAAADDEEGGGG
           ---M------**----------------------MM---------------M------------""",
    14: """FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNNKSSSSVVVVAAAADDEEGGGG
           -----------*-----------------------M----------------------------""",
    15: """FFLLSSSSYY*QCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------*---*--------------------M----------------------------""",
    16: """FFLLSSSSYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------*---*--------------------M----------------------------""",
    21: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIMMTTTTNNNKSSSSVVVVAAAADDEEGGGG
           ----------**-----------------------M---------------M------------""",
    22: """FFLLSS*SYY*LCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ------*---*---*--------------------M----------------------------""",
    23: """FF*LSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           --*-------**--*-----------------M--M---------------M------------""",
    24: """FFLLSSSSYY**CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG
           ---M------**-------M---------------M---------------M------------""",
    25: """FFLLSSSSYY**CCGWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ---M------**-----------------------M---------------M------------""",
    26: """FFLLSSSSYY**CC*WLLLAPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------**--*----M---------------M----------------------------""",
    27: """FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           --------------*--------------------M----------------------------""",
    28: """FFLLSSSSYYQQCCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------**--*--------------------M----------------------------""",
    29: """FFLLSSSSYYYYCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           --------------*--------------------M----------------------------""",
    30: """FFLLSSSSYYEECC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           --------------*--------------------M----------------------------""",
    31: """FFLLSSSSYYEECCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ----------**-----------------------M----------------------------""",
    32: """FFLLSSSSYY*WCC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG
           ---M------*---*----M------------MMMM---------------M------------""",
    33: """FFLLSSSSYYY*CCWWLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSSKVVVVAAAADDEEGGGG
           ---M-------*-------M---------------M---------------M------------""",
}
_CODONS = tuple(map("".join, product("TCAG", repeat=3)))

# NCBI lets TTG and CTG start in the standard table as well. That they do is rare, and a coding sequence
# that starts with one is as a rule one whose start is not known; Ensembl's VEP and the default table of
# bcftools csq know ATG alone.
_STANDARD = 1
_STANDARD_STARTS = frozenset({"ATG"})

# Tables that are used in mitochondria; number 4, which Mycoplasma has too, is not among them.
MITOCHONDRIAL_CODES = frozenset({2, 3, 5, 9, 13, 14, 16, 21, 22, 23, 24, 33})


@dataclass(frozen=True)
class GeneticCode:
    """One table.

    :ivar residues: one-letter residue of each codon, ``*`` for one that only stops.
    :ivar starts: codons that give methionine where translation starts.
    :ivar stops: codons that can stop; in tables 27, 28 and 31 most of them have a residue too, inside.
    """

    residues: dict[str, str]
    starts: frozenset[str]
    stops: frozenset[str]

    def translate(self, bases: str) -> str:
        """The residues of all whole codons; ``X`` for a codon with an unknown base."""
        codons = map("".join, zip(bases[::3], bases[1::3], bases[2::3], strict=False))
        return "".join([self.residues.get(codon, UNKNOWN) for codon in codons])

    def translate_to_stop(self, bases: str) -> str:
        """The residues up to the first stop, which is included if there is one."""
        residues: list[str] = []
        for start in range(0, len(bases) - len(bases) % 3, 3):
            residues.append(self.residues.get(bases[start : start + 3], UNKNOWN))
            if residues[-1] == STOP:
                break
        return "".join(residues)


@cache
def genetic_code(number: int) -> GeneticCode:
    """The table that NCBI gives this number.

    :raises Misconfigured: if there is none.
    """
    if number not in _TABLES:
        raise Misconfigured(f"NCBI has no genetic code {number}; use one of {', '.join(map(str, _TABLES))}.")
    residues, marks = _TABLES[number].split()
    marked = {
        mark: frozenset(codon for codon, other in zip(_CODONS, marks, strict=True) if other == mark)
        for mark in "M*"
    }
    starts = _STANDARD_STARTS if number == _STANDARD else marked["M"]
    return GeneticCode(dict(zip(_CODONS, residues, strict=True)), starts, marked["*"])
