"""Engines that are programs which the operator has installed, with their reference data."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from gas.errors import Misconfigured
from services.annotator.engines.command_engine import ROOT, CommandEngine
from services.annotator.engines.engine import Capabilities
from services.annotator.settings import AnnotatorSettings

#: What `services.annotator.engines.external` makes of a program's output.
_FILES = frozenset({"vcf", "index", "log", "summary"})


def installed_engine(
    settings: AnnotatorSettings, title: str, arguments: Sequence[str], *, seconds_per_megabyte: float
) -> CommandEngine:
    """An engine that runs a program which writes a VCF with INFO/CSQ.

    :param title: what people call it.
    :param arguments: what the program is told, with ``{input}`` and ``{output}`` for the paths.
    :raises Misconfigured: if it is not installed.
    """
    program = find_program(settings)
    command = [program, *arguments, *shlex.split(settings.engine_options)]
    return CommandEngine(
        name=settings.engine,
        capabilities=Capabilities(("CSQ",), _FILES, settings.engine_assembly),
        program=(sys.executable, "-P", "-m", "services.annotator.engines.external"),
        options=(f"--title={title}", f"--program={json.dumps(command)}"),
        # A Perl or Python that belongs to the program is usually in the same folder.
        environment={"PYTHONPATH": str(ROOT), "PATH": f"{Path(program).parent}{os.pathsep}{os.defpath}"},
        seconds_per_megabyte=seconds_per_megabyte,
        memory_bytes=settings.engine_memory_mib << 20,
    )


def find_program(settings: AnnotatorSettings) -> str:
    """The path of the program; the engine's name on the search path if the settings do not say.

    :raises Misconfigured: if there is none that can be run.
    """
    program = shutil.which(settings.engine_program or settings.engine)
    if program is None:
        wanted = settings.engine_program or f"no command {settings.engine} on the search path"
        raise Misconfigured(f"GAS_ENGINE_PROGRAM: there is no program to run ({wanted})")
    return str(Path(program).absolute())


def existing(path: str, variable: str) -> str:
    """An absolute path of the settings.

    :raises Misconfigured: if nothing is there.
    """
    if not path or not Path(path).exists():
        raise Misconfigured(f"{variable}: there is nothing at {path!r}, and the engine needs it")
    return str(Path(path).absolute())
