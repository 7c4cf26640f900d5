"""moto announces a completed multipart upload twice: as a Put and as CompleteMultipartUpload.

AWS sends the second one only, and a consumer's "exactly one event" could not be tested otherwise.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

import functools
import threading
from typing import Any

from moto.s3.models import S3Backend

from local.cloud.patches.replacing import replace

_assembling = threading.local()


def install() -> None:
    """Keep the inner put of a completed upload quiet, on the thread that completes it."""
    complete, put = S3Backend.complete_multipart_upload, S3Backend.put_object

    @functools.wraps(complete)
    def complete_quietly(backend: S3Backend, *args: Any, **kwargs: Any) -> Any:
        _assembling.now = True
        try:
            return complete(backend, *args, **kwargs)
        finally:
            _assembling.now = False

    @functools.wraps(put)
    def put_object(backend: S3Backend, *args: Any, **kwargs: Any) -> Any:
        if getattr(_assembling, "now", False):
            kwargs["disable_notification"] = True
        return put(backend, *args, **kwargs)

    replace(S3Backend, "complete_multipart_upload", complete_quietly)
    replace(S3Backend, "put_object", put_object)
