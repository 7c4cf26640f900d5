"""What tests may change while the cloud runs: how retrievals end, and how long their ends are remembered."""

from dataclasses import asdict, dataclass
from typing import Any

DAY_S = 86_400.0
HOUR_S = 3_600.0


@dataclass
class Switches:
    """How vault jobs end, and for how many seconds things that ended are remembered.

    AWS keeps a job's output for at least 24 hours, and lets an upload be completed, or aborted, again "for
    a short time": https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html
    """

    jobs_fail: bool = False
    notifications_lost: bool = False
    output_seconds: float = DAY_S
    repeat_seconds: float = HOUR_S

    def change(self, changes: dict[str, Any]) -> None:
        """Set all of these, or none if one of them makes no sense."""
        for name, value in changes.items():
            _check(name, asdict(self).get(name), value)
        for name, value in changes.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """For tests."""
        return asdict(self)


def _check(name: str, current: object, value: object) -> None:
    if current is None:
        raise ValueError(f"There is no switch {name}; there are {', '.join(asdict(Switches()))}.")
    if isinstance(current, bool) != isinstance(value, bool):
        raise ValueError(
            f"{name} is {'true or false' if isinstance(current, bool) else 'a number of seconds'}."
        )
    if not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name} is a number of seconds, and not negative.")


#: One for the process, as moto's own stores are: the vaults obey it and the control port changes it.
SWITCHES = Switches()
