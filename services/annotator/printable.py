"""Text made fit for a log, a message or a page: printable, short, and in grammatical number."""

from __future__ import annotations

# Longer than any real name or allele that one has to recognise, short enough for one line.
MAX_CHARACTERS = 60


def printable(text: bytes | str) -> str:
    """The text with what does not print replaced, and cut after a fixed length."""
    decoded = text[: 4 * MAX_CHARACTERS]
    if isinstance(decoded, bytes):
        decoded = decoded.decode("utf-8", "replace")
    shown = (
        decoded
        if decoded.isprintable()
        else "".join(
            character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in decoded
        )
    )
    return shown if len(shown) <= MAX_CHARACTERS else shown[: MAX_CHARACTERS - 3] + "..."


def counted(number: int, noun: str) -> str:
    """A number and the noun that it counts, as ``1 record`` or ``2,000 records``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
