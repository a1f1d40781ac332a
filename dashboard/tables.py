"""Tables as people read them: headings with meanings, percent, hours, local times."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import gatherings, words
from dashboard.frame import View

OWN_CLOCK = ("starts_at",)
_SHARES = ("share", "dau_mau", "low", "high", "trend")
_SHARE_ENDS = ("_share", "_rate", "_low", "_high")


def is_share(column: str) -> bool:
    """Whether a column is a part of a whole, from 0 to 1."""
    return column in _SHARES or column.startswith("share_") or column.endswith(_SHARE_ENDS)


def _is_share(field: pa.Field) -> bool:
    """A count is none, whatever it is called."""
    return is_share(field.name) and not pa.types.is_integer(field.type)


def readable(table: pa.Table, view: View) -> pa.Table:
    """The table with shares in percent, lengths in hours, and times in the community's zone.

    When an event begins is told by its own clock where the table has that.
    """
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if _is_share(field):
            column = pc.multiply(column.cast(pa.float64()), 100.0)
        elif field.name.endswith("_seconds"):
            column = pc.divide(column.cast(pa.float64()), 3600.0)
        elif field.name in OWN_CLOCK and "utc_offset_minutes" in table.column_names:
            column = _by_own_clock(column, table.column("utc_offset_minutes"), view)
        elif pa.types.is_timestamp(field.type):
            column = pc.assume_timezone(column, "UTC").cast(pa.timestamp("us", view.zone.key))
        table = table.set_column(index, field.name, column)
    return table


def _by_own_clock(times: pa.ChunkedArray, offsets: pa.ChunkedArray, view: View) -> pa.Array:
    """UTC times by their events' own clocks, without a zone."""
    moments = (
        moment and gatherings.own_clock(view, moment, offset)
        for moment, offset in zip(times.to_pylist(), offsets.to_pylist(), strict=True)
    )
    return pa.array(moments, pa.timestamp("us"))


def column_config(table: pa.Table, meanings: Mapping[str, str], view: View) -> dict[str, Any]:
    """How Streamlit shows each column."""
    return {
        field.name: _column(field, words.label(field.name), meanings.get(field.name), view)
        for field in table.schema
    }


def _column(field: pa.Field, label: str, meaning: str | None, view: View) -> Any:
    config = st.column_config
    if field.name == "link":
        return config.LinkColumn(label, help=meaning, display_text="open")
    if _is_share(field):
        return config.NumberColumn(label, help=meaning, format="%.1f%%")
    if field.name.endswith("_seconds"):
        hours = f"{label.removesuffix(' seconds')}, hours"
        return config.NumberColumn(hours, help=meaning, format="%.1f")
    if pa.types.is_timestamp(field.type):
        zone = view.zone.key if field.type.tz else None
        return config.DatetimeColumn(label, help=meaning, format="D MMM YYYY, HH:mm", timezone=zone)
    if pa.types.is_floating(field.type):
        return config.NumberColumn(label, help=meaning, format="%.1f")
    if pa.types.is_integer(field.type):
        return config.NumberColumn(label, help=meaning, format="localized")
    return config.Column(label, help=meaning)
