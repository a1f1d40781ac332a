"""Cards that two pages show: who is new and who went quiet, how much hangs on a few people."""

from dashboard import text
from dashboard.charts import bars
from dashboard.charts.figure import Series
from dashboard.components.cards import card
from dashboard.components.headline import newest_finished
from dashboard.data import Row
from dashboard.view import View

LIFECYCLE = (
    Series("returning", "Returning"),
    Series("new", "New"),
    Series("resurrected", "Back again"),
    Series("dormant", "Gone quiet", below_zero=True),
)


def lifecycle(view: View, rows: list[Row], title: str) -> None:
    """New, returning, back again; gone quiet below zero."""
    figure = bars.over_time(view, rows, LIFECYCLE)
    note = "Below zero: active the period before and not in this one. Hatched: not over yet."
    card(view, "lifecycle", title, rows, figure, note)


def concentration(view: View, name: str, series: Series, note: str, top: int | None = None) -> None:
    """How much hangs on a few, and what that means."""
    rows = view.rows(name)
    title = "How much hangs on a few people"
    last = newest_finished(rows)
    if last and last["absence_factor"]:
        title = f"{absence(last)} ({view.period(last['period'])})"
    figure = bars.over_time(view, rows, [series])
    if top is not None:
        figure.update_yaxes(range=[0, top])
    card(view, name, title, rows, figure, f"{note} Hatched: not over yet.")


def absence(row: Row) -> str:
    """What the absence factor means."""
    number = row["absence_factor"]
    people = "most active person" if number == 1 else f"{text.count(number)} most active people"
    return f"If the {people} left, half of all contributions would be gone"
