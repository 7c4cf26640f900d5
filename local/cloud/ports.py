"""Whether the ports that the cloud wants are free."""

import socket


def is_free(host: str, port: int) -> bool:
    """Binds as the server will: a port that only lingers after its last owner counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def taken_ports(host: str, ports: list[int]) -> list[int]:
    """Those of the ports that somebody else holds."""
    return [port for port in ports if not is_free(host, port)]
