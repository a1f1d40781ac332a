"""A sandbox whose people rarely answer each other, so that pages are full and calls are few.

    python -m tests.benchmarks.few_threads MEMBERS DAYS

Served in a process of its own; the first line printed is the address.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from connectors.sandbox import talk
from connectors.sandbox.community import make_world
from connectors.sandbox.conversation import Channel, Post
from connectors.sandbox.server import Running, run
from connectors.sandbox.state import Options
from tests.benchmarks.measure import ROOT

SHARE_OF_REPLIES = 0.02

_reply = talk._reply


def reply_rarely(state: talk.Talk, channel: Channel, root: Post, at: int, author: int) -> None:
    """Take most of what would have been a reply for an opener of its own."""
    if state.rng.random() < SHARE_OF_REPLIES:
        _reply(state, channel, root, at, author)
    else:
        channel.posts.append(Post(at, author, "message"))


@contextmanager
def serve_few_threads(members: int, days: int) -> Iterator[Running]:
    """Such a sandbox, until the block ends."""
    command = [sys.executable, "-m", __name__, str(members), str(days)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        try:
            assert child.stdout is not None
            yield Running(child.stdout.readline().strip())
        finally:
            child.terminate()


if __name__ == "__main__":
    with mock.patch.object(talk, "_reply", reply_rarely):
        run(make_world(members=int(sys.argv[1]), days=int(sys.argv[2])), Options(False))
