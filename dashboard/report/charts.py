"""Charts as SVG, the same for the PDF and the page: drawn by Vega-Lite, without a browser.

A value that is not known or not shown has no bar.
"""

from typing import Any

import vl_convert

from dashboard import colours
from dashboard.report.content import Column, Section
from dashboard.report.printed import Printed

FONT = "Libertinus Serif"
WIDTH, BAR, COLUMN_HEIGHT = 420, 16, 130
QUARTER = 52  # the width of one, of at most eight
MOST_BARS, MOST_SETS = 12, 16
SHADES = [colours.BLUE[0], colours.GREEN[0]]
INK, FAINT = colours.SLATE[0], "#d8dde3"

Spec = dict[str, Any]


def drawn(section: Section, printed: Printed) -> str:
    """The chart of a section as SVG; "" where it has none or nothing to show."""
    chart = section.chart
    if chart is None or not has_values(section):
        return ""
    values = [
        {"place": place, "by": by, "what": column.label, "n": row.values[column.name]}
        | {"number": printed.cell(column, row)}
        for place, row in enumerate(section.rows)
        for by in [printed.cell(section.column(chart.by), row)]
        for column in map(section.column, chart.bars)
        if row.values[column.name] is not None
    ]
    bars = [section.column(name) for name in chart.bars]
    if chart.is_of_sets:
        spec = _sets(values)
    elif chart.is_over_time:
        spec = _over_time(values, bars)
    else:
        spec = _ranked(values, bars)
    config = {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {"labelColor": INK, "titleColor": INK, "labelFontSize": 10, "labelLimit": 190},
        "legend": {"labelColor": INK, "title": None, "orient": "top", "labelFontSize": 10},
        "text": {"color": INK, "fontSize": 10},
    }
    svg: str = vl_convert.vegalite_to_svg(
        {"config": config, "background": None, "padding": 2, **spec}
    )
    return svg


def has_values(section: Section) -> bool:
    """Whether any bar of the section's chart has a value that is known and shown."""
    bars = section.chart.bars if section.chart else ()
    return any(row.values[name] is not None for row in section.rows for name in bars)


def alternative(section: Section) -> str:
    """What the chart shows, in words, for those who cannot see it."""
    chart = section.chart
    assert chart is not None
    bars = " and ".join(section.column(name).label for name in chart.bars)
    by = section.column(chart.by).label
    return f"Bar chart: {bars} by {by}. The table after it has the same numbers."


def left_out(section: Section) -> str:
    """Says that rows of the table are not in the chart; "" where all are."""
    assert section.chart is not None
    most = MOST_SETS if section.chart.is_of_sets else MOST_BARS
    drawn = sum(
        any(row.values[name] is not None for name in section.chart.bars) for row in section.rows
    )
    shown = drawn if section.chart.is_over_time else min(drawn, most)
    if shown == len(section.rows):
        return ""
    return f"The chart has {shown} of the {len(section.rows)} rows of the table."


def _colour(bars: list[Column]) -> Spec:
    labels = [column.label for column in bars]
    found: Spec = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": labels, "range": SHADES[: len(labels)]},
    }
    return found if len(labels) > 1 else found | {"legend": None}


def _ranked(values: list[Spec], bars: list[Column]) -> Spec:
    """Bars from left to right, in the order of the rows."""
    places = sorted({value["place"] for value in values})[:MOST_BARS]
    shown = [value for value in values if value["place"] in places]
    names = list(dict.fromkeys(value["by"] for value in shown))
    side = {"field": "by", "type": "nominal", "sort": names}
    encoding = {
        "y": side | {"axis": {"title": None, "domain": False, "ticks": False}},
        "yOffset": {"field": "what", "sort": [column.label for column in bars]},
        "x": {"field": "n", "type": "quantitative", "axis": None},
    }
    return {
        "data": {"values": shown},
        "width": WIDTH - 160,
        "height": {"step": BAR},
        "encoding": encoding,
        "layer": [
            {"mark": "bar", "encoding": {"color": _colour(bars)}},
            {
                "mark": {"type": "text", "align": "left", "dx": 3},
                "encoding": {"text": {"field": "number"}},
            },
        ],
    }


def _over_time(values: list[Spec], bars: list[Column]) -> Spec:
    """Columns beside each other, the oldest first."""
    encoding = {
        "x": {
            "field": "by",
            "type": "nominal",
            "sort": list(dict.fromkeys(value["by"] for value in values)),
            "axis": {"title": None, "labelAngle": 0, "ticks": False, "domainColor": FAINT},
        },
        "xOffset": {"field": "what", "sort": [column.label for column in bars]},
        "y": {"field": "n", "type": "quantitative", "axis": None},
    }
    return {
        "data": {"values": values},
        "width": QUARTER * len({value["by"] for value in values}),
        "height": COLUMN_HEIGHT,
        "encoding": encoding,
        "layer": [
            {"mark": "bar", "encoding": {"color": _colour(bars)}},
            {
                "mark": {"type": "text", "dy": -6, "fontSize": 9},
                "encoding": {"text": {"field": "number"}},
            },
        ],
    }


def _sets(values: list[Spec]) -> Spec:
    """Columns over the sources that each is of: an UpSet plot (Lex et al. 2014)."""
    shown = values[:MOST_SETS]
    sources = sorted({source for value in shown for source in value["by"].split("+")})
    dots = [
        {"place": value["place"], "source": source, "is_on": source in value["by"].split("+")}
        for value in shown
        for source in sources
    ]
    place = {"field": "place", "type": "ordinal", "axis": None}
    columns = {
        "data": {"values": shown},
        "width": {"step": 34},
        "height": COLUMN_HEIGHT - 30,
        "encoding": {"x": place, "y": {"field": "n", "type": "quantitative", "axis": None}},
        "layer": [
            {"mark": {"type": "bar", "color": SHADES[0]}},
            {"mark": {"type": "text", "dy": -6}, "encoding": {"text": {"field": "number"}}},
        ],
    }
    matrix = {
        "data": {"values": dots},
        "width": {"step": 34},
        "height": {"step": BAR},
        "mark": {"type": "circle", "size": 80, "opacity": 1},
        "encoding": {
            "x": place,
            "y": {
                "field": "source",
                "type": "nominal",
                "axis": {"title": None, "domain": False, "ticks": False},
            },
            "color": {
                "field": "is_on",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": [True, False], "range": [INK, FAINT]},
            },
        },
    }
    return {"vconcat": [columns, matrix], "spacing": 6, "resolve": {"scale": {"x": "shared"}}}
