"""What went wrong, as one line without anybody's data, for the terminal and for logs."""

import traceback
from pathlib import Path

import duckdb

from connectors.base import SourceError
from pipelines.settings import SettingsError
from warehouse.build import BuildError
from warehouse.query import BadQuestion
from warehouse.snapshots import NoSnapshot
from warehouse.versions import WarehouseError


class PartlyFailed(Exception):
    """Some steps failed, a line each; what the others did was published."""


class ServerError(Exception):
    """The Prefect server cannot be started or reached; says where and what to do."""


WRITTEN_FOR_PEOPLE = (
    BadQuestion,
    BuildError,
    NoSnapshot,
    PartlyFailed,
    ServerError,
    SettingsError,
    SourceError,
    WarehouseError,
)
SYSTEM_ERRORS = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)


def is_wrong_call(error: Exception) -> bool:
    """Say whether the command or its configuration is wrong, so that nothing was tried."""
    return isinstance(error, BadQuestion | SettingsError)


def explain(error: Exception) -> str:
    """Return what happened, where, and what to do."""
    if isinstance(error, WRITTEN_FOR_PEOPLE):
        return str(error)
    if isinstance(error, SYSTEM_ERRORS):
        return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    # The message of an unforeseen error might hold somebody's data, so it is not shown.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unforeseen {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}. "
        "Nothing half-written was kept. Please report this line"
    )
