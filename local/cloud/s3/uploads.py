"""Unfinished uploads in parts, found by what a request says of them."""

from moto.s3.models import FakeMultipart

from local.cloud.accounts import object_store
from local.cloud.s3.errors import S3Error, bad_request
from local.cloud.s3.requests import Request

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000


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


def check_part_number(request: Request) -> None:
    """Refuse a part that no upload can have."""
    number = request.query.get("partNumber", "")
    if not number.isdecimal() or not 1 <= int(number) <= MAX_PARTS:
        raise bad_request(
            "InvalidArgument", f"Part number must be an integer between 1 and {MAX_PARTS}, inclusive"
        )
