"""One log configuration for our own lines and for those of the libraries.

JSON to standard output, one object per line; readable at a terminal. An event has a static dotted
name, and everything that varies is a key. What belongs to the message in hand (``job_id``,
``message_id``) is bound once by the worker and is then on every line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import structlog

from gas.settings import MASK

_SECRET = re.compile(r"secret|token|password|authorization|cookie|signature", re.IGNORECASE)


def configure_logs(service: str, *, level: str = "INFO") -> None:
    """Set up logging for this process; to be called once, before anything else."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        partial(_add_service, service),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_secrets,
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name], processors=_output()
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer", "globus_sdk"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def mask_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank every value whose name says that it is a secret."""
    for key in event:
        if _SECRET.search(key):
            event[key] = MASK
    return event


def _add_service(
    service: str, _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # Not a context variable: the threads of a server do not inherit those.
    event["service"] = service
    return event


def _output() -> list[Any]:
    drop_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if sys.stdout.isatty():
        return [drop_meta, structlog.dev.ConsoleRenderer()]
    return [drop_meta, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
