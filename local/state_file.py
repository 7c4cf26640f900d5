""".local/state.json: where the running system answers and which processes it has, for people and tests."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write_state(path: Path, urls: Mapping[str, str], pids: Mapping[str, int]) -> None:
    """Replace the file in one step: a reader sees the old state or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"urls": dict(urls), "pids": dict(pids)}, indent=2) + "\n")
    draft.replace(path)
