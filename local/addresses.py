"""Where the parts of a local system answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """Four ports on one address of this machine."""

    host: str = "127.0.0.1"
    web_port: int = 8080
    aws_port: int = 4566
    globus_port: int = 4567
    control_port: int = 4568

    @property
    def web(self) -> str:
        """The web app."""
        return f"http://{self.host}:{self.web_port}"

    @property
    def aws(self) -> str:
        """The AWS services."""
        return f"http://{self.host}:{self.aws_port}"

    @property
    def globus(self) -> str:
        """The stand-in for Globus Auth."""
        return f"http://{self.host}:{self.globus_port}"

    @property
    def control(self) -> str:
        """Sent mail and switches."""
        return f"http://{self.host}:{self.control_port}"

    @property
    def ports(self) -> list[int]:
        """All four."""
        return [self.web_port, self.aws_port, self.globus_port, self.control_port]
