"""The supervisor keeps services running and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from local.cloud.serving import serving
from local.readiness import NotReady, wait_until_ready
from local.service_process import Service
from local.supervisor import Supervisor
from local.watchdog import follow

ROOT = Path(__file__).parents[3]
SLEEP = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
PARENT = (
    "import subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
    "print(child.pid, flush=True)\n"
    "child.wait()\n"
)


def _service(name, program):
    return Service(name, (sys.executable, "-c", program))


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").exists() else True


@pytest.fixture
def supervise(tmp_path):
    """Make supervisors that are stopped in the end."""
    made = []

    def make(*services, **options):
        supervisor = Supervisor(services, tmp_path, grace_s=options.pop("grace_s", 5), **options)
        made.append(supervisor)
        supervisor.start()
        return supervisor

    yield make
    for supervisor in made:
        supervisor.stop()


def test_a_service_that_dies_is_started_again(supervise, eventually):
    """Another process takes its name, and the state file says so."""
    supervisor = supervise(_service("worker", SLEEP), urls={"web": "http://127.0.0.1:1"}, first_delay_s=0.01)
    first = supervisor.pids["worker"]

    os.kill(first, signal.SIGKILL)

    second = eventually(lambda: supervisor.pids.get("worker") not in {None, first} and supervisor.pids)
    state = json.loads(supervisor.state_file.read_text())
    assert state == {"urls": {"web": "http://127.0.0.1:1"}, "pids": second}
    assert not _is_alive(first)


def test_restarts_of_a_service_that_keeps_dying_become_rarer(supervise, eventually):
    """Each delay is longer than the one before."""
    supervisor = supervise(
        _service("doomed", "import time; print(time.time(), flush=True)"), first_delay_s=0.2
    )
    log = supervisor.log_file("doomed")

    eventually(lambda: len(log.read_text().splitlines()) >= 4, "four starts")

    times = [float(line) for line in log.read_text().splitlines()[:4]]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert gaps[2] > gaps[0]
    assert gaps[0] >= 0.2


def test_stop_ends_everybody_within_the_grace_period(supervise, eventually):
    """Those that listen to SIGTERM, and those that do not; nobody is restarted."""
    supervisor = supervise(_service("kind", SLEEP), _service("stubborn", STUBBORN), grace_s=1)
    eventually(lambda: all("up" in supervisor.log_file(n).read_text() for n in ("kind", "stubborn")))
    pids = supervisor.pids

    started = time.monotonic()
    supervisor.stop()

    assert time.monotonic() - started < 10
    assert not any(map(_is_alive, pids.values()))
    assert json.loads(supervisor.state_file.read_text())["pids"] == {}


def test_children_of_a_dead_service_do_not_survive_it(supervise, eventually):
    """They would compete with its successor."""
    supervisor = supervise(_service("parent", PARENT))
    child = int(eventually(lambda: supervisor.log_file("parent").read_text().splitlines())[0])

    os.kill(supervisor.pids["parent"], signal.SIGKILL)

    eventually(lambda: not _is_alive(child), "the end of the child")


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path, eventually):
    """Services and their children end, although nobody told them to."""
    program = (
        "import sys, time, pathlib\n"
        "from local.supervisor import Service, Supervisor\n"
        f"service = Service('parent', (sys.executable, '-c', {PARENT!r}))\n"
        f"Supervisor([service], pathlib.Path({str(tmp_path)!r})).start()\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as supervisor:
        log, state = tmp_path / "logs" / "parent.log", tmp_path / "state.json"
        child = int(eventually(lambda: log.exists() and log.read_text().splitlines())[0])
        service = json.loads(state.read_text())["pids"]["parent"]

        supervisor.kill()

    eventually(lambda: not _is_alive(service) and not _is_alive(child), "the end of the services")


def test_the_watchdog_knows_who_is_left():
    """Groups that ended are not killed: their numbers may belong to others by now."""
    assert follow(["+1\n", "+2\n", "-1\n", "+3\n"]) == {2, 3}


def _ok(_environ, start_response):
    start_response("200 OK", [])
    return [b""]


def _sick(_environ, start_response):
    start_response("503 Service Unavailable", [])
    return [b""]


def test_a_service_is_ready_when_its_address_answers():
    """200 is ready; anything else, or nobody there, is not."""
    with serving(_ok) as address:
        wait_until_ready("web", address, 10)
    with pytest.raises(NotReady, match="web was not ready"):
        wait_until_ready("web", address, 0.1)
    with serving(_sick) as address, pytest.raises(NotReady):
        wait_until_ready("web", address, 0.1)


def test_a_worker_is_ready_when_its_file_is_fresh(tmp_path):
    """A file of an earlier run does not count, and giving up ends the wait early."""
    file = tmp_path / "heartbeat"
    file.touch()

    wait_until_ready("worker", file, 10)
    with pytest.raises(NotReady):
        wait_until_ready("worker", file, 0.1, since=time.time() + 60)
    with pytest.raises(NotReady):
        wait_until_ready("worker", tmp_path / "missing", 600, gave_up=lambda: True)
