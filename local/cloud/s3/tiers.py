"""How long a retrieval takes, and whether the fastest one can be had: both may change while it runs.

On AWS: Expedited 1-5 minutes, Standard 3-5 hours (12 for DEEP_ARCHIVE), Bulk 5-12 hours (48).
https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
"""

from dataclasses import dataclass, field

EXPEDITED = "Expedited"
STANDARD = "Standard"
BULK = "Bulk"
DEFAULT_SECONDS = {EXPEDITED: 2.0, STANDARD: 5.0, BULK: 10.0}


@dataclass
class Tiers:
    """Seconds of each tier, and the switch for Expedited capacity."""

    seconds: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_SECONDS))
    expedited_available: bool = True

    def set_seconds(self, changes: dict[str, float]) -> None:
        """Later restores take this long; those under way keep their time."""
        if unknown := sorted(set(changes) - set(DEFAULT_SECONDS)):
            raise ValueError(
                f"There is no tier {', '.join(unknown)}; there are {', '.join(DEFAULT_SECONDS)}."
            )
        if any(isinstance(s, bool) or not isinstance(s, int | float) or s < 0 for s in changes.values()):
            raise ValueError("The seconds of a tier are a number, and not negative.")
        self.seconds.update(changes)
