"""Makes each mistake of the list in a copy of the project and reports those that no test finds.

``python -m tests.mutants [--only WORD ...] [--examples N]``; a WORD is part of a file's path, or of what
breaks.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.mutants import MUTANTS

ROOT = Path(__file__).parents[2]

#: A mistake that makes a test hang is found as well.
TIMEOUT_SECONDS = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--examples", default="5000", help="histories of the archive machine for each")
    asked = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if any(word in str(mutant) for word in asked.only)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy_project(Path(folder))
        check_tests(chosen, Path(folder), asked.examples)
        survivors = [mutant for mutant in chosen if not is_found(mutant, Path(folder), asked.examples)]
    sys.stdout.write(f"{len(chosen) - len(survivors)} of {len(chosen)} were found\n")
    sys.exit(bool(survivors))


def copy_project(folder: Path) -> None:
    """Copy what is, or would be, in the repository."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def check_tests(mutants: Sequence[Mutant], folder: Path, examples: str) -> None:
    """A test that fails without any mistake finds none."""
    tests = dict.fromkeys(test for mutant in mutants for test in mutant.tests)
    failing = [test for test in tests if _fails(test, folder, examples)]
    if failing:
        sys.exit(f"These fail as it is, make them pass first: {', '.join(failing)}")


def is_found(mutant: Mutant, folder: Path, examples: str) -> bool:
    """Whether a test fails with this mistake; says so."""
    with made(mutant, folder):
        found = any(_fails(test, folder, examples) for test in mutant.tests)
    sys.stdout.write(f"{'found   ' if found else 'SURVIVED'} {mutant}\n")
    sys.stdout.flush()
    return found


@contextmanager
def made(mutant: Mutant, folder: Path) -> Iterator[None]:
    path = folder / mutant.file
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(right, encoding="utf-8")


def _fails(test: str, folder: Path, examples: str) -> bool:
    command: Sequence[str] = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
    surroundings = {**os.environ, "GAS_ARCHIVE_EXAMPLES": examples, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            command, cwd=folder, env=surroundings, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    if ended.returncode > 1:
        raise RuntimeError(f"{test} could not be run: {ended.stdout.decode()[-2000:]}")
    return ended.returncode == 1


if __name__ == "__main__":
    main()
