"""Long lists, a page at a time; the marker is the name of the first thing on the next page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.whole_numbers import read_number

#: Pages of jobs, uploads and parts:
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-jobs-get.html
LONGEST_PAGE = 50
#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vaults-get.html
LONGEST_VAULT_PAGE = 10
Item = TypeVar("Item")


def page(
    call: Call, items: Sequence[Item], name: Callable[[Item], str], longest: int = LONGEST_PAGE
) -> tuple[Sequence[Item], str | None]:
    """The items that were asked for, and where the next page begins."""
    limit, start = _limit(call, longest), _start(call, [name(item) for item in items])
    rest = items[start + limit :]
    return items[start : start + limit], name(rest[0]) if rest else None


def _limit(call: Call, longest: int) -> int:
    text = call.query("limit")
    if text is None:
        return longest
    limit = read_number(text, "limit")
    if limit < 1:
        raise invalid(f"Invalid limit: {text}")
    return min(limit, longest)


def _start(call: Call, names: list[str]) -> int:
    marker = call.query("marker")
    if marker is None:
        return 0
    if marker not in names:
        raise invalid(f"Invalid marker: {marker}")
    return names.index(marker)
