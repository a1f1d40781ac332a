"""Tables as people read them: headings with meanings, percent, hours, local times; and as CSV."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard import access, data, text
from dashboard.components import members
from dashboard.data import Row
from dashboard.view import View
from warehouse.tables import to_csv

HEAD, LINE = 38, 35
MEMBER = "member"
_SHARES = ("share", "dau_mau", "low", "high", "trend")
_SHARE_ENDS = ("_share", "_rate", "_low", "_high")


def show(
    table: pa.Table,
    view: View,
    order: Sequence[str],
    *,
    key: str | None = None,
    meanings: Mapping[str, str] | None = None,
    shares: Mapping[str, str] | None = None,
    most_height: int = 390,
    placeholder: str = text.DASH,
    on_select: Literal["ignore", "rerun"] = "ignore",
) -> Any:
    """Draws the columns of `order`; returns the row that the reader chose, where one can be."""
    shown = readable(table, view, shares)
    said = meanings or {}
    if "person_id" in shown.column_names and access.viewer().finds_people:
        pages = [members.address(person) for person in shown.column("person_id").to_pylist()]
        shown = shown.append_column(MEMBER, pa.array(pages, pa.string()))
        # Beside the name, where a narrow table shows it without scrolling.
        place = list(order).index("name") + 1 if "name" in order else len(order)
        order = [*order[:place], MEMBER, *order[place:]]
    return st.dataframe(
        shown,
        hide_index=True,
        column_config={one.name: _column(one, said.get(one.name), view) for one in shown.schema},
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
        access.download(file_name, lambda: to_csv(rows, columns)),
        file_name,
        "text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        type="tertiary" if is_quiet else "secondary",
        icon=":material/download:",
        disabled=not rows,
    )


def readable(table: pa.Table, view: View, shares: Mapping[str, str] | None = None) -> pa.Table:
    """The table with shares in percent, lengths in hours, and times in the community's zone.

    When an event begins is told by its own clock where the table has that. A column of `shares`,
    which name the columns that they are of, becomes text where one of them is of few.
    """
    wholes = {name: table.column(whole).to_pylist() for name, whole in (shares or {}).items()}
    for index, field in enumerate(table.schema):
        column = table.column(index)
        if any(map(text.is_few, wholes.get(field.name, ()))):
            pairs = zip(column.to_pylist(), wholes[field.name], strict=True)
            said = [None if part is None else text.share_of(part, whole) for part, whole in pairs]
            column = pa.array(said, pa.string())
        elif _is_share(field):
            column = pc.multiply(column.cast(pa.float64()), 100.0)
        elif field.name == "stage":
            named = [text.sentence(stage.replace("_", " ")) for stage in column.to_pylist()]
            column = pa.array(named, pa.string())
        elif field.name.endswith("_seconds"):
            column = pc.divide(column.cast(pa.float64()), 3600.0)
        elif field.name == "starts_at" and "utc_offset_minutes" in table.column_names:
            offsets = table.column("utc_offset_minutes").to_pylist()
            moments = zip(column.to_pylist(), offsets, strict=True)
            own = [moment and view.own_clock(moment, offset) for moment, offset in moments]
            column = pa.array(own, pa.timestamp("us"))
        elif pa.types.is_timestamp(field.type):
            column = pc.assume_timezone(column, "UTC").cast(pa.timestamp("us", view.zone.key))
        table = table.set_column(index, field.name, column)
    return table


def _is_share(field: pa.Field) -> bool:
    """Whether a column is a part of a whole, from 0 to 1; a count is none, whatever its name."""
    name = field.name
    named = name in _SHARES or name.startswith("share_") or name.endswith(_SHARE_ENDS)
    return named and not (pa.types.is_integer(field.type) or pa.types.is_string(field.type))


def _column(field: pa.Field, meaning: str | None, view: View) -> Any:
    """How Streamlit shows a column."""
    config = st.column_config
    label = text.label(field.name)
    number_format = None
    if field.name in ("link", MEMBER):
        return config.LinkColumn(label, help=meaning, display_text="open")
    if pa.types.is_timestamp(field.type):
        zone = view.zone.key if field.type.tz else None
        return config.DatetimeColumn(label, help=meaning, format="D MMM YYYY, HH:mm", timezone=zone)
    if _is_share(field):
        number_format = "%.1f%%"
    elif field.name.endswith("_seconds"):
        label, number_format = f"{label.removesuffix(' seconds')}, hours", "%.1f"
    elif pa.types.is_floating(field.type):
        number_format = "%.1f"
    elif pa.types.is_integer(field.type):
        number_format = "localized"
    if number_format:
        return config.NumberColumn(label, help=meaning, format=number_format)
    return config.Column(label, help=meaning)
