"""A bucket is named in the path and never in the host.

moto takes the first label of any host name for a bucket. The cloud has names of its own
(`local.cloud.names`), so ``storage.localhost`` would be a bucket called ``storage``.
"""

from moto import settings
from moto.s3 import utils

from local.cloud.patches.replacing import replace


def install() -> None:
    """Both places that moto read the setting into when it was imported."""
    replace(settings, "S3_IGNORE_SUBDOMAIN_BUCKETNAME", True)
    replace(utils, "S3_IGNORE_SUBDOMAIN_BUCKETNAME", True)
