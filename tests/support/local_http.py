"""A small HTTP server in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Its address on a free port, until the block ends. It prints nothing.

    Head and body go out in one write: else each response waits for an ACK.
    """
    silent = {"protocol_version": "HTTP/1.1", "log_message": lambda *_: None, "wbufsize": -1}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), silent))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients may hang up
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
