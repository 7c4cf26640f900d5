"""gas-pack: makes, checks, extends and publishes reference packs.

::

    python -m services.annotator.pack_tool {build,check,add,fetch,push}

docs/packs.md tells how.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gas.errors import GasError
from services.annotator.pack.pack import find_pack
from services.annotator.pack_tool.arguments import parse
from services.annotator.pack_tool.attaching import add_source
from services.annotator.pack_tool.building import Plan, build_pack
from services.annotator.pack_tool.checking import check_pack
from services.annotator.pack_tool.known.source_spec import read_spec
from services.annotator.pack_tool.mirror.downloads import Downloads
from services.annotator.pack_tool.mirror.ensembl import Wanted, fetch_files, plan_of
from services.annotator.pack_tool.publishing import push_pack

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

EXIT_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit status is 1, with a sentence on standard error, if it failed."""
    options = parse(arguments)
    try:
        return {"build": _build, "check": _check, "add": _add, "fetch": _fetch, "push": _push}[
            options.command
        ](options)
    except (GasError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAILED


def _build(options: Namespace) -> int:
    plan = Plan(
        name=options.name,
        title=options.title,
        assembly=options.assembly,
        version=options.version,
        attribution=options.attribution,
        fasta=options.fasta,
        genes=options.genes,
        gene_model_version=options.gene_model_version,
        flavour=options.flavour,
    )
    build_pack(_with_choices(plan, options), options.out, _say)
    return 0


def _with_choices(plan: Plan, options: Namespace) -> Plan:
    return replace(
        plan,
        codes=dict(options.code),
        contigs=options.contigs,
        aliases=options.aliases,
        licences=options.licences,
        sources=tuple(map(read_spec, options.source)),
    )


def _check(options: Namespace) -> int:
    findings = 0
    for finding in check_pack(find_pack(options.pack), deep=options.deep):
        findings += 1
        _say(finding)
    _say(f"{options.pack}: {f'{findings} to look at' if findings else 'in order'}")
    return EXIT_FAILED if findings else 0


def _add(options: Namespace) -> int:
    spec = read_spec(options.source, files=tuple(options.file), version=options.source_version)
    add_source(options.pack, spec, options.version, _say)
    return 0


def _fetch(options: Namespace) -> int:
    wanted = Wanted(options.mirror, options.species, options.release, options.assembly)
    folder = options.downloads or options.out.with_name(f"{options.out.name}.downloads")
    Path(folder).mkdir(parents=True, exist_ok=True)
    fasta, genes = fetch_files(wanted, Downloads(folder, _say))
    build_pack(_with_choices(plan_of(wanted, fasta, genes), options), options.out, _say)
    return 0


def _push(options: Namespace) -> int:
    push_pack(find_pack(options.pack), options.address, _say)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
