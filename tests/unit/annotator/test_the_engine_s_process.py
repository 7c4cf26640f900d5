"""The engine's process is bounded, stays for the next block, and may end at any moment."""

import json
import os
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from services.annotator.annotation import csq_process, csq_server
from services.annotator.annotation.csq import EngineKilled
from tests.unit.annotator.engine_calls import asked, queries, tell, work
from tests.waiting import wait_for

LIMITS = ("RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_CORE")


def tell_limits(_arguments):
    limits = {name: resource.getrlimit(getattr(resource, name)) for name in LIMITS}
    os.write(1, json.dumps({**limits, "alarm": signal.alarm(0)}).encode())


def limits_of(call, tmp_path):
    """What a function says of the limits of its process."""
    ran = csq_process.Engine(call).run([], b"", csq_server.CPU_SECONDS, tmp_path)
    assert ran.status == 0, ran.errors
    return json.loads(ran.output)


def test_the_engine_s_process_is_bounded(tmp_path):
    """Memory, output and time have an end before the machine has."""
    limits = limits_of(tell_limits, tmp_path)

    assert limits["RLIMIT_DATA"] == [csq_server.MEMORY_BYTES] * 2
    assert limits["RLIMIT_FSIZE"] == [csq_server.OUTPUT_BYTES] * 2
    assert limits["RLIMIT_CPU"] == [csq_server.CPU_SECONDS, resource.RLIM_INFINITY]
    assert limits["RLIMIT_CORE"] == [0, 0]
    assert 0 < limits["alarm"] <= csq_server.WALL_SECONDS


def test_lower_limits_of_the_environment_are_kept(tmp_path):
    """Nobody may raise a hard limit, and trying to would end the engine."""

    def call_within_limits(_arguments):
        resource.setrlimit(resource.RLIMIT_DATA, (3_072_000_000, 3_072_000_000))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        os.write(1, json.dumps(limits_of(tell_limits, tmp_path)).encode())

    limits = limits_of(call_within_limits, tmp_path)

    assert limits["RLIMIT_DATA"] == [3_072_000_000] * 2
    assert limits["RLIMIT_CPU"] == [55, 60]


def test_what_is_killed_between_two_blocks_is_no_fault_of_the_data(new_engine):
    """Whatever of the engine stays for the next block: that is answered, or the job is to be tried again."""
    engine = new_engine()
    others = children()
    before = engine.consequences(queries("11778 G A")).to_pylist()
    for process in children() - others:
        os.kill(process, signal.SIGKILL)
        wait_for(lambda process=process: state(process) == "Z", "the end of the process")

    with suppress(EngineKilled):
        assert engine.consequences(queries("11778 G A")).to_pylist() == before


def test_the_process_stays_for_the_blocks_that_follow(new_engine):
    """It is another one after a failure, and where positions go back, which the engine refuses."""

    def call(_arguments):
        records = asked()
        if any(b"\t579\t" in record for record in records):
            raise ValueError("This one is refused.")
        tell(*[os.getpid()] * len(records))

    engine = new_engine(call)

    first, second, _, third, back, again = (
        engine.consequences(queries(row)).to_pylist()
        for row in ("577 G C", "578 T C", "579 T C", "580 T C", "577 G C", "577 G C")
    )

    assert first == second
    assert len({*first, *third, *back}) == 3
    assert back == again


def test_each_call_has_its_own_time(new_engine):
    """What the calls before it took is not charged to it."""

    def call(_arguments):
        records = asked()
        work(1.2)
        used = time.process_time()
        tell(*[int(resource.getrlimit(resource.RLIMIT_CPU)[0] - used)] * len(records))

    engine = new_engine(call)

    left = [
        int(engine.consequences(queries(row)).to_pylist()[0]) for row in ("577 G C", "578 T C", "579 T C")
    ]

    assert min(left) >= csq_server.CPU_SECONDS - 3


def test_a_process_that_is_killed_between_two_blocks_is_no_fault_of_the_data(new_engine):
    """Not the one that starts it, but the one that answers."""
    engine = new_engine(lambda _: tell(*[os.getpid()] * len(asked())))
    process = int(engine.consequences(queries("577 G C")).to_pylist()[0])
    os.kill(process, signal.SIGKILL)

    with pytest.raises(EngineKilled):
        engine.consequences(queries("578 T C"))
    assert int(engine.consequences(queries("579 T C")).to_pylist()[0]) != process


def test_where_nothing_is_left_of_the_engine_the_job_is_to_be_tried_again(new_engine):
    """However often it is asked after that."""
    others = children()
    engine = new_engine(lambda _: tell(*[os.getpid()] * len(asked())))
    process = int(engine.consequences(queries("577 G C")).to_pylist()[0])
    for each in [process, *(children() - others)]:
        os.kill(each, signal.SIGKILL)

    for _ in range(2):
        with pytest.raises(EngineKilled):
            engine.consequences(queries("578 T C"))


def children():
    """The processes that this one has started."""
    return set(map(int, Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()))


def state(process):
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def test_engines_go_in_any_order(new_engine):
    """Two packs may be in use at once, and each may go before the other."""
    process = os.fork()
    if not process:
        use_two(new_engine)

    _, status = os.waitpid(process, 0)

    assert status == 0


def use_two(new_engine):
    """In a process that ends in any case: what waits for ever would do so in the test."""
    status = 1
    try:
        signal.alarm(20)
        engines = [new_engine(lambda _, name=name: tell(*[name] * len(asked()))) for name in "ab"]
        for engine in engines:
            engine.consequences(queries("577 G C"))
        del engine
        engines.pop(0)
        status = engines[0].consequences(queries("577 G C")).to_pylist() != [b"b"]
    finally:
        os._exit(status)
