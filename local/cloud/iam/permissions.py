"""One thing that has to be allowed."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Permission:
    """An action on a resource.

    :ivar action: as policies name it, such as ``s3:GetObject``.
    :ivar resource: the ARN; ``*`` where the action has none.
    :ivar context: condition keys that the request brings, such as ``s3:prefix``.
    """

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict, hash=False)
