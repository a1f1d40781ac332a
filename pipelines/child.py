"""A module as a child process that ends with this process, however this one ends."""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

STOP_SECONDS = 3.0


@contextmanager
def running(
    module: str, *arguments: str, env: Mapping[str, str], output: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module`, and end it with the block; its output goes to `output`.

    It is in a session of its own, so that Ctrl-C in a terminal reaches this process alone.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", __name__, module, *arguments],
        env=env,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()


def how_it_ended(status: int) -> str:
    """Return how a child ended, for a sentence: with which exit status, or by which signal."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def _end_with_parent() -> None:
    """End when our standard input is closed, which happens however the parent ends."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
