"""Corrections inside moto, one module each: only what cannot be done in front of it.

They are written for moto 5.2.5: `replacing.replace` fails at start where another moto lacks a name.
"""

from local.cloud.patches import (
    archived_tags,
    attribute_values,
    bucket_names,
    checksums,
    dynamodb_locks,
    instance_tracking,
    mail_text,
    multipart_events,
    object_events,
    queue_locks,
    queue_speed,
    restore_status,
    service_of_host,
    step_functions,
    suspended_versions,
)

PATCHES = (
    service_of_host,
    bucket_names,
    instance_tracking,
    dynamodb_locks,
    attribute_values,
    queue_speed,
    queue_locks,
    object_events,
    multipart_events,
    restore_status,
    suspended_versions,
    checksums,
    archived_tags,
    step_functions,
    mail_text,
)


def install_all() -> None:
    """Change moto for the whole process; called once, by the server, before its first request."""
    for patch in PATCHES:
        patch.install()
