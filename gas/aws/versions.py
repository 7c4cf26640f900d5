"""Removing an object for good, whether or not its bucket keeps versions."""

from __future__ import annotations

from typing import Any


def remove_for_good(client: Any, bucket: str, key: str) -> None:
    """Remove an object and every version of it; nothing happens if there is none.

    Where versioning is on, or was once and is suspended now, a plain delete removes no content: it puts a
    delete marker before it, and S3 says so. Every version and marker of exactly this key is removed then.
    Content goes first and markers last, so that a crash never brings an old version to light.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
    """
    if not client.delete_object(Bucket=bucket, Key=key).get("DeleteMarker"):
        return
    while left := _versions_of(client, bucket, key):
        for version_id in left:
            client.delete_object(Bucket=bucket, Key=key, VersionId=version_id)


def _versions_of(client: Any, bucket: str, key: str) -> list[str]:
    """Ids of the first thousand versions and markers; the key itself comes before longer ones."""
    page = client.list_object_versions(Bucket=bucket, Prefix=key)
    entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [entry["VersionId"] for entry in entries if entry["Key"] == key]
