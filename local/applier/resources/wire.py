"""Values of a template as the attribute APIs of SNS and SQS want them: everything is text."""

import json
from typing import Any


def text(value: Any) -> str:
    """Booleans as true and false, structures as JSON."""
    if isinstance(value, bool | dict | list):
        return json.dumps(value)
    return str(value)


def flag(value: Any) -> bool:
    """A boolean, however the template spells it: parameters are always text."""
    return value is True or str(value).lower() == "true"
