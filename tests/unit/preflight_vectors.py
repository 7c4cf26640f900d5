"""Files that the annotator takes or refuses, and where: the browser's look at them must agree."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pysam

from services.annotator.vcf.decompression import BGZF_END

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "preflight" / "files.json").read_text()
)
NAMES = [vector["name"] for vector in VECTORS]


def content(vector: dict[str, Any], folder: Path) -> bytes:
    """The file of a vector, packed as it says."""
    text = vector["text"].encode()
    kind = vector.get("pack", "")
    if kind.startswith("bgzip"):
        packed = bgzipped(text, folder / "packed.gz")
        return packed[: len(packed) - len(BGZF_END) - 9] if kind == "bgzip-cut" else packed
    return {
        "": lambda: text,
        "gzip": lambda: gzip.compress(text),
        "twice": lambda: gzip.compress(gzip.compress(text)),
        "members": lambda: gzip.compress(text[: len(text) // 2]) + gzip.compress(text[len(text) // 2 :]),
        "padded": lambda: gzip.compress(text) + bytes(600),
        "cut": lambda: gzip.compress(text)[:-9],
        "junk": lambda: gzip.compress(text) + b"something else",
    }[kind]()


def bgzipped(text: bytes, path: Path) -> bytes:
    """The text in BGZF blocks."""
    with pysam.BGZFile(str(path), "wb") as file:
        file.write(text)
    return path.read_bytes()


def large_text(size: int) -> bytes:
    """A VCF of at least this many bytes."""
    made = io.BytesIO()
    made.write(b"##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n")
    made.write(b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    line = b"MT\t3243\t.\tA\tG\t100\tPASS\tDP=" + b"7" * 70 + b"\n"
    made.write(line * (size // len(line) + 1))
    return made.getvalue()
