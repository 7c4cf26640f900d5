"""The operations on uploads in parts.

https://docs.aws.amazon.com/amazonglacier/latest/dev/archive-operations.html
"""

import re

from local.cloud.glacier.answers import Answer, archive_created, document, done
from local.cloud.glacier.archive_requests import DESCRIPTION
from local.cloud.glacier.archives import check_description
from local.cloud.glacier.byte_ranges import ByteRange
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.pages import page
from local.cloud.glacier.payloads import TREE_HASH, receive
from local.cloud.glacier.routes import Route
from local.cloud.glacier.tree_hashes import root
from local.cloud.glacier.uploads import Upload, check_part_size, unknown_upload
from local.cloud.glacier.vaults import Vault, Vaults
from local.cloud.glacier.whole_numbers import read_number

UPLOADS = "vaults/*/multipart-uploads"
UPLOAD = f"{UPLOADS}/*"


class UploadRequests:
    """Answers them over the vaults of the cloud."""

    def __init__(self, vaults: Vaults) -> None:
        self._vaults = vaults

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            Route("POST", UPLOADS, self.initiate),
            Route("GET", UPLOADS, self.list),
            Route("PUT", UPLOAD, self.upload_part),
            Route("GET", UPLOAD, self.list_parts),
            Route("POST", UPLOAD, self.complete),
            Route("DELETE", UPLOAD, self.abort),
        ]

    def initiate(self, call: Call, name: str) -> Answer:
        """InitiateMultipartUpload."""
        vault = self._vaults.find(call.region, name)
        description = check_description(call.header(DESCRIPTION))
        upload = Upload(description, check_part_size(call.required("x-amz-part-size")))
        vault.uploads[upload.id] = upload
        location = f"{vault.path}/multipart-uploads/{upload.id}"
        return Answer(201, {"Location": location, "x-amz-multipart-upload-id": upload.id})

    def list(self, call: Call, name: str) -> Answer:
        """ListMultipartUploads: those that have not ended."""
        vault = self._vaults.find(call.region, name)
        uploads = [upload for upload in list(vault.uploads.values()) if upload.is_open]
        shown, marker = page(call, uploads, lambda upload: upload.id)
        return document({"UploadsList": [_describe(vault, each) for each in shown], "Marker": marker})

    def upload_part(self, call: Call, name: str, upload_id: str) -> Answer:
        """UploadMultipartPart."""
        _, upload = self._find(call, name, upload_id)
        if not upload.is_open:
            raise unknown_upload(upload_id)
        place = _read_content_range(call)
        upload.check_place(place)
        payload = receive(call)
        upload.add(place, payload)
        return Answer(204, {TREE_HASH: payload.tree_hash})

    def list_parts(self, call: Call, name: str, upload_id: str) -> Answer:
        """ListParts."""
        vault, upload = self._find(call, name, upload_id)
        shown, marker = page(call, upload.parts(), lambda part: str(part.place.first))
        parts = [{"RangeInBytes": str(part.place), "SHA256TreeHash": root(part.leaves)} for part in shown]
        return document({**_describe(vault, upload), "Parts": parts, "Marker": marker})

    def complete(self, call: Call, name: str, upload_id: str) -> Answer:
        """CompleteMultipartUpload."""
        vault, upload = self._find(call, name, upload_id)
        tree_hash = call.required(TREE_HASH)
        size = read_number(call.required("x-amz-archive-size"), "archive size")
        if archive := upload.complete(size, tree_hash):
            self._vaults.keep(vault, archive)
        return archive_created(vault.path, upload.archive_id, tree_hash)

    def abort(self, call: Call, name: str, upload_id: str) -> Answer:
        """AbortMultipartUpload."""
        self._find(call, name, upload_id)[1].abort()
        return done()

    def _find(self, call: Call, name: str, upload_id: str) -> tuple[Vault, Upload]:
        vault = self._vaults.find(call.region, name)
        if upload_id not in vault.uploads:
            raise unknown_upload(upload_id)
        return vault, vault.uploads[upload_id]


def _describe(vault: Vault, upload: Upload) -> dict[str, object]:
    return {
        "ArchiveDescription": upload.description,
        "CreationDate": upload.created,
        "MultipartUploadId": upload.id,
        "PartSizeInBytes": upload.part_size,
        "VaultARN": vault.arn,
    }


def _read_content_range(call: Call) -> ByteRange:
    """Where a part belongs; it is as long as its body."""
    text = call.required("content-range")
    match = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/\*", text)
    place = ByteRange(int(match[1]), int(match[2])) if match else None
    if place is None or place.size != call.length:
        raise invalid(f"Invalid Content-Range: {text} for a body of {call.length} bytes")
    return place
