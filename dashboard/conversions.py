"""From events to the conversation and the code, and the other way round."""

from dataclasses import replace

from dashboard import cards, charts, colours, event_charts, words
from dashboard.data import Row
from dashboard.facts import Fact, headline
from dashboard.frame import View

UNKNOWN = "Not known until accounts at events and elsewhere are known to be one person's."
STAGES = {
    "D0": "Then joined a platform",
    "D1": "Took part there",
    "D2": "Contributed code or an answer",
}


def then_took_part(view: View) -> Fact:
    """Who took part elsewhere within 30 days, of the newest period of which that is known."""
    rows = [
        row | {"is_complete": row["is_complete"] and row["share"] is not None}
        for row in view.run_up_rows("event_conversion")
        if row["attendees"]
    ]
    fact = headline(
        rows, "Then took part online", "event_conversion", "share", "share", "up", view.grain
    )
    if fact.now is None:
        return replace(
            fact, note="Known 30 days after, once accounts of both are known to be one person's"
        )
    parts = [words.sentence(words.certainty(fact.now["low"], fact.now["high"]))]
    if fact.now["comparison_share"] is not None:
        parts.append(
            f"{words.share(fact.now['comparison_share'])} of the"
            f" {words.count(fact.now['comparison_persons'])} who joined and never came"
        )
    return replace(fact, note=". ".join(parts))


def to_the_community(view: View) -> None:
    """From the room to the community, beside those who joined and never came."""
    stages = view.rows("conversion_funnel")
    known = {row["stage"]: row for row in stages}
    came = known["A"]["persons"] if known else 0
    rows = [known[stage] for stage in STAGES] if came else []
    title = "From the room to the community"
    if rows and rows[0]["persons"] is None:
        cards.card(view, "conversion_funnel", title, stages, note=UNKNOWN)
        return
    if rows:
        told = [words.count(row["persons"]) for row in rows]
        title = (
            f"Of {words.count(came)} who came, {told[0]} then joined a platform, {told[1]} took"
            f" part, {told[2]} contributed"
        )
    # Whom attendees are compared with has joined: that is no share to compare.
    others = [row | {"comparison_share": None} if row["stage"] == "D0" else row for row in rows]
    names = [STAGES[row["stage"]] for row in rows]
    figure = charts.blank(height=330)
    for who, own, column, count, colour in (
        ("Came to an event", rows, "share_of_previous", "persons", colours.PINK),
        ("Joined and never came", others, "comparison_share", "comparison_persons", colours.GREY),
    ):
        told = [
            f"{who}: {words.share(row[column])} of the step before"
            f" ({words.number(row[count], 'count')})"
            for row in own
        ]
        event_charts.with_shares(figure, own, names, column, told, colour, who, view)
    figure.update_yaxes(ticktext=[_beside(row, STAGES[row["stage"]]) for row in others])
    charts.with_legend(figure, is_shown=True)
    cards.card(
        view,
        "conversion_funnel",
        title,
        rows,
        figure,
        note="Each step as a share of the step before; lines: 95% certainty. Beside them people who"
        " joined in the same time and never came: without them the numbers flatter.",
    )


def _beside(row: Row, stage: str) -> str:
    """A stage with its share, and that of those it is compared with, as a chart's label."""
    own, other = (
        words.DASH if share is None else words.share(share)
        for share in (row["share_of_previous"], row["comparison_share"])
    )
    return f"{stage}<br><b>{own}</b> beside {other}"


def the_other_way(view: View) -> None:
    """Of those who take part online, who comes to events."""
    rows = view.rows("conversation_to_events")
    title = "Do people from the conversation come to events?"
    if rows and all(row["came"] is None for row in rows):
        cards.card(view, "conversation_to_events", title, rows, note=UNKNOWN)
        return
    known = [row for row in rows if row["came"]]
    last = headline(known, "", "conversation_to_events", "share", "share", "up", view.grain)
    if last.now is not None:
        title = (
            f"{words.share(last.value)} of those who took part online came to an event"
            f" {words.during(last.now['period'], view.grain)}"
        )
    colour = colours.PURPLE[view.is_dark]
    series = [charts.Series("share", "of those who took part online came", "share")]
    figure = charts.bars(rows, series, view.grain, view.is_dark, {"share": colour})
    note = "No bar: nobody of them came, or it is not known. Hatched: not over yet."
    cards.card(view, "conversation_to_events", title, rows, figure, note)
