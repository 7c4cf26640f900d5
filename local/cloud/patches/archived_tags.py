"""moto does not say which tags an archived object has; S3 does, for tags are not archived with the content.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
"""

from functools import partial
from typing import Any

from moto.s3.responses import S3Response

from local.cloud.patches.replacing import replace


def install() -> None:
    """Look for the object without asking whether its content can be read."""
    original = S3Response.get_object_tagging

    def get_object_tagging(self: S3Response) -> Any:
        replace(self, "_get_key", partial(self._get_key, validate_storage_class=False))
        return original(self)

    replace(S3Response, "get_object_tagging", get_object_tagging)
