"""Tables as people read them: headings with meanings, percent, hours, local times; and as CSV."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import data, text
from dashboard.data import Row
from dashboard.view import View
from warehouse.tables import to_csv

OWN_CLOCK = ("starts_at",)
HEAD, LINE = 38, 35
_SHARES = ("share", "dau_mau", "low", "high", "trend")
_SHARE_ENDS = ("_share", "_rate", "_low", "_high")


def show(
    table: pa.Table,
    view: View,
    order: Sequence[str],
    *,
    key: str | None = None,
    meanings: Mapping[str, str] | None = None,
    most_height: int = 390,
    placeholder: str = text.DASH,
    on_select: Literal["ignore", "rerun"] = "ignore",
) -> Any:
    """Draws the columns of `order`; returns the row that the reader chose, where one can be."""
    shown = readable(table, view)
    return st.dataframe(
        shown,
        hide_index=True,
        column_config=_column_config(shown, meanings or {}, view),
        column_order=order,
        key=key,
        on_select=on_select,
        selection_mode="single-row",
        placeholder=placeholder,
        height=min(HEAD + LINE * max(shown.num_rows, 1), most_height),
    )


def say_more(found: pa.Table) -> None:
    """Says so where more people or records were found than are shown."""
    if found.num_rows > data.BEHIND_LIMIT:
        st.caption(f"The first {data.BEHIND_LIMIT} are shown; there are more.")


def download(
    file_name: str, rows: list[Row], columns: list[str], key: str, *, is_quiet: bool = True
) -> None:
    """A button for rows as CSV, made when it is pressed."""
    st.download_button(
        "CSV",
        lambda: to_csv(rows, columns),
        file_name,
        "text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        type="tertiary" if is_quiet else "secondary",
        icon=":material/download:",
        disabled=not rows,
    )


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


def _is_share(field: pa.Field) -> bool:
    """Whether a column is a part of a whole, from 0 to 1; a count is none, whatever its name."""
    name = field.name
    named = name in _SHARES or name.startswith("share_") or name.endswith(_SHARE_ENDS)
    return named and not pa.types.is_integer(field.type)


def _by_own_clock(times: pa.ChunkedArray, offsets: pa.ChunkedArray, view: View) -> pa.Array:
    """UTC times by their events' own clocks, without a zone."""
    moments = (
        moment and view.own_clock(moment, offset)
        for moment, offset in zip(times.to_pylist(), offsets.to_pylist(), strict=True)
    )
    return pa.array(moments, pa.timestamp("us"))


def _column_config(table: pa.Table, meanings: Mapping[str, str], view: View) -> dict[str, Any]:
    """How Streamlit shows each column."""
    return {field.name: _column(field, meanings.get(field.name), view) for field in table.schema}


def _column(field: pa.Field, meaning: str | None, view: View) -> Any:
    config = st.column_config
    label = text.label(field.name)
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
