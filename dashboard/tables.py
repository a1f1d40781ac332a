"""Tables as people read them: headings with meanings, percent, hours, local times."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import words
from dashboard.frame import View

_SHARES = ("share", "dau_mau", "low", "high")


def is_share(column: str) -> bool:
    """Whether a column is a part of a whole, from 0 to 1."""
    return column in _SHARES or column.startswith("share_") or column.endswith("_share")


def readable(table: pa.Table, view: View) -> pa.Table:
    """The table with shares in percent, lengths in hours, and times in the community's zone."""
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if is_share(field.name):
            column = pc.multiply(column.cast(pa.float64()), 100.0)
        elif field.name.endswith("_seconds"):
            column = pc.divide(column.cast(pa.float64()), 3600.0)
        elif pa.types.is_timestamp(field.type):
            column = pc.assume_timezone(column, "UTC").cast(pa.timestamp("us", view.zone.key))
        table = table.set_column(index, field.name, column)
    return table


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
    if is_share(field.name):
        return config.NumberColumn(label, help=meaning, format="%.1f%%")
    if field.name.endswith("_seconds"):
        hours = f"{label.removesuffix(' seconds')}, hours"
        return config.NumberColumn(hours, help=meaning, format="%.1f")
    if pa.types.is_timestamp(field.type):
        return config.DatetimeColumn(
            label, help=meaning, format="D MMM YYYY, HH:mm", timezone=view.zone.key
        )
    if pa.types.is_floating(field.type):
        return config.NumberColumn(label, help=meaning, format="%.1f")
    if pa.types.is_integer(field.type):
        return config.NumberColumn(label, help=meaning, format="localized")
    return config.Column(label, help=meaning)
