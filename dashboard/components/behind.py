"""What is behind a mark or a line of a card: people, records, an event's page."""

from datetime import date
from typing import NamedTuple

import streamlit as st

from dashboard import data, text
from dashboard.components import tables
from dashboard.data import Row
from dashboard.view import View
from warehouse.query import Metric, Selection

PEOPLE, RECORDS = "People", "Records"
# Ids come last behind a row, and only in the CSV of a metric: names and links say more.
IDS = ("activity_id", "person_id", "event_id", "group_id")
# The column that names what an id stands for, where the row has it.
NAMED_BY = {"event_id": "title", "group_id": "group"}
NOBODY = "Nobody and nothing is behind this mark."


class Picked(NamedTuple):
    """What the reader chose: a row, and the state (new, left …) whose mark was clicked."""

    row: int
    state: str | None = None


def show(
    view: View, metric: Metric, selection: Selection, row: Row, state: str | None, key: str
) -> None:
    """Draws the people or the records behind one row; never what they wrote."""
    _link_to_event(row)
    described = ", ".join(_part(view, name, row) for name in metric.row_keys)
    what = st.segmented_control(
        f"Behind {text.markdown(described)}",
        [PEOPLE, RECORDS],
        default=PEOPLE,
        required=True,
        key=f"{key}-behind",
    )
    ask = data.records if what == RECORDS else data.people
    found = ask(view.path, metric.name, selection, row, state)
    if not found.num_rows:
        st.caption(NOBODY)
        return
    taken = found.slice(0, data.BEHIND_LIMIT)
    order = sorted(taken.column_names, key=lambda name: name in IDS)
    tables.show(taken, view, order, key=f"{key}-rows", most_height=300, placeholder="")
    tables.say_more(found)
    file_name = f"{metric.name}-{what}.csv".lower()
    tables.download(file_name, taken.to_pylist(), taken.column_names, f"{key}-{what}")


def _link_to_event(row: Row) -> None:
    """A link to the page of the row's event, where that is another page."""
    event = row.get("event_id")
    if event is not None and event != st.query_params.get("event"):
        st.page_link(
            "app_pages/event.py",
            label=f"Open {text.markdown(row['title'])}",
            icon=":material/arrow_forward:",
            query_params=st.query_params.to_dict() | {"event": event},
        )


def _part(view: View, name: str, row: Row) -> str:
    """What a row stands for by one of the columns by which its people are found."""
    value = row[name]
    if name in NAMED_BY:
        return str(row.get(NAMED_BY[name]) or value)
    if name in ("period", "cohort"):
        return view.period(value)
    if isinstance(value, date):
        return text.day(value)
    return f"{text.label(name).lower()} {value}"
