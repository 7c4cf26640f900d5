"""Mistakes that the tests must find. One that no test can tell from the real thing has no place here."""

from __future__ import annotations

from tests.mutants.conditions import CONDITIONS
from tests.mutants.copies import COPIES_AND_PLANS
from tests.mutants.deletion import DELETION
from tests.mutants.vaults_and_sweep import VAULTS_AND_SWEEP

MUTANTS = (*CONDITIONS, *COPIES_AND_PLANS, *VAULTS_AND_SWEEP, *DELETION)
