"""Runs the whole system on this machine: ``make run``, and ``make demo`` with a tour of one job's life."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from gas.cold_stores import COLD_STORES
from local.addresses import Addresses
from local.readiness import NotReady
from local.system import CannotStart, System, Tuning
from local.tour import give_tour
from local.visitor import TourFailed

TOUR_RETENTION_SECONDS = 8
RUN_RETENTION_SECONDS = 180


def main() -> int:
    """Start, give the tour if asked for, and stay until told to stop."""
    options = _parse()
    addresses = Addresses(
        web_port=options.port,
        aws_port=options.aws_port,
        globus_port=options.globus_port,
        control_port=options.control_port,
    )
    system = System(addresses, options.folder, _tuning(options))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    began = time.monotonic()
    try:
        system.start()
        _say("ready", f"the local cloud and four services, after {time.monotonic() - began:.1f} s")
        if options.tour:
            _tour(addresses, options.retention)
        if not options.once:
            _welcome(addresses, options)
            signal.pause()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except NotReady as error:
        print(f"{error} (logs: {options.folder / 'logs'})", file=sys.stderr)
        return 1
    except TourFailed as error:
        print(f"The tour failed: {error} (logs: {options.folder / 'logs'})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    finally:
        if system.stop():
            _say("stopped", "nothing of it runs any more")
    return 0


def _parse() -> argparse.Namespace:
    defaults = Addresses()
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--tour", action="store_true", help="take a sample VCF through its whole life")
    parser.add_argument("--once", action="store_true", help="end after the tour")
    parser.add_argument("--retention", type=int, help="how many seconds free results can be downloaded")
    parser.add_argument(
        "--cold-store", choices=list(COLD_STORES), default="GLACIER", help="of archived results"
    )
    parser.add_argument("--ecs-agent-uri", default="", help="an agent for trials of task protection")
    parser.add_argument("--port", type=int, default=defaults.web_port, help="web app")
    parser.add_argument("--aws-port", type=int, default=defaults.aws_port, help="AWS")
    parser.add_argument("--globus-port", type=int, default=defaults.globus_port, help="Globus Auth")
    parser.add_argument("--control-port", type=int, default=defaults.control_port, help="mail and switches")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="for logs, state and scratch")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    if options.retention is None:
        options.retention = TOUR_RETENTION_SECONDS if options.tour else RUN_RETENTION_SECONDS
    return options


def _tuning(options: argparse.Namespace) -> Tuning:
    return Tuning(
        retention_seconds=options.retention, cold_store=options.cold_store, agent_uri=options.ecs_agent_uri
    )


def _tour(addresses: Addresses, retention: int) -> None:
    _say("tour", f"one job's life; free results are archived after {retention} s here, not after days")
    page = give_tour(addresses, _say)
    _say("done", f"its page: {page}")


def _welcome(addresses: Addresses, options: argparse.Namespace) -> None:
    _say("open", f"{addresses.web} and choose any person at the login; no password is asked")
    _say("mail", f"{addresses.control}/mail shows what was sent")
    _say("logs", str(options.folder / "logs"))
    _say("plans", f"free results can be downloaded for {options.retention} s, then they are archived")
    _say("stop", "with Ctrl-C")


def _say(stage: str, text: str) -> None:
    print(f"{stage:>10}  {text}", flush=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
