"""What a fresh Python process prints, and which modules it imported."""

import os
import subprocess
import sys
from collections.abc import Collection


def printed_by(code: str) -> str:
    """What a program prints, in the present folder."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def imported_by(code: str, modules: Collection[str]) -> set[str]:
    """Which of these modules a program that prints nothing has imported at its end."""
    program = f"import sys\n{code}\nprint(*({set(modules)!r} & set(sys.modules)))"
    return set(printed_by(program).split())
