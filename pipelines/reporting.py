"""`vitals report`: write, issue, list and verify the sponsors' reports."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.terminal import Format, say, show

if TYPE_CHECKING:
    from dashboard.report.content import Logo, Report
    from dashboard.report.forms import Style
    from pipelines.settings import Settings
    from warehouse.aggregates import Aggregates

app = typer.Typer(
    name="report",
    help="The sponsors' reach report of a quarter, or the report of one event.",
    invoke_without_command=True,
)
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are printed.")]


@app.callback()
def report(
    context: typer.Context,
    quarter: Annotated[str, typer.Option(help="The quarter, as 2026-Q3.")] = "",
    event: Annotated[str, typer.Option(help="The id of an event, instead of a quarter.")] = "",
    sponsor: Annotated[str, typer.Option(help="Whose sponsorships are in it.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file: .pdf, .html, .xlsx or .csv.")] = None,
    issue: Annotated[bool, typer.Option("--issue", help="Freeze it: it never changes.")] = False,
    config: ConfigOption = None,
) -> None:
    """Write the report of a quarter or of an event."""
    if context.invoked_subcommand:
        return
    if bool(quarter) == bool(event):
        raise typer.BadParameter("name a quarter or an event: --quarter 2026-Q3, or --event ID")
    if out is None:
        raise typer.BadParameter("name the file: --out report.pdf (or .html, .xlsx, .csv)")
    from dashboard.report import forms, issued
    from dashboard.report.quarter import quarter as read_quarter
    from dashboard.report.restated import moved

    ending = forms.ending_of(out)
    subject = str(read_quarter(quarter)) if quarter else event
    settings = _load(config)
    folder, style = issued.folder_of(settings.warehouse_path), style_of(settings)
    found = issued.find(folder, subject, sponsor)
    if found is None:
        made = make(settings, subject, sponsor, is_of_event=bool(event))
        if issue:
            found = issued.issue(folder, made, style)
            say(f"issued: {found.id}")
        else:
            _put(out, forms.render(made, ending, style))
    elif issue:
        say(f"it was issued on {found.issued_at:%Y-%m-%d}, and stays as it is")
    if found is not None:
        _put(out, issued.file(folder, found, ending))
        others = moved(_aggregates(settings), issued.content(folder, found))
        if others:
            say(
                f"{len(others)} of its numbers are others by now: the next report lists them. "
                "This file is what was issued"
            )
    print(out)


@app.command("list")
def list_reports(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """List what was issued, newest first, and whether it still holds."""
    import pyarrow as pa

    from dashboard.report import issued
    from dashboard.report.restated import moved

    settings = _load(config)
    folder = issued.folder_of(settings.warehouse_path)
    reports = issued.issued(folder)
    now = _aggregates(settings) if reports else None
    rows = [
        {
            "report": one.id,
            "issued_at": one.issued_at.astimezone(UTC).replace(tzinfo=None),
            "subject": one.subject,
            "title": one.title,
            "sponsor": one.sponsor or None,
            "snapshot": one.snapshot,
            "moved": now and len(moved(now, issued.content(folder, one))),
            "sha256": one.hashes["pdf"],
        }
        for one in reports
    ]
    texts = ("report", "subject", "title", "sponsor", "snapshot", "sha256")
    schema = pa.schema(
        [("report", pa.string()), ("issued_at", pa.timestamp("us"))]
        + [(name, pa.string()) for name in texts[1:5]]
        + [("moved", pa.int64()), ("sha256", pa.string())]
    )
    show(pa.Table.from_pylist(rows, schema), format)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A report that somebody has.")],
    config: ConfigOption = None,
) -> None:
    """Tell whether a file is an issued report: unchanged, altered, or never issued."""
    from dashboard.report import issued
    from dashboard.report.errors import BadReportCall

    folder = issued.folder_of(_load(config).warehouse_path)
    if not file.is_file():
        raise BadReportCall(f"there is no file {file}")
    found = issued.verify(folder, file)
    if found.issued is None:
        print(f"{file}: {found.state}")
        raise typer.Exit(1)
    one = found.issued
    of = f" for {one.sponsor}" if one.sponsor else ""
    print(f"{file}: {found.state}: {one.subject}{of}, issued on {one.issued_at:%Y-%m-%d}, {one.id}")
    if found.state != "issued and unchanged":
        raise typer.Exit(1)


def make(settings: "Settings", subject: str, sponsor: str, *, is_of_event: bool) -> "Report":
    """Return the report of a quarter or an event over what is published now."""
    from dashboard.report.event import event_report
    from dashboard.report.issued import folder_of
    from dashboard.report.quarter import quarter
    from dashboard.report.quarterly import quarter_report
    from dashboard.report.restated import with_restated

    aggregates = _aggregates(settings)
    logos = list(logos_of(settings, sponsor))
    if is_of_event:
        made = event_report(aggregates, subject, sponsor, logos)
    else:
        made = quarter_report(aggregates, quarter(subject), sponsor, logos)
    return with_restated(made, aggregates, folder_of(settings.warehouse_path))


def style_of(settings: "Settings") -> "Style":
    """Return how the configuration wants reports to look."""
    from dashboard.report.forms import Style

    fonts = settings.report.fonts
    folder = (settings.file.parent / fonts).resolve() if fonts else None
    return Style(settings.report.paper, settings.report.locale, folder)


def logos_of(settings: "Settings", sponsor: str) -> "Iterator[Logo]":
    """Yield the logos of the community and of a sponsor, where the configuration names them."""
    from dashboard.report.logos import read_logo

    if settings.report.logo:
        yield read_logo(settings.file.parent / settings.report.logo, settings.community.name)
    own = [one.logo for one in settings.sponsorships if one.sponsor == sponsor and one.logo]
    if own:
        yield read_logo(settings.file.parent / own[-1], sponsor)


def _aggregates(settings: "Settings") -> "Aggregates":
    from warehouse.aggregates import open_current

    return open_current(settings.warehouse_path)


def _put(out: Path, content: bytes) -> None:
    from dashboard.report.errors import ReportError
    from warehouse.files import replace

    if not out.absolute().parent.is_dir():
        raise ReportError(f"the folder {out.absolute().parent} is not there. Make it first")
    draft = out.with_name(f".{out.name}.draft")
    try:
        draft.write_bytes(content)
        replace(out, draft)
    finally:
        draft.unlink(missing_ok=True)


def _load(config: Path | None) -> Any:
    from pipelines.settings import load

    return load(config)
