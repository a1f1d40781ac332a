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
    _paragraph("Whom it counts", _population(view, selection))
    _paragraph("Rests on", _basis(view, selection, rows))
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


def _population(view: View, selection: Selection) -> str:
    community = data.opened(view.path).settings()["community"]
    sources = text.join(list(selection.sources) or view.sources)
    counted = data.population(view.path, selection.sources)
    return (
        f"Out of {text.plural(counted['persons'], 'person', 'people')} of {community} known on"
        f" {sources}, each once. Left out: {text.plural(counted['bots'], 'account')} of bots and"
        f" {text.plural(counted['staff'], 'account')} of staff, as the platform or the"
        " configuration says."
    )


def _basis(view: View, selection: Selection, rows: int) -> str:
    start = f"from {text.day(selection.start)} on" if selection.start else "of all time"
    as_of = view.local(data.opened(view.path).as_of.replace(tzinfo=None))
    return (
        f"{text.plural(rows, 'row')} {start}, as of {text.clock(as_of)} ({view.zone.key}),"
        f" snapshot {view.path.stem}."
    )
