"""The cloud as a process: how it starts, refuses and stops."""

import signal
import socket
import subprocess

import pytest
import requests


def test_a_taken_port_is_named_and_nothing_is_started(cloud_starter):
    """One sentence on stderr, exit code 2."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        _, process = cloud_starter(f"--port={taken}", stderr=subprocess.PIPE)
        with process:
            output, complaint = process.communicate(timeout=30)

    assert process.returncode == 2
    assert complaint == f"The local cloud cannot start: port {taken} on 127.0.0.1 is in use.\n"
    assert output == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_cloud_at_once(cloud_starter, number):
    """All three ports answer before, none after."""
    ports, process = cloud_starter()
    with process:
        assert "ready" in process.stdout.readline()
        answers = [requests.get(f"http://127.0.0.1:{port}/", timeout=10).status_code for port in ports]

        process.send_signal(number)

        assert process.wait(timeout=5) == 0
    assert answers == [403, 404, 200]
