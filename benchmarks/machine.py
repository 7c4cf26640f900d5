"""What a benchmark runs on, in words."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from services.annotator.annotation.csq import ENGINE_VERSION
from services.annotator.workers import cores

_GB = 1 << 30


def describe_machine() -> list[str]:
    """Processor, memory, and the versions of what is measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GB
    return [
        f"{cores()} cores ({_processor()}), {memory:.0f} GB, {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, {ENGINE_VERSION}, isal {version('isal')}",
        *filter(None, (_first_line(tool, "--version") for tool in ("bgzip", "bcftools"))),
        *filter(None, (_first_line("snpEff", "-version"),)),
    ]


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "of an unknown kind"


def _first_line(tool: str, option: str) -> str:
    """What an installed tool says of its version, or nothing."""
    if not shutil.which(tool):
        return ""
    done = subprocess.run([tool, option], capture_output=True, text=True, check=False)
    return next(iter(done.stdout.splitlines()), "")
