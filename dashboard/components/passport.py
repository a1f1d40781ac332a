"""How a number is counted: the passport that every card carries."""

import shlex

import streamlit as st

from dashboard import data, text
from dashboard.view import View
from warehouse.query import Metric, Selection


def show(view: View, metric: Metric, selection: Selection, rows: int) -> None:
    """Draws a metric's meaning, whom it counts, what it rests on, and how to ask for it again."""
    st.markdown(f"**{text.markdown(metric.question)}**")
    explain(metric)
    snapshot = data.opened(view.path)
    sources = text.join(list(selection.sources) or view.sources)
    counted = data.population(view.path, selection.sources)
    people = text.plural(counted["persons"], "person", "people")
    bots, staff = (text.plural(counted[kind], "account") for kind in ("bots", "staff"))
    _paragraph(
        "Whom it counts",
        f"Out of {people} of {snapshot.settings()['community']} known on {sources}, each once."
        f" Left out: {bots} of bots and {staff} of staff, as the platform or the configuration"
        " says.",
    )
    start = f"from {text.day(selection.start)} on" if selection.start else "of all time"
    as_of = text.clock(view.local(snapshot.as_of.replace(tzinfo=None)))
    basis = f"{text.plural(rows, 'row')} {start}, as of {as_of} ({view.zone.key})"
    _paragraph("Rests on", f"{basis}, snapshot {view.path.stem}.")
    st.caption("The same numbers in a terminal:")
    st.code(command(metric.name, selection), language="bash", wrap_lines=True)
    st.caption(f"SQL, version {metric.version}:")
    st.code(metric.sql.strip(), language="sql")


def explain(metric: Metric) -> None:
    """Draws what a metric means, from its header."""
    _paragraph("Definition", metric.definition)
    _paragraph("Example", metric.example)
    _paragraph("Mind", metric.caveats)


def _paragraph(heading: str, said: str) -> None:
    st.markdown(f"**{heading}.** {text.markdown(said)}")


def command(name: str, selection: Selection) -> str:
    """The command that prints the same rows."""
    parts = ["vitals", "metric", name, "--grain", selection.grain]
    if selection.start:
        parts += ["--from", selection.start.isoformat()]
    if selection.end:
        parts += ["--to", selection.end.isoformat()]
    for source in selection.sources:
        parts += ["--source", source]
    if selection.unbounded:
        parts += ["--unbounded"]
    return shlex.join(parts)
