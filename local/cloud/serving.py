"""WSGI applications, each on its port in threads of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server


class QuietHandler(MotoRequestHandler):
    """moto's handler keeps S3 metadata whose names have underscores; this one writes no line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def listen(host: str, port: int, app: Any) -> BaseWSGIServer:
    """Take the port and answer on it; the threads end with the process."""
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler)
    threading.Thread(target=server.serve_forever, name=f"port-{port}", daemon=True).start()
    return server


@contextmanager
def serving(app: Any, host: str = "127.0.0.1") -> Iterator[str]:
    """The application on a free port for as long as the block runs; yields its address."""
    server = listen(host, 0, app)
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
