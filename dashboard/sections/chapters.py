"""Chapters: how much each group meets, who comes, whether it grows; on a map and side by side."""

from collections import Counter

import streamlit as st

from dashboard import colours, text
from dashboard.charts import events as charts
from dashboard.charts import maps
from dashboard.components.cards import card
from dashboard.data import Row
from dashboard.view import View

SIDE_BY_SIDE = 3
FIRST = ("group", "events", "attendees", "new_faces", "mean_attended", "show_rate", "trend")
NOT_CHOSEN = "Choose a chapter above."


def show(view: View) -> None:
    """Each group: how much it meets, who comes, whether it grows; where it is."""
    rows = view.rows("chapters")
    title = text.plural(len(rows), "chapter") if rows else "Chapters"
    often = Counter(maps.way(row) for row in rows)
    ways = (("grows", "grow"), ("fades", "fade"))
    if said := [text.plural(often[one], one, many) for one, many in ways if often[one]]:
        title = f"{title}: {text.join(said)}"
    note = (
        "Trend: how many came per event in the last 180 days against the 180 before. Press a"
        " heading to sort, a row for its people."
    )
    card(view, "chapters", title, rows, note=note, first=FIRST)
    if any(maps.is_placed(row) for row in rows):
        figure = maps.on_a_map(rows, view)
        note = "Larger: more come per event. Places are those that the data tells, to scale."
        card(view, "chapters", "Where they meet", rows, figure, note, suffix="map", first=FIRST)
    if len(rows) > 1:
        _side_by_side(view, rows)


def _side_by_side(view: View, groups: list[Row]) -> None:
    """Chosen chapters beside each other: each event, and the numbers."""
    names = _names(groups)
    largest = sorted(groups, key=lambda row: -(row["attended"] or 0))
    picked = st.multiselect(
        "Chapters side by side",
        list(names),
        default=[row["group_id"] for row in largest[:SIDE_BY_SIDE]],
        format_func=names.__getitem__,
        key="chapters",
        max_selections=len(colours.ALL),
    )
    chosen = {one: names[one] for one in picked}
    found = [row for row in view.rows("event_attendance") if row["group_id"] in chosen]
    rows = sorted(found, key=lambda row: row["starts_at"], reverse=True)
    title = "How many came to each event"
    figure = charts.side_by_side(rows, chosen, view)
    note = "Hollow: nobody was checked in, a yes counts as having come."
    card(view, "event_attendance", title, rows, figure, note, empty=NOT_CHOSEN, suffix="chapters")
    own = [row for row in groups if row["group_id"] in chosen]
    card(view, "chapters", "Their numbers", own, suffix="chosen", first=FIRST, empty=NOT_CHOSEN)


def _names(groups: list[Row]) -> dict[str, str]:
    """What each group is called; of several with one name also where it is from."""
    often = Counter(row["group"] for row in groups)
    names = {}
    for row in groups:
        origin = ", ".join(filter(None, (row["city"], row["source"])))
        is_alone = often[row["group"]] == 1
        names[row["group_id"]] = row["group"] if is_alone else f"{row['group']} ({origin})"
    return names
