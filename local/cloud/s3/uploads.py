"""Unfinished uploads in parts, found by what a request says of them."""

from moto.s3.models import FakeMultipart

from local.cloud.accounts import object_store
from local.cloud.s3.errors import S3Error
from local.cloud.s3.requests import Request


def find_upload(request: Request) -> FakeMultipart:
    """The upload; refuses one that was completed, aborted, or is of another key."""
    upload = object_store().get_bucket(request.bucket).multiparts.get(request.query["uploadId"])
    if upload is None or upload.key_name != request.key:
        raise S3Error(
            "404 Not Found",
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been"
            " aborted or completed.",
        )
    return upload
