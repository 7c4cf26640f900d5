"""What parliament finds in a folder of policies, but for what has a reason; with the linters' own Python.

Run by ``make lint-templates`` after `ecs.lint.policies`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from parliament import analyze_policy_string

#: By policy and finding, why it is right.
REASONS: dict[tuple[str, str], str] = {}


def findings(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Policy, kind of finding, and what was found."""
    for path in sorted(folder.glob("*.json")):
        for found in analyze_policy_string(path.read_text()).findings:
            yield path.stem, found.issue, f"{found.detail} {found.location}"


def main(folder: Path) -> int:
    """1 if anything is found without a reason, or if a reason is no longer needed."""
    found = list(findings(folder))
    without = [each for each in found if each[:2] not in REASONS]
    needless = set(REASONS) - {each[:2] for each in found}
    for policy, issue, detail in without:
        sys.stderr.write(f"{policy}: {issue} {detail}\n")
    for policy, issue in sorted(needless):
        sys.stderr.write(f"{policy}: {issue} is not found any more; take its reason away\n")
    return 1 if without or needless else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
