"""Where the project lies, and beside it the material that some tests read where it is there."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
SHARED = ROOT.parent / "shared"
