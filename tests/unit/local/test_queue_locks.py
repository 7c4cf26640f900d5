"""moto's queues under threads that interrupt one another all the time."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
WORKERS, EACH = 8, 40
#: In a process of its own, because it changes moto and Python's thread switching.
CONTEND = f"""
import json, sys
from concurrent.futures import ThreadPoolExecutor
from moto.sqs.models import sqs_backends
from local.cloud.patches import queue_locks

sys.setswitchinterval(1e-6)
queue_locks.install()
backend = sqs_backends["123456789012"]["us-east-1"]
backend.create_queue("work", {{}})

def send_receive_and_delete(worker):
    taken = []
    for n in range({EACH}):
        backend.send_message("work", f"{{worker}}-{{n}}")
        for message in backend.receive_message("work", 2, 0, 60):
            taken.append(message.body)
            backend.delete_message("work", message.receipt_handle)
    return taken

with ThreadPoolExecutor({WORKERS}) as pool:
    taken = [body for bodies in pool.map(send_receive_and_delete, range({WORKERS})) for body in bodies]
while messages := backend.receive_message("work", 10, 0, 60):
    taken += [message.body for message in messages]
print(json.dumps(taken))
"""


def test_nothing_is_delivered_twice_and_nothing_is_lost():
    """Many workers send, receive and delete at once; every message reaches exactly one of them."""
    done = subprocess.run(
        [sys.executable, "-c", CONTEND], cwd=ROOT, text=True, capture_output=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    sent = [f"{worker}-{n}" for worker in range(WORKERS) for n in range(EACH)]
    assert sorted(json.loads(done.stdout)) == sorted(sent)
