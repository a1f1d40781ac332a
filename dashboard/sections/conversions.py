"""From events to the conversation and the code, and the other way round."""

from dataclasses import replace
from functools import partial

import plotly.graph_objects as go

from dashboard import colours, text
from dashboard.charts import bars
from dashboard.charts import figure as figures
from dashboard.charts.figure import Series
from dashboard.charts.rows import add_shares
from dashboard.components.cards import card
from dashboard.components.headline import Headline, headline, newest_finished
from dashboard.data import Row
from dashboard.view import View

TOO_SOON = "Known 30 days after, once accounts of both are known to be one person's"
UNKNOWN = "Not known until accounts at events and elsewhere are known to be one person's."
STAGES = {
    "joined": "Then joined a platform",
    "took_part": "Took part there",
    "contributed": "Contributed code or an answer",
}
CAME = Series(
    "share_of_previous", "Came to an event", "share", colour=colours.PINK, whole="persons_before"
)
NEVER_CAME = Series(
    "comparison_share",
    "Joined and never came",
    "share",
    colour=colours.GREY,
    whole="comparison_persons_before",
)
ONLINE_WORDS = ("person who took part online", "people who took part online")
NEVER_CAME_WORDS = ("person who joined and never came", "people who joined and never came")


def then_took_part(view: View) -> Headline:
    """Who took part elsewhere within 30 days, of the newest period of which that is known."""
    rows = [
        row | {"is_complete": row["is_complete"] and row["share"] is not None}
        for row in view.run_up_rows("event_conversion")
        if row["attendees"]
    ]
    label = "Then took part online"
    found = headline(rows, label, "event_conversion", "share", "share", "up", view.grain)
    if found.now is None:
        return replace(found, note=TOO_SOON)
    parts = [text.sentence(text.certainty(found.now["low"], found.now["high"]))]
    if found.now["comparison_share"] is not None:
        parts.append(
            text.share_of(
                found.now["comparison_share"], found.now["comparison_persons"], *NEVER_CAME_WORDS
            )
        )
    return replace(found, note=". ".join(parts))


def to_the_community(view: View) -> None:
    """From the room to the community, beside those who joined and never came."""
    stages = view.rows("conversion_funnel")
    known = {row["stage"]: row for row in stages}
    came = known["came"]["persons"] if known else 0
    rows = [known[stage] for stage in STAGES] if came else []
    title = "From the room to the community"
    if rows and rows[0]["persons"] is None:
        card(view, "conversion_funnel", title, stages, note=UNKNOWN)
        return
    if rows:
        joined, took_part, contributed = (text.count(row["persons"]) for row in rows)
        title = (
            f"Of {text.count(came)} who came, {joined} then joined a platform, {took_part} took"
            f" part, {contributed} contributed"
        )
    note = (
        "Each step as a share of the step before; lines: 95% certainty. Beside them people who"
        " joined in the same time and never came: without them the numbers flatter."
    )
    card(view, "conversion_funnel", title, rows, _funnel(view, rows), note)


def _funnel(view: View, rows: list[Row]) -> go.Figure:
    """Each stage as a share of the one before, of those who came and of those who did not."""
    # Whom attendees are compared with has joined: that is no share to compare.
    others = [row | {"comparison_share": None} if row["stage"] == "joined" else row for row in rows]

    def hover(series: Series, count: str, row: Row) -> str:
        said = f"{series.label}: {series.said(row)} of the step before"
        return f"{said} ({text.number(row[count], 'count')})"

    figure = figures.blank(height=330, has_legend=True)
    add_shares(figure, view, rows, _stage, CAME, partial(hover, CAME, "persons"))
    said = partial(hover, NEVER_CAME, "comparison_persons")
    add_shares(figure, view, others, _stage, NEVER_CAME, said, has_interval=False)
    labels = [
        f"{_stage(row)}<br><b>{_or_dash(CAME, row)}</b> beside {_or_dash(NEVER_CAME, row)}"
        for row in others
    ]
    figure.update_yaxes(ticktext=labels)
    return figure


def _or_dash(series: Series, row: Row) -> str:
    return text.DASH if row[series.column] is None else series.said(row)


def _stage(row: Row) -> str:
    return STAGES[row["stage"]]


def the_other_way(view: View) -> None:
    """Of those who take part online, who comes to events."""
    rows = view.rows("conversation_to_events")
    title = "Do people from the conversation come to events?"
    if rows and all(row["came"] is None for row in rows):
        card(view, "conversation_to_events", title, rows, note=UNKNOWN)
        return
    if last := newest_finished(row for row in rows if row["came"]):
        title = (
            f"{text.share_of(last['share'], last['active_online'], *ONLINE_WORDS)} came to an event"
            f" {text.during(last['period'], view.grain)}"
        )
    label = "of those who took part online came"
    series = Series("share", label, "share", colour=colours.PURPLE, whole="active_online")
    figure = bars.over_time(view, rows, [series])
    note = "No bar: nobody of them came, or it is not known. Hatched: not over yet."
    card(view, "conversation_to_events", title, rows, figure, note)
