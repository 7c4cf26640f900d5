"""Some records of a VCF, picked by their number while its text passes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_COLUMNS_LINE = b"#CHROM"


def pick_records(texts: Iterable[bytes], wanted: Iterator[int], line: bytes) -> Iterator[bytes]:
    """The header with one more line, and the wanted records as they are.

    Nothing is read beyond the last of them.

    :param texts: the text of the file, cut anywhere.
    :param wanted: which records, counted from 0, ascending.
    :param line: goes before the line of columns, without a line end.
    :raises ValueError: the file has fewer records.
    """
    pieces = iter(texts)
    header, rest = _header(pieces)
    yield header.replace(b"\n" + _COLUMNS_LINE, b"\n" + line + b"\n" + _COLUMNS_LINE, 1)
    following, number = next(wanted, None), 0
    for lines in _whole_lines(rest, pieces):
        if following is None:
            return
        count = lines.count(b"\n")
        if following < number + count:
            records, chosen = lines.split(b"\n"), []
            while following is not None and following < number + count:
                chosen.append(records[following - number])
                following = next(wanted, None)
            yield b"\n".join((*chosen, b""))
        number += count
    if following is not None:
        raise ValueError(f"record {following} is wanted of {number}")


def _header(pieces: Iterator[bytes]) -> tuple[bytes, bytes]:
    """The header up to its last line end, and what was read beyond."""
    text = b""
    for piece in pieces:
        text += piece
        start = text.find(b"\n" + _COLUMNS_LINE)
        end = text.find(b"\n", start + 1) + 1 if start >= 0 else 0
        if end:
            return text[:end], text[end:]
    raise ValueError("the file has no line of columns")


def _whole_lines(rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if end:
            yield text[:end]
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"
