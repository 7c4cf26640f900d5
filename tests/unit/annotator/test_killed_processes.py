"""Whatever is killed at whatever moment: no half of a result and no process left, and why in a sentence."""

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from services.annotator.annotation.file import Options, annotate_file
from services.annotator.result.result_files import Outputs, result_names
from tests.process_groups import members
from tests.unit.annotator import vcf_texts
from tests.unit.annotator.conftest import HEADER
from tests.waiting import wait_for

COMMAND = [sys.executable, "-m", "services.annotator.annotate"]

OTHER_BASES = dict(zip("ACGTN", "CTAGA", strict=True))

# The command, but for blocks so small that there are many.
MANY_BLOCKS = """
import sys
from contextlib import suppress
from pathlib import Path
from services.annotator.annotation.file import Options, annotate_file
from services.annotator.pack.pack import BUILTIN_PACKS, load_pack
from services.annotator.result.result_files import Outputs, result_names

source = Path(sys.argv[1])
outputs = Outputs(*(source.with_name(path.name) for path in vars(result_names(source.name)).values()))
pack = load_pack(BUILTIN_PACKS / "human_mt")
annotate_file(source, outputs, pack, file_name=source.name, options=Options(workers=3, block_bytes=4_000))
"""


@pytest.fixture
def large(tmp_path):
    """A file that takes a while, in two blocks."""
    source = tmp_path / "x.vcf"
    lines = (
        f"MT\t{place}\t.\t{base}\t{OTHER_BASES[base]}\t.\t.\t.\n" * 18
        for place, base in enumerate(vcf_texts.MITOCHONDRION, 1)
    )
    source.write_text(HEADER.decode() + "".join(lines))
    return source


@pytest.fixture
def start():
    """Start a command in a process group of its own, and see that none of it is left behind the test."""
    started = []
    # A shell starts what runs in its background deaf to interruptions, and children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def start(*command):
        process = subprocess.Popen(
            command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    signal.signal(signal.SIGINT, before)
    for process in started:
        end_group(process)
        process.wait()
        process.stderr.close()


def end_group(process):
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def children(process):
    """The processes that a process has started and not yet waited for."""
    try:
        return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))
    except OSError:
        return []


def workers_of(command):
    """The processes that share the work of a command, as soon as there is one."""
    return wait_for(lambda: children(command.pid), "a worker")


def chain_to_engine(command):
    """The processes from a worker down to the engine that works for it, which is stopped."""

    def stop():
        for chain in chains([worker] for worker in children(command.pid)):
            if is_engine(chain[-1]) and stopped(chain[-1]):
                return chain
        assert command.poll() is None, "the command was done before its engine was seen"
        return None

    return wait_for(stop, "an engine at work")


def chains(beginnings):
    """Every way down from some processes to one without children."""
    for chain in beginnings:
        if below := children(chain[-1]):
            yield from chains([*chain, child] for child in below)
        else:
            yield chain


def is_engine(process):
    """Whether it reads its input from a file of the annotation in the making."""
    try:
        return ".annotating-" in str(Path(f"/proc/{process}/fd/0").readlink())
    except OSError:
        return False


