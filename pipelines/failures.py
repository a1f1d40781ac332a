"""What went wrong, as one line without anybody's data, for the terminal and for logs."""

import errno
import os
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import duckdb

from connectors.base import SourceError
from connectors.redaction import message
from dashboard.report.errors import BadReportCall, ReportError
from pipelines.settings import SettingsError
from warehouse.aggregates import NoAggregates
from warehouse.build import BuildError
from warehouse.files import how_to_get_at
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
    NoAggregates,
    NoSnapshot,
    PartlyFailed,
    ReportError,
    ServerError,
    SettingsError,
    SourceError,
    WarehouseError,
)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
# What SQLite says, and the name of DuckDB's limit on what it writes beside a file for a while.
OTHER_WORDS_FOR_NO_ROOM = ("database or disk is full", "max_temp_directory_size")
# So DuckDB names a file and what the system says of it, in errors of many classes.
FILE_TROUBLE = re.compile(r'file "(?P<path>[^"]+)": (?P<reason>[^"\n]+)')
SYSTEM_ERRORS = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)


def is_wrong_call(error: Exception) -> bool:
    """Say whether the command or its configuration is wrong, so that nothing was tried."""
    return isinstance(error, BadQuestion | BadReportCall | SettingsError)


def explain(error: Exception) -> str:
    """Return what happened, where, and what to do, without control characters and secrets."""
    return message(_explanation(error))


def _explanation(error: Exception) -> str:
    if trouble := next(filter(None, map(_file_trouble, _causes(error))), None):
        return trouble
    if isinstance(error, WRITTEN_FOR_PEOPLE):
        return str(error)
    if isinstance(error, SYSTEM_ERRORS):
        return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    # The message of an unforeseen error might hold somebody's data, so it is not shown.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unforeseen {type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}. "
        "What was landed is kept, and nothing is half-written. Please report this line"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, as a trace would show it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _file_trouble(error: BaseException) -> str | None:
    """Say which file the system does not let us read or write; None for any other error."""
    if isinstance(error, OSError):
        path, reason = error.filename2 or error.filename, os.strerror(error.errno or 0)
        number = error.errno
    elif isinstance(error, duckdb.Error) and (found := FILE_TROUBLE.search(str(error))):
        path, reason = found["path"], found["reason"]
        number = next((n for n in NO_ROOM | NO_RIGHT if os.strerror(n) in reason), None)
    elif any(words in str(error) for words in OTHER_WORDS_FOR_NO_ROOM):
        path, reason, number = None, "", errno.ENOSPC
    else:
        return None
    where = f"{path or 'the output'} cannot be"
    if number in NO_ROOM:
        return (
            f"the disk is full: {where} written ({reason or os.strerror(errno.ENOSPC)}). Make room "
            "and run the command again; nothing is half-written"
        )
    if number in NO_RIGHT and path:
        is_read_only = number == errno.EROFS
        advice = "Choose a place on another disk" if is_read_only else how_to_get_at(Path(path))
        return f"{where} read or written ({reason}). {advice}"
    return None
