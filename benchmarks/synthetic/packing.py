"""A VCF as most are: packed by bgzip at its usual level, with a tabix index."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pysam

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_bgzip(path: Path, text: Iterable[bytes]) -> None:
    """Pack pieces of text, by the program where it is installed, which uses all cores, or by pysam."""
    program = shutil.which("bgzip")
    if program:
        _pipe([program, "--stdout", f"--threads={os.cpu_count() or 1}"], path, text)
    else:
        with pysam.BGZFile(str(path), "w", None) as packed:
            for piece in text:
                packed.write(piece)
    pysam.tabix_index(str(path), preset="vcf", force=True)


def _pipe(command: list[str], path: Path, text: Iterable[bytes]) -> None:
    with (
        path.open("wb") as packed,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=packed) as process,
    ):
        assert process.stdin
        for piece in text:
            process.stdin.write(piece)
        process.stdin.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
