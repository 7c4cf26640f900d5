"""Mistakes that the tests must find. One that no test can tell from the real thing has no place here."""

from __future__ import annotations

from tests.mutants.conditions import CONDITIONS
from tests.mutants.copies import COPIES_AND_PLANS

MUTANTS = (*CONDITIONS, *COPIES_AND_PLANS)
