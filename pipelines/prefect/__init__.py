"""All that knows Prefect: the flows, their server, their schedule."""

import os

os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reads it while it is imported.
