"""Changes of plan. The plan is written first and then announced, so whoever hears of it reads the new one.

The same write notes that the change is untold; should this process die before it announces it, the sweep does
(`services.archiver.sweep`).
"""

from __future__ import annotations

from contextlib import suppress

from gas.accounts import DOWNGRADE, UPGRADE, Account
from gas.errors import Refused
from gas.messages import AccountDowngraded, RestoreRequested
from services.web.context import Site
from services.web.restore_offers import check_tier


def upgrade(site: Site, user_id: str, tier: str = "") -> Account:
    """Go premium and ask for every archived result, by this tier or the usual one.

    On premium already, ask again.
    """
    check_tier(tier, (), site.settings)
    with suppress(Refused):
        site.ports.accounts.change_plan(user_id, UPGRADE, now=site.clock())
    site.ports.bus.publish(RestoreRequested(user_id, tier))
    return site.ports.accounts.get(user_id)


def downgrade(site: Site, user_id: str) -> Account:
    """Go back to the free plan and give every hot result a last retention window.

    On the free plan already, say so again: a window that is long enough since the plan began is not renewed.
    """
    with suppress(Refused):
        site.ports.accounts.change_plan(user_id, DOWNGRADE, now=site.clock())
    site.ports.bus.publish(AccountDowngraded(user_id))
    return site.ports.accounts.get(user_id)