def stopped(process):
    """Whether it could be stopped before it ended by itself."""
    try:
        os.kill(process, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    return wait_for(lambda: state_of(process), "the state of the engine") == "T"


def state_of(process):
    """T when stopped, Z when it has ended; nothing while it is about to be one of them."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
    return state if state in "TZX" else ""


def names_beside(source):
    return sorted(path.name for path in source.parent.iterdir() if path != source)


def test_the_command_says_that_the_engine_was_killed(large, start):
    """One sentence and status 1: neither the file nor the pack is to blame."""
    command = start(*COMMAND, str(large), str(large.with_name("y.vcf.gz")), "--workers", "2")

    os.kill(chain_to_engine(command)[-1], signal.SIGKILL)
    _, error = command.communicate()

    assert (command.returncode, error) == (1, "The engine was ended by signal 9.\n")
    assert names_beside(large) == []
    wait_for(lambda: not members(command.pid), "the end of all processes")


def test_the_command_says_that_a_process_of_its_own_was_killed(large, start):
    """Likewise for a worker."""
    command = start(*COMMAND, str(large), str(large.with_name("y.vcf.gz")), "--workers", "2")
    chain = chain_to_engine(command)

    os.kill(chain[0], signal.SIGKILL)
    os.kill(chain[-1], signal.SIGCONT)
    _, error = command.communicate()

    sentences = {
        "The engine was ended by signal 9.\n",
        "A process of the annotator was ended from outside.\n",
    }
    assert error in sentences
    assert command.returncode == 1
    assert names_beside(large) == []
    wait_for(lambda: not members(command.pid), "the end of all processes")


def test_the_engine_goes_on_without_what_started_it(large, start):
    """It is needed again when the engine fails, and only then."""
    command = start(*COMMAND, str(large), str(large.with_name("y.vcf.gz")), "--workers", "2")
    chain = chain_to_engine(command)

    os.kill(chain[-2], signal.SIGKILL)
    os.kill(chain[-1], signal.SIGCONT)
    _, error = command.communicate()

    assert (command.returncode, error) == (0, "")
    assert "y.vcf.gz" in names_beside(large)
    wait_for(lambda: not members(command.pid), "the end of all processes")


def test_workers_end_with_the_one_who_sends_them_work(large, start):
    """Also when it had no time to tell them."""
    command = start(*COMMAND, str(large), str(large.with_name("y.vcf.gz")), "--workers", "2")
    engine = chain_to_engine(command)[-1]

    command.kill()
    command.wait()
    os.kill(engine, signal.SIGCONT)

    wait_for(lambda: not members(command.pid), "the end of all processes")
    assert only_hidden(names_beside(large))


def test_an_interruption_at_the_keyboard_leaves_nothing(large, start):
    """It reaches every process of the command at once."""
    command = start(*COMMAND, str(large), str(large.with_name("y.vcf.gz")), "--workers", "2")
    workers_of(command)

    os.killpg(command.pid, signal.SIGINT)
    command.communicate()

    assert command.returncode == -signal.SIGINT
    assert names_beside(large) == []
    wait_for(lambda: not members(command.pid), "the end of all processes")


def only_hidden(names):
    """Whether there is nothing but a hidden folder, or not even that."""
    return len(names) <= 1 and all(name.startswith(".annotating-") for name in names)


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_at_any_moment_leaves_nothing_that_looks_like_a_result(tmp_path, start, seed):
    """What is not complete lies in a hidden folder under names that are not those of results."""
    chance = random.Random(seed)
    source = tmp_path / "x.vcf"
    source.write_bytes(vcf_texts.text(vcf_texts.Drawn(chance), 6_000))
    enough = chance.randrange(source.stat().st_size // 3)

    command = start(sys.executable, "-c", MANY_BLOCKS, str(source))
    while command.poll() is None and written(tmp_path) < enough:
        pass
    end_group(command)
    command.wait()

    assert command.returncode == -signal.SIGKILL
    assert only_hidden(names_beside(source))
    wait_for(lambda: not members(command.pid), "the end of all processes")


def written(folder):
    """How much of the result there is so far, 0 before there is a place for it."""
    try:
        return sum(1 + path.stat().st_size for path in folder.glob(".annotating-*/body.partial"))
    except OSError:
        return 0


@pytest.mark.parametrize("step", range(6))
def test_a_kill_while_results_are_put_in_place_leaves_no_vcf_without_the_others(tmp_path, pack, step):
    """The VCF comes last and vouches for the other files."""
    source = tmp_path / "x.vcf"
    source.write_bytes(HEADER + b"MT\t10\t.\tT\tC\t.\t.\t.\n")
    names = [path.name for path in vars(result_names("x.vcf")).values()]
    outputs = Outputs(*(tmp_path / name for name in names))
    annotate_file(source, outputs, pack, file_name="x.vcf")
    complete = {path: path.read_bytes() for path in vars(outputs).values()}
    source.write_bytes(HEADER + b"MT\t11778\t.\tG\tA\t.\t.\t.\n")

    process = os.fork()
    if not process:
        annotate_and_die(source, outputs, pack, step)
    _, status = os.waitpid(process, 0)

    there = {path: path.read_bytes() for path in vars(outputs).values() if path.exists()}
    if step == len(names):
        assert status == 0
        assert all(there[path] != complete[path] for path in (outputs.vcf, outputs.log, outputs.summary))
    else:
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert outputs.vcf not in there


def annotate_and_die(source, outputs, pack, step):
    """Annotate, and be killed before the file of this number is put in its place."""
    moved = []
    replace = Path.replace

    def replace_or_die(path, target):
        if len(moved) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        moved.append(target)
        return replace(path, target)

    status = 1
    try:
        Path.replace = replace_or_die
        annotate_file(source, outputs, pack, file_name="x.vcf", options=Options())
        status = 0
    finally:
        os._exit(status)
