"""moto keeps every model instance ever made (each message, each object) for its dashboard.

The list is only emptied by /moto-api/reset, so a cloud that runs for days would grow with its traffic.
"""

from typing import Any

from moto.core.common_models import BaseModel

from local.cloud.patches.replacing import replace


def _new_untracked(cls: type[BaseModel], *_args: Any, **_kwargs: Any) -> BaseModel:
    return object.__new__(cls)


def install() -> None:
    """Make model instances without remembering them."""
    replace(BaseModel, "__new__", _new_untracked)
