"""What an annotation adds to INFO, so that tests can take it out again."""

import re

# Every key that an annotation with the built-in pack may write.
OWN = re.compile(rb"(?:BCSQ|GAS_(?:CONSEQUENCE|IMPACT|GENE|HGVS[CPG]|SKIP)|MITOMAP_[A-Z]+|MITOTIP_[A-Z]+)=.*")


def without_own(record: bytes) -> bytes:
    """A record without the entries that the annotation may have added."""
    fields = record.split(b"\t")
    fields[7] = b";".join(entry for entry in fields[7].split(b";") if not OWN.fullmatch(entry)) or b"."
    return b"\t".join(fields)
