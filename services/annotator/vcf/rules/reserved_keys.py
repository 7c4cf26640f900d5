"""The INFO and FORMAT keys whose meaning the specification fixes.

From the tables of VCF 4.3 to 4.5 (1.6.1 and 1.6.2) and the lists of VCF 4.1 and 4.2 (1.4.1 and 1.4.2),
which say in words what the tables say in letters.
"""

from __future__ import annotations

from services.annotator.vcf.rules.definitions import Definition

_INFO = """
    AA 1 String      AC A Integer   AF A Float   AN 1 Integer   BQ 1 Float     CIGAR A String
    DB 0 Flag        DP 1 Integer   END 1 Integer               H2 0 Flag      H3 0 Flag
    MQ 1 Float       MQ0 1 Integer  NS 1 Integer                SOMATIC 0 Flag
    VALIDATED 0 Flag                1000G 0 Flag
"""
_INFO_FROM = {"4.3": "AD R Integer   ADF R Integer   ADR R Integer"}
_FORMAT = """
    GT 1 String   DP 1 Integer   FT 1 String   GL G Float    GP G Float     GQ 1 Integer   HQ 2 Integer
    PS 1 Integer  PQ 1 Integer   EC A Integer  MQ 1 Integer  PL G Integer
"""
_FORMAT_FROM = {
    "4.3": "AD R Integer   ADF R Integer   ADR R Integer   PP G Integer",
    "4.4": "PSL P String   PSO P Integer   PSQ P Integer",
    "4.5": """
        LEN 1 Integer    LAA . Integer   LAD LR Integer   LADF LR Integer   LADR LR Integer
        LEC LA Integer   LGL LG Float    LGP LG Float     LPL LG Integer    LPP LG Integer
    """,
}
# Likelihoods of unknown ploidy; left out of the specification after 4.2.
_FORMAT_UNTIL_42 = "GLE G String"

# Fields of 4.4 and later with so many values for each ALT allele, for which Number has no letter (4.5, 3).
PER_ALLELE = {b"CIPOS": 2, b"CIEND": 2, b"CILEN": 2, b"CICN": 2, b"MEINFO": 4, b"METRANS": 4}

# Counts, and a share of all alleles: less than nothing makes no sense.
NOT_NEGATIVE = frozenset({b"AC", b"AF", b"AN", b"DP", b"MQ0", b"NS", b"END"})

# RMS mapping quality is an example of 52 in 4.1 and 4.2, and was Integer in common callers before 4.3.
_EITHER_TYPE = {(b"INFO", b"MQ"): {b"Integer", b"Float"}}

# Before R and for old FORMAT fields, "any number" was the way to declare one value for each allele.
_BY_ALLELE = frozenset({b"A", b"R", b"G"})


def reserved_info(version: str) -> dict[bytes, Definition]:
    """The reserved INFO keys of a version; those of structural variants are not among them."""
    return _table(_INFO, _INFO_FROM, version)


def reserved_format(version: str) -> dict[bytes, Definition]:
    """The reserved FORMAT keys of a version; those of structural variants are not among them."""
    table = _table(_FORMAT, _FORMAT_FROM, version)
    return table | _parsed(_FORMAT_UNTIL_42) if version < "4.3" else table


def _table(base: str, later: dict[str, str], version: str) -> dict[bytes, Definition]:
    table = _parsed(base)
    for since, text in later.items():
        if version >= since:
            table |= _parsed(text)
    return table


def _parsed(text: str) -> dict[bytes, Definition]:
    words = iter(text.encode().split())
    return {key: Definition(number, kind) for key, number, kind in zip(words, words, words, strict=True)}


def allows_number(reserved: Definition, number: bytes) -> bool:
    """Whether a header may declare a reserved key with this Number."""
    return number == reserved.number or (number == b"." and reserved.number in _BY_ALLELE)


def allows_type(column: bytes, key: bytes, kind: bytes, reserved: Definition) -> bool:
    """Whether a header may declare a reserved key of INFO or FORMAT with this Type."""
    return kind in _EITHER_TYPE.get((column, key), {reserved.type})
