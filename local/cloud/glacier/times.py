"""Times as Glacier writes them."""

import datetime as dt


def now() -> str:
    """UTC with milliseconds: 2012-03-20T17:03:43.221Z."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
