"""What the state machines of the cloud have done, for people and end-to-end tests."""

from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.cloud.accounts import ACCOUNT


def executions() -> list[dict[str, Any]]:
    """Every execution of every region, in the order of their starts."""
    backends = list(stepfunctions_parser_backends[ACCOUNT].values())
    machines = [machine for backend in backends for machine in list(backend.state_machines)]
    found = [_describe(machine.name, e) for machine in machines for e in list(machine.executions)]
    return sorted(found, key=lambda e: str(e["started"]))


def _describe(machine: str, execution: Any) -> dict[str, Any]:
    return {
        "name": execution.name,
        "state_machine": machine,
        "status": execution.status if execution.exec_status else "RUNNING",
        "started": _text(execution.start_date),
        "stopped": _text(execution.stop_date),
        "error": execution.error,
        "cause": execution.cause,
    }


def _text(moment: Any) -> str | None:
    return None if moment is None else str(getattr(moment, "isoformat", moment.__str__)())
