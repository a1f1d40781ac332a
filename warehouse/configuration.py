"""What the configuration says, as facts: the settings that numbers depend on, and the sources."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import duckdb

TABLES = """
create or replace table facts.settings (
    community varchar, timezone varchar, bots varchar[], staff varchar[], min_group_size integer,
    level_window_weeks integer, level_regular_weeks integer, level_core_weeks integer
);
create or replace table facts.sources (source varchar, kind varchar);
"""


@dataclass(frozen=True)
class CommunitySettings:
    """The part of the configuration that numbers depend on."""

    community: str
    timezone: str
    bots: Sequence[str]
    staff: Sequence[str]
    min_group_size: int
    level_window_weeks: int
    level_regular_weeks: int
    level_core_weeks: int


def write_configuration(
    con: duckdb.DuckDBPyConnection, settings: CommunitySettings, kinds: Mapping[str, str]
) -> None:
    """Write facts.settings and facts.sources, inside the open transaction."""
    con.execute(TABLES)
    con.execute("insert into facts.settings values (?, ?, ?, ?, ?, ?, ?, ?)", astuple(settings))
    for source in kinds.items():
        con.execute("insert into facts.sources values (?, ?)", source)
