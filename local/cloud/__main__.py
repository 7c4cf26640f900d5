"""Runs the cloud until it is told to stop: AWS, Globus Auth and the control pages in one process."""

import os
import signal
import sys
import threading

from local.cloud.control import create_app as create_control
from local.cloud.iam.ledger import Ledger
from local.cloud.names import by_name
from local.cloud.options import Options, parse
from local.cloud.outbox import Outbox
from local.cloud.ports import taken_ports
from local.cloud.schedules import Schedules
from local.cloud.server import build
from local.cloud.serving import listen
from local.globus.app import create_app as create_globus

PORT_TAKEN = 2


def _refuse_taken_ports(options: Options) -> None:
    if taken := taken_ports(options.host, options.ports):
        ports = ", ".join(map(str, taken))
        print(f"The local cloud cannot start: port {ports} on {options.host} is in use.", file=sys.stderr)
        sys.exit(PORT_TAKEN)


def _start(options: Options) -> None:
    outbox = Outbox()
    Schedules(options.minute_seconds).listen()
    ledger = Ledger()
    cloud = build(options.port, options.key, options.tiers, outbox, ledger)
    globus = create_globus(options.globus_issuer, [options.client])
    control = create_control(outbox, options.tiers, ledger)
    named = {options.globus_name: globus, options.control_name: control}
    listen(options.host, options.port, by_name(cloud, {name: app for name, app in named.items() if name}))
    listen(options.host, options.globus_port, globus)
    listen(options.host, options.control_port, control)


def main() -> None:
    """Stops at once when told to: there is nothing here to save, and requests may be long polls."""
    options = parse()
    _refuse_taken_ports(options)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _start(options)
    print(f"The local cloud is ready on ports {', '.join(map(str, options.ports))}.", flush=True)
    stop.wait()
    os._exit(0)


if __name__ == "__main__":
    main()
