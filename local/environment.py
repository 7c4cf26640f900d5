"""The environment of each service, made from the outputs of the templates.

An output has the name of the setting that it is the value of: ``JobsTable`` is ``GAS_JOBS_TABLE``. So no
name of a table, bucket, topic or queue is written down twice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from local.addresses import Addresses
from local.applier.stack import Outputs
from local.globus.clients import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

REGION = "us-east-1"

#: The operator's key, which may do everything; that of a role has the role's name, and the same secret.
ACCESS_KEY = "local"

#: What a service inherits: where programs are, and nothing that could lead to a real AWS account.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")


def aws_environment(addresses: Addresses, role: str = ACCESS_KEY) -> dict[str, str]:
    """What boto3 reads to find the local cloud, and to be this role there."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "AWS_ENDPOINT_URL": addresses.aws,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": role,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        # Neither a profile of the developer's nor the instance metadata is ever asked.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
    }


def settings_of(outputs: Outputs) -> dict[str, str]:
    """The outputs under the names of the settings."""
    return {_setting_name(name): value for name, value in outputs.items()}


def worker_environment(
    name: str, outputs: Outputs, folder: Path, tuning: Mapping[str, str]
) -> dict[str, str]:
    """The settings of one worker."""
    return {
        **settings_of(outputs),
        "GAS_QUEUE_URL": outputs[f"{name.capitalize()}QueueUrl"],
        "GAS_HEALTH_FILE": str(folder / f"{name}.health"),
        "GAS_SCRATCH": str(folder / "scratch" / name),
        **tuning,
    }


def web_environment(
    outputs: Outputs, addresses: Addresses, folder: Path, tuning: Mapping[str, str]
) -> dict[str, str]:
    """The settings of the web app."""
    return {
        **settings_of(outputs),
        "GAS_WEB_URL": addresses.web,
        "GAS_HOST": addresses.host,
        "GAS_PORT": str(addresses.web_port),
        "GAS_SCRATCH": str(folder / "scratch" / "web"),
        # Sessions of a local run may as well survive its restart; nothing else depends on this key.
        "GAS_SECRET_KEY": "a key for local use only",
        "GAS_GLOBUS_CLIENT_ID": DEFAULT_CLIENT_ID,
        "GAS_GLOBUS_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        "GLOBUS_SDK_SERVICE_URL_AUTH": f"{addresses.globus}/",
        "GLOBUS_SDK_HTTP_TIMEOUT": "5",
        **tuning,
    }


def _setting_name(output: str) -> str:
    return "GAS_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", output).upper()
