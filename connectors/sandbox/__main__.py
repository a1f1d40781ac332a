"""Runs a sandbox from one JSON argument: how `serve` starts one in a process of its own."""

import os
import sys
import threading
from datetime import date

import msgspec

from connectors.sandbox.community import make_world
from connectors.sandbox.server import run
from connectors.sandbox.state import Options


class Served(msgspec.Struct):
    """A world (seed, members, days, end) and how to serve it."""

    world: tuple[int, int, int, date]
    options: Options | None = None


def _end_with_parent() -> None:
    """End when our standard input is closed, which happens however the parent ends."""
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    served = msgspec.json.decode(sys.argv[1], type=Served)
    seed, members, days, end = served.world
    run(make_world(seed, members, days, end), served.options)
