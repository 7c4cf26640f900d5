"""What the four services agree on: ports, messages, job rules, worker loop, settings, logs, fakes."""

__version__ = "0.1.0"
