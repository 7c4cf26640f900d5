"""An archive: immutable, with an id of its own even if its bytes are those of another."""

import secrets
from dataclasses import dataclass, field

from local.cloud.glacier.bodies import Body
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.times import now
from local.cloud.glacier.tree_hashes import root

#: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-archive-post.html
ARCHIVE_ID_LENGTH = 138
LONGEST_DESCRIPTION = 1_024
FIRST_PRINTABLE, LAST_PRINTABLE = " ", "~"


def new_id(length: int = ARCHIVE_ID_LENGTH) -> str:
    """Opaque, and never used before."""
    return secrets.token_urlsafe(length)[:length]


@dataclass(frozen=True)
class Archive:
    """What a vault keeps."""

    body: Body
    size: int
    leaves: tuple[bytes, ...]
    description: str
    id: str = field(default_factory=new_id)
    created: str = field(default_factory=now)

    @property
    def tree_hash(self) -> str:
        """In hexadecimal."""
        return root(self.leaves)


def check_description(text: str | None) -> str:
    """At most 1,024 printable ASCII characters, of an archive or a job; none is an empty one."""
    text = text or ""
    if len(text) > LONGEST_DESCRIPTION or any(not FIRST_PRINTABLE <= c <= LAST_PRINTABLE for c in text):
        raise invalid(f"Invalid description: at most {LONGEST_DESCRIPTION} printable ASCII characters")
    return text
