"""`vitals`, killed just before it changes a file for the n-th time.

    python -m tests.support.killed 3 people forget slack:kofi --yes

Exits with status 0 where the command has ended before.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.__main__ import main

_left = 0


def _counted(change: Callable[..., Any]) -> Callable[..., Any]:
    def counted(path: Any, *rest: Any, **more: Any) -> Any:
        global _left
        if Path(path).exists():
            _left -= 1
            if not _left:
                os.kill(os.getpid(), signal.SIGKILL)
        return change(path, *rest, **more)

    return counted


if __name__ == "__main__":
    _left = int(sys.argv.pop(1))
    os.replace, os.unlink = _counted(os.replace), _counted(os.unlink)
    shutil.copyfile = _counted(shutil.copyfile)
    main()
