"""moto forgets of what a stored checksum is, and keeps that of a source made in parts for its copy.

S3: HEAD says whether a checksum is of the whole object or of its parts; an object copied in one piece has a
checksum of the whole; a part that was copied is answered with its checksum.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from collections.abc import Callable
from typing import Any

from moto.s3.models import FakeKey
from moto.s3.responses import S3Response
from moto.s3.utils import compute_checksum

from local.cloud.patches.replacing import replace

Answer = tuple[int, dict[str, Any], Any]
WHOLE, COMPOSITE = "FULL_OBJECT", "COMPOSITE"


def _telling_the_type(original: Callable[..., Any]) -> Callable[..., Any]:
    def head_object(self: S3Response, bucket: str, query: dict[str, Any], key: str, headers: Any) -> Answer:
        status, answer, body = original(self, bucket, query, key, headers)
        # What the upload in parts was begun with is kept by moto among the metadata.
        for name in ("x-amz-checksum-algorithm", "x-amz-checksum-type"):
            answer.pop(name, None)
        stored = self.backend.get_object(bucket, key, version_id=query.get("versionId", [None])[0])
        if isinstance(stored, FakeKey) and (name := _checksum_header(stored)) in answer:
            answer["x-amz-checksum-type"] = stored.checksum_type or WHOLE
            parts = f"-{stored.checksum_parts}" if stored.checksum_type == COMPOSITE else ""
            answer[name] = f"{stored.checksum_value}{parts}"
        return status, answer, body

    return head_object


def _checksum_header(stored: FakeKey) -> str:
    return f"x-amz-checksum-{(stored.checksum_algorithm or 'none').lower()}"


def _of_the_whole(original: Callable[..., Any]) -> Callable[..., Any]:
    def copy_object(self: S3Response) -> Answer:
        answer: Answer = original(self)
        made = self.backend.get_object(self.bucket_name, self.parse_key_name())
        if not isinstance(made, FakeKey) or not made.checksum_algorithm:
            return answer
        # One that was asked for has been computed; one that came along may be of the parts of the source.
        if "x-amz-checksum-algorithm" not in self.headers:
            made.checksum_value = compute_checksum(made.value, made.checksum_algorithm).decode()
        made.checksum_type = WHOLE
        return answer

    return copy_object


def _with_the_checksum(original: Callable[..., Any]) -> Callable[..., Any]:
    def upload_part_copy(self: S3Response) -> Answer:
        status, headers, body = original(self)
        upload = self.backend.get_bucket(self.bucket_name).multiparts[self._get_param("uploadId")]
        algorithm = upload.metadata.get("x-amz-checksum-algorithm")
        if algorithm:
            part = upload.parts[self._get_int_param("partNumber")]
            name, value = f"Checksum{algorithm}", compute_checksum(part.value, algorithm).decode()
            body = body.replace("</CopyPartResult>", f"<{name}>{value}</{name}></CopyPartResult>")
            headers["content-length"] = str(len(body))
        return status, headers, body

    return upload_part_copy


def install() -> None:
    """Correct three answers."""
    replace(S3Response, "head_object", _telling_the_type(S3Response.head_object))
    replace(S3Response, "copy_object", _of_the_whole(S3Response.copy_object))
    replace(S3Response, "upload_part_copy", _with_the_checksum(S3Response.upload_part_copy))
