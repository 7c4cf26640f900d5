"""The operations on vaults and on their notifications.

https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-operations.html
"""

from local.cloud.glacier.answers import Answer, document, done
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import not_found
from local.cloud.glacier.notices import check_configuration
from local.cloud.glacier.pages import LONGEST_VAULT_PAGE, page
from local.cloud.glacier.routes import Route
from local.cloud.glacier.vaults import Vaults

VAULT = "vaults/*"
NOTIFICATIONS = f"{VAULT}/notification-configuration"


class VaultRequests:
    """Answers them over the vaults of the cloud."""

    def __init__(self, vaults: Vaults) -> None:
        self._vaults = vaults

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            Route("GET", "vaults", self.list),
            Route("PUT", VAULT, self.create),
            Route("GET", VAULT, self.describe),
            Route("DELETE", VAULT, self.delete),
            Route("PUT", NOTIFICATIONS, self.set_notifications),
            Route("GET", NOTIFICATIONS, self.get_notifications),
            Route("DELETE", NOTIFICATIONS, self.delete_notifications),
        ]

    def list(self, call: Call) -> Answer:
        """ListVaults; the marker is the ARN of a vault."""
        vaults = self._vaults.sorted(call.region)
        shown, marker = page(call, vaults, lambda vault: vault.arn, LONGEST_VAULT_PAGE)
        return document({"VaultList": [vault.as_json() for vault in shown], "Marker": marker})

    def create(self, call: Call, name: str) -> Answer:
        """CreateVault."""
        return Answer(201, {"Location": self._vaults.create(call.region, name).path})

    def describe(self, call: Call, name: str) -> Answer:
        """DescribeVault."""
        return document(self._vaults.find(call.region, name).as_json())

    def delete(self, call: Call, name: str) -> Answer:
        """DeleteVault."""
        self._vaults.delete(call.region, name)
        return done()

    def set_notifications(self, call: Call, name: str) -> Answer:
        """SetVaultNotifications."""
        vault = self._vaults.find(call.region, name)
        vault.notifications = check_configuration(call.document(), vault.region)
        return done()

    def get_notifications(self, call: Call, name: str) -> Answer:
        """GetVaultNotifications."""
        vault = self._vaults.find(call.region, name)
        if vault.notifications is None:
            raise not_found(f"No notification configuration is set for vault: {vault.arn}")
        return document(vault.notifications)

    def delete_notifications(self, call: Call, name: str) -> Answer:
        """DeleteVaultNotifications."""
        self._vaults.find(call.region, name).notifications = None
        return done()
