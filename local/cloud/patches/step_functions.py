"""moto runs state machines only when told to; by default every execution stays RUNNING for ever."""

from moto.core.config import default_user_config


def install() -> None:
    """Run executions; the tasks call back to the port in MOTO_PORT, which the server sets."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
