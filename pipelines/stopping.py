"""How a process ends on Ctrl-C, SIGTERM or a closed terminal: within seconds, without a trace.

The signal raises Stopped where the main thread is. Other threads ask with `check`. Whoever does
not end by himself is ended by a guard, as a kill would: what is written to disk survives kills.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

GRACE_SECONDS = 3.0
LAST_WORDS_SECONDS = 2.0
NAP_SECONDS = 0.1
LOOK_SECONDS = 1.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOBODY_READS = 128 + signal.SIGPIPE  # The exit status where a pipe's reader has gone.
FAREWELL = "stopped. What was landed is kept; run the command again to go on"


class Stopped(KeyboardInterrupt):
    """The process was asked to end."""


PARENT = "VITALS_PARENT"  # A process whose parent this variable names ends with it.

_asked_by = 0
_has_raised = False
_last_words = list[Callable[[], object]]()


def listen() -> None:
    """From now on, end on the signals that this process does not ignore (as under nohup)."""
    if signal.getsignal(signal.SIGTERM) is _on_signal:
        return
    guard()
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _on_signal)


def guard() -> None:
    """End this process some seconds after such a signal, whoever handles it otherwise."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    threading.Thread(target=_guard, args=[reading], daemon=True).start()
    # A signal comes through here even while the main thread is in a library's C code.
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    sys.unraisablehook = _unless_stopping(sys.unraisablehook)
    threading.excepthook = _unless_stopping(threading.excepthook)


def status() -> int | None:
    """The exit status of a process that was asked to end, as shells know it; else None."""
    return 128 + _asked_by if _asked_by else None


def check() -> None:
    """Raise Stopped if the process was asked to end."""
    if _asked_by:
        raise Stopped


def sleep(seconds: float) -> None:
    """Wait. Raises Stopped as soon as the process is asked to end."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        check()
        time.sleep(min(left, NAP_SECONDS))
    check()


def join(threads: list[threading.Thread], seconds: float = float("inf")) -> None:
    """Wait until the threads have ended, or for some seconds.

    Raises Stopped once they have ended; where they do not, the guard ends the process.
    """
    until = time.monotonic() + seconds
    while any(thread.is_alive() for thread in threads):
        with suppress(Stopped):
            for thread in threads:
                thread.join(NAP_SECONDS)
        if not _asked_by and time.monotonic() > until:
            return
    check()


def ask(number: int) -> NoReturn:
    """End this process as if it had got a signal. Raises Stopped."""
    global _asked_by
    _asked_by = _asked_by or number
    raise Stopped


@contextmanager
def last_words(say: Callable[[], object]) -> Iterator[None]:
    """Call `say` if the process is ended while the block does not end by itself."""
    _last_words.append(say)
    try:
        yield
    finally:
        _last_words.remove(say)


def leave(status: int) -> NoReturn:
    """End this process now, whatever its other threads do."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            status = status or NOBODY_READS
    os._exit(status)


def end_with_parent() -> None:
    """End, as on SIGTERM, when the parent that the environment names has ended."""
    if os.environ.get(PARENT) == str(os.getppid()):
        threading.Thread(target=_watch_parent, args=[os.getppid()], daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _on_signal(number: int, _: FrameType | None) -> None:
    global _has_raised
    if not _has_raised:
        _has_raised = True
        ask(number)
    if number == signal.SIGINT:  # A second Ctrl-C.
        os._exit(128 + _asked_by)


def _guard(pipe: int) -> None:
    global _asked_by
    while (number := os.read(pipe, 1)[0]) not in SIGNALS:
        continue
    _asked_by = _asked_by or number
    time.sleep(GRACE_SECONDS)
    speaker = threading.Thread(target=_say_last_words, daemon=True)
    speaker.start()
    speaker.join(LAST_WORDS_SECONDS)
    os._exit(128 + _asked_by)


def _say_last_words() -> None:
    for say in list(_last_words):
        say()
    print(FAREWELL, file=sys.stderr, flush=True)


def _unless_stopping(hook: Callable[..., object]) -> Callable[..., None]:
    """Keep traces off the terminal that come of ending."""

    def quiet(details: object) -> None:
        if not _asked_by:
            hook(details)

    return quiet
