"""Chapters: how much each group meets, who comes, whether it grows; on a map and side by side."""

from collections import Counter

import streamlit as st

from dashboard import cards, chapter_charts, colours, words
from dashboard.data import Row
from dashboard.frame import View

SIDE_BY_SIDE = 3
FIRST = ("group", "events", "attendees", "new_faces", "mean_attended", "show_rate", "trend")


def show(view: View) -> None:
    """Each group: how much it meets, who comes, whether it grows; where it is."""
    rows = view.rows("chapters")
    ways = [chapter_charts.way(row) for row in rows]
    title = "Chapters"
    if rows:
        told = [
            f"{words.count(ways.count(f'{verb}s'))} {verb}{'s' * (ways.count(f'{verb}s') == 1)}"
            for verb in ("grow", "fade")
            if f"{verb}s" in ways
        ]
        title = ": ".join(
            [words.plural(len(rows), "chapter"), *([words.join(told)] if told else [])]
        )
    note = (
        "Trend: how many came per event in the last 180 days against the 180 before. Press a"
        " heading to sort, a row for its people."
    )
    cards.card(view, "chapters", title, rows, note=note, first=FIRST)
    if any(row["latitude"] is not None and row["longitude"] is not None for row in rows):
        cards.card(
            view,
            "chapters",
            "Where they meet",
            rows,
            chapter_charts.on_a_map(rows, view),
            note="Larger: more come per event. Places are those that the data tells, to scale.",
            suffix="map",
            first=FIRST,
        )
    if len(rows) > 1:
        side_by_side(view, rows)


def side_by_side(view: View, groups: list[Row]) -> None:
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
    cards.card(
        view,
        "event_attendance",
        "How many came to each event",
        rows,
        chapter_charts.side_by_side(rows, chosen, view),
        note="Hollow: nobody was checked in, a yes counts as having come.",
        suffix="chapters",
        empty="Choose a chapter above.",
    )
    own = [row for row in groups if row["group_id"] in picked]
    cards.card(
        view,
        "chapters",
        "Their numbers",
        own,
        suffix="chosen",
        first=FIRST,
        empty="Choose a chapter above.",
    )


def _names(groups: list[Row]) -> dict[str, str]:
    """What each group is called; of several with one name also where it is from."""
    often = Counter(row["group"] for row in groups)
    return {
        row["group_id"]: row["group"] if often[row["group"]] == 1 else _told_apart(row)
        for row in groups
    }


def _told_apart(row: Row) -> str:
    return f"{row['group']} ({', '.join(filter(None, (row['city'], row['source'])))})"
