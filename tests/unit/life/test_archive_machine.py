"""Random histories of archive and restore with every fault, as many as a minute allows.

Far more of them, with other seeds, are played by ``python -m tests.unit.life.play``.
"""

from __future__ import annotations

import os

from tests.unit.life.play import BATCH, play

EXAMPLES = int(os.environ.get("GAS_ARCHIVE_EXAMPLES", BATCH))


def test_no_history_loses_a_byte_or_ends_in_the_wrong_place():
    """Every call keeps every result; at rest there is one copy, where the plan wants it, and one mail."""
    play(EXAMPLES)
