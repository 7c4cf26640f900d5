"""An engine for tests: keeps to the command line of the real one, and does what its input says.

The first line of SOURCE is one of::

    annotate N          say how far it is, and write a result of N records
    refuse SENTENCE     the file can never be annotated
    fail TEXT           break, with this on standard error
    die NUMBER          be ended by this signal
    forget NAME         write all outputs but this one
    stay FILE           start processes that do not end by themselves, and write their group into a file
    tell                what the process has been given, as JSON on standard error, and break
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
from pathlib import Path

PROGRESS = {"records": 1200, "contig": "20", "bytes": 5}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--file-name", required=True)
    parser.add_argument("--progress", action="store_true")
    options = parser.parse_args()
    what, _, told = options.source.read_text().partition("\n")[0].partition(" ")
    return globals()[what](told, options)


def annotate(count: str, options: argparse.Namespace) -> int:
    say_progress()
    stem = options.file_name.removesuffix(".vcf")
    counts = {"records": {"read": int(count), "kept_unannotated": 1}}
    outputs = {
        "vcf": (options.result, "annotated"),
        "index": (Path(f"{options.result}.tbi"), "index"),
        "log": (options.result.with_name(f"{stem}.vcf.count.log"), "log"),
        "summary": (options.result.with_name("summary.json"), json.dumps(counts)),
    }
    for name, (path, text) in outputs.items():
        if name != getattr(options, "forgotten", None):
            path.write_text(text)
    return 0


def say_progress() -> None:
    sys.stdout.write(json.dumps(PROGRESS) + "\n")
    sys.stdout.flush()


def forget(name: str, options: argparse.Namespace) -> int:
    options.forgotten = name
    return annotate("1", options)


def refuse(sentence: str, _options: argparse.Namespace) -> int:
    sys.stderr.write(f"a warning of a library\n{sentence}\n")
    return 2


def fail(text: str, _options: argparse.Namespace) -> int:
    sys.stderr.write(f"{text}\n")
    return 1


def die(number: str, _options: argparse.Namespace) -> int:
    os.kill(os.getpid(), int(number))
    return 0


def stay(file: str, _options: argparse.Namespace) -> int:
    """Three generations, none of which listens to what it could ignore."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(name, signal.SIG_IGN)
    born, told = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(told, b"x")
        signal.pause()
    os.read(born, 1)
    say_progress()
    path = Path(file)
    path.with_suffix(".part").write_text(str(os.getpgrp()))
    path.with_suffix(".part").rename(path)
    while True:
        signal.pause()


def tell(_nothing: str, _options: argparse.Namespace) -> int:
    limits = {
        name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_DATA", "RLIMIT_FSIZE")
    }
    told = {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "input": sys.stdin.read(),
        "limits": limits,
        "expendable": Path("/proc/self/oom_score_adj").read_text().strip(),
        "arguments": sys.argv[1:],
    }
    sys.stderr.write(json.dumps(told))
    return 1


if __name__ == "__main__":
    sys.exit(main())
