"""The report as one HTML file: no script, nothing that is loaded from anywhere."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.report import charts
from dashboard.report.content import Logo
from dashboard.report.printed import NOT_KNOWN, NOT_SHOWN, Printed

MEDIA = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}


def to_html(printed: Printed) -> bytes:
    """The page, the same bytes for the same report and locale."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    tables = [
        table._asdict()
        | {
            "chart": (chart := charts.drawn(table.section, printed)),
            "alternative": charts.alternative(table.section) if chart else "",
            "left_out": charts.left_out(table.section) if chart else "",
        }
        for table in printed.tables
    ]
    page = environment.get_template("page.html.j2").render(
        report=printed.report,
        printed=printed,
        tables=tables,
        words=(NOT_SHOWN, NOT_KNOWN),
        logos=[{"of": logo.of, "address": _address(logo)} for logo in printed.report.logos],
    )
    return page.encode()


def _address(logo: Logo) -> str:
    return f"data:{MEDIA[logo.ending]};base64,{base64.b64encode(logo.picture).decode()}"
