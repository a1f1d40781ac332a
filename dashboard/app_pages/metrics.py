"""Metrics: the catalogue, made from the metrics' own headers, searchable."""

import streamlit as st

from dashboard import text
from dashboard.components import passport
from dashboard.components.cards import card
from dashboard.view import PAGES, View
from warehouse.query import Metric, catalogue


def matching(wanted: str) -> list[Metric]:
    """The metrics whose name or text has every word of the search."""
    parts = wanted.lower().split()
    return [
        metric for metric in catalogue().values() if all(part in _text(metric) for part in parts)
    ]


def _text(metric: Metric) -> str:
    texts = (metric.name, metric.title, metric.question, metric.definition, metric.caveats)
    return " ".join([*texts, *metric.columns, *metric.columns.values()]).lower()


def entry(view: View, metric: Metric) -> None:
    """One metric: what it means, and its rows once it is opened."""
    label = f"**{text.markdown(metric.title)}** · {text.markdown(metric.question)}"
    opened = st.expander(label, key=f"{metric.name}-entry", on_change="rerun")
    if not opened.open:
        return
    with opened:
        passport.explain(metric)
        st.caption(
            f"`{metric.name}`, version {metric.version}, in {text.markdown(metric.unit)},"
            f" used on {metric.page.capitalize()}"
        )
        card(view, metric.name, "Its rows, under the filters above", view.rows(metric.name))


view: View = st.session_state.view
st.header("What does each number mean?")
wanted = st.text_input(
    "Search",
    key="search",
    bind="query-params",
    icon=":material/search:",
    placeholder="new, answer, silence …",
    label_visibility="collapsed",
)
found = matching(wanted or "")
if not found:
    st.caption("No metric has all of these words. Search for fewer of them.")
# In the order of the navigation; a page that it does not have comes last.
pages = sorted({metric.page for metric in found})
for page in sorted(pages, key=lambda page: [*PAGES, page].index(page)):
    st.subheader(page.capitalize(), anchor=False)
    for metric in found:
        if metric.page == page:
            entry(view, metric)
