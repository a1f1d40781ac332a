"""Runs a sandbox from one JSON argument: how `serve` starts one in a process of its own."""

import sys
from datetime import date

import msgspec

from connectors.sandbox.community import make_world
from connectors.sandbox.server import run
from connectors.sandbox.state import Options


class Served(msgspec.Struct):
    """A world (seed, members, days, end) and how to serve it."""

    world: tuple[int, int, int, date]
    options: Options | None = None


if __name__ == "__main__":
    served = msgspec.json.decode(sys.argv[1], type=Served)
    seed, members, days, end = served.world
    run(make_world(seed, members, days, end), served.options)
