"""Numbers, as headers and queries write them."""

import re

from local.cloud.glacier.errors import invalid

#: More digits than any number of this API has.
WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")


def read_number(text: str, what: str) -> int:
    """Not negative; 400 for anything else."""
    if not WHOLE_NUMBER.fullmatch(text):
        raise invalid(f"Invalid {what}: {text}")
    return int(text)
