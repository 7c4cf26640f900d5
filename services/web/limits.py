"""How large an input may be on each plan."""

from __future__ import annotations

from gas.accounts import Plan
from services.web.settings import WebSettings

#: One POST stores at most 5 GB; what is larger goes in parts, which together may have 48.8 TiB.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
MAX_POST_BYTES = 5_000_000_000


def input_limit(plan: Plan, settings: WebSettings) -> int:
    """The largest input that this plan can submit."""
    return settings.premium_input_bytes if plan is Plan.PREMIUM else settings.free_input_bytes


def paste_limit(plan: Plan, settings: WebSettings) -> int:
    """The largest text that this plan can paste."""
    return min(input_limit(plan, settings), settings.paste_bytes)


def upgrade_helps(size: int, plan: Plan, settings: WebSettings) -> bool:
    """Whether an input that is too large for this plan fits the premium one."""
    return plan is Plan.FREE and size <= input_limit(Plan.PREMIUM, settings)
