"""`vitals people`: who is who, and what was decided about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipelines.terminal import Format, reporter, say, show

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.people.decisions import What
    from pipelines.settings import Settings
    from warehouse.configuration import Decision

app = typer.Typer(
    name="people",
    help="Who is who: join the accounts of a person, keep those of different people apart.",
    no_args_is_help=True,
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PreviewOption = Annotated[
    bool, typer.Option("--preview", help="Print which numbers it moves, and decide nothing.")
]
WhyOption = Annotated[str | None, typer.Option("--why", help="The reason, for those who ask.")]
Account = Annotated[str, typer.Argument(help="An account: source:id or source:handle.")]
Accounts = Annotated[list[str], typer.Argument(help="Accounts: source:id or source:handle.")]


class Asked(NamedTuple):
    """How a decision is asked for."""

    is_confirmed: bool
    is_preview: bool
    why: str | None
    format: Format


@app.command("list")
def list_(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """List the persons with their accounts."""
    from warehouse.snapshots import open_current

    table = open_current(_load(config).warehouse_path).persons()
    if format is not Format.JSON:
        for place, name in enumerate(table.column_names):
            if name in ("accounts", "sources"):
                joined = [", ".join(values) for values in table[name].to_pylist()]
                table = table.set_column(place, name, [joined])
    show(table, format)


@app.command()
def suggest(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """List accounts that may be one person's, likeliest first."""
    from warehouse.snapshots import open_current

    _show_reasons(open_current(_load(config).warehouse_path).undecided_suggestions(), format)


@app.command()
def robots(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """List accounts that act like bots, the busiest first."""
    from warehouse.snapshots import open_current

    _show_reasons(open_current(_load(config).warehouse_path).robots(), format)


@app.command()
def merge(
    accounts: Accounts,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Say that one person has all these accounts."""
    _decide(_load(config), "merge", accounts, Asked(yes, preview, why, format))


@app.command()
def split(
    account: Account,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Say that an account is of nobody else: it leaves its person."""
    _decide(_load(config), "split", [account], Asked(yes, preview, why, format))


@app.command()
def reject(
    account: Account,
    other: Account,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Say that two accounts are of different people; nobody is asked about them again."""
    _decide(_load(config), "reject", [account, other], Asked(yes, preview, why, format))


@app.command()
def bot(
    account: Account,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Say that an account is a bot: it counts nowhere."""
    _decide(_load(config), "bot", [account], Asked(yes, preview, why, format))


@app.command()
def not_bot(
    account: Account,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Say that an account is a person's, whatever it acts like; nobody is asked about it again."""
    _decide(_load(config), "not-bot", [account], Asked(yes, preview, why, format))


@app.command()
def undo(
    number: Annotated[int | None, typer.Argument(help="Which decision; else the last.")] = None,
    yes: YesOption = False,
    why: WhyOption = None,
    preview: PreviewOption = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Take a decision back: everything is as if it had not been made."""
    from pipelines.people import decisions
    from warehouse.query import BadQuestion

    settings = _load(config)
    known = decisions.read(settings)
    can_be = [d.number for d in known if not d.is_undone and d.what != "undo"]
    if number is None and can_be:
        number = can_be[-1]
    if number not in [d.number for d in known if not d.is_undone]:
        listed = ", ".join(map(str, can_be)) or "none"
        named = "nothing can be undone" if number is None else f"decision {number} is not in force"
        raise BadQuestion(f"{named}. Decisions in force: {listed}; see `vitals people decisions`")
    _confirmed(settings, "undo", [], Asked(yes, preview, why, format), undoes=number)


@app.command("show")
def show_(
    account: Account, config: ConfigOption = None, format: FormatOption = Format.TABLE
) -> None:
    """Show everything that is stored of a person: JSON is complete, the table says how much."""
    from pipelines.people import showing
    from warehouse.tables import to_json

    settings = _load(config)
    rows = showing.rows_of(settings, account)
    if format is Format.JSON:
        print(to_json(rows))
    else:
        show(showing.table_of(rows, is_whole=format is Format.CSV), format)


@app.command()
def forget(account: Account, yes: YesOption = False, config: ConfigOption = None) -> None:
    """Remove a person's data everywhere and for good; the counts stay."""
    from pipelines.people import finding, forgetting
    from warehouse.query import BadQuestion

    settings = _load(config)
    try:
        accounts = finding.accounts_of(settings, account)
    except BadQuestion:
        if not forgetting.was_forgotten(settings, account):
            raise
        if not _finish_forgetting(settings):
            print(f"{account} was forgotten before, and nothing is left")
        return
    if bots := [row["account_id"] for row in accounts if row["is_bot"]]:
        raise BadQuestion(
            f"{', '.join(bots)} is a bot by what its platform says, and no person. "
            f"If it is joined with a person: `vitals people split {bots[0]}`, then forget the other"
        )
    named = ", ".join(row["account_id"] for row in accounts)
    if not yes and not typer.confirm(f"forget {named}? It cannot be undone", err=True):
        say("nobody was forgotten")
        return
    alike = finding.alike(settings, accounts)
    for source, records in forgetting.forget(settings, accounts).items():
        print(f"{source}: {records} landed records rewritten")
    _finish_forgetting(settings)
    for rows in alike:
        say(str(rows))
    say(
        f"Remove the person from [people] in {settings.file} by hand, and from backups, files that "
        "you exported, and older versions of the decisions. If this was broken off, run it again"
    )


def _finish_forgetting(settings: "Settings") -> bool:
    """Rid all files of who is forgotten, and print of which; False: there was nothing to do."""
    from pipelines import run
    from pipelines.people import forgetting

    done = forgetting.finish(settings)
    if done.decisions:
        print(f"{settings.people_path}: {done.decisions} decisions rewritten")
    if done.leftovers:
        print(f"{done.leftovers} files removed that broken-off commands had left")
    if done.snapshots or done.is_outdated:
        with reporter() as report:
            run.summary(run.build(settings, run.in_this_process(report)))
        print(f"facts and marts made anew; {done.snapshots} older snapshots removed")
    return done != forgetting.Finished()


@app.command("decisions")
def decisions_(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """List what was decided, by whom and why."""
    import pyarrow as pa

    from pipelines.people import decisions

    known = decisions.read(_load(config))
    columns = {
        "number": pa.array([d.number for d in known], pa.int64()),
        "at": pa.array([d.at for d in known], pa.timestamp("us")),
        "by": pa.array([d.by for d in known], pa.string()),
        "what": pa.array([_what(d) for d in known], pa.string()),
        "accounts": pa.array([list(d.accounts) for d in known], pa.list_(pa.string())),
        "why": pa.array([d.why for d in known], pa.string()),
        "is_undone": pa.array([d.is_undone for d in known], pa.bool_()),
    }
    if format is not Format.JSON:
        columns["accounts"] = pa.array([", ".join(d.accounts) for d in known], pa.string())
    show(pa.table(columns), format)


def _show_reasons(table: "pa.Table", format: Format) -> None:
    """Show rows with a column of reasons, which is one text in a table."""
    if format is not Format.JSON:
        joined = ["; ".join(reasons) for reasons in table["reasons"].to_pylist()]
        table = table.set_column(table.column_names.index("reasons"), "reasons", [joined])
    show(table, format)


def _what(decision: "Decision") -> str:
    return f"undo {decision.undoes}" if decision.what == "undo" else decision.what


def _decide(settings: "Settings", what: "What", names: Sequence[str], asked: Asked) -> None:
    """Look the accounts up, and decide."""
    from warehouse.query import BadQuestion
    from warehouse.snapshots import open_current

    snapshot = open_current(settings.warehouse_path)
    found = [snapshot.account_called(name) for name in names]
    accounts = list(dict.fromkeys(row["account_id"] for row in found))
    persons = {row["person_id"] for row in found}
    if len(accounts) < len(names):
        raise BadQuestion(
            f"{names[0]} and {names[1]} are the same account. Name two different ones"
        )
    if what == "merge" and len(persons) == 1:
        raise BadQuestion(
            f"{', '.join(accounts)} are of one person already. There is nothing to do"
        )
    if what == "split" and not snapshot.shares_person(accounts[0]):
        raise BadQuestion(
            f"{accounts[0]} is the only account of its person. There is nothing to do"
        )
    if what == "not-bot" and found[0]["is_bot"]:
        raise BadQuestion(
            f"{accounts[0]} is a bot by its platform, by {settings.file} or by a decision. A "
            "decision can be undone: see `vitals people decisions`"
        )
    if what == "merge":
        accounts = snapshot.accounts_of(sorted(persons))
        for number, one, other in snapshot.kept_apart(accounts):
            raise BadQuestion(
                f"{one} and {other} are of different people by decision {number}. If that was "
                f"wrong: `vitals people undo {number}`"
            )
    _confirmed(settings, what, accounts, asked)


def _confirmed(
    settings: "Settings",
    what: "What",
    accounts: Sequence[str],
    asked: Asked,
    undoes: int | None = None,
) -> None:
    """Show which numbers a decision moves, ask, write it down, build and publish."""
    from pipelines import run
    from pipelines.people import decisions, preview
    from pipelines.steps import open_warehouse

    known = decisions.read(settings)
    new = decisions.next_decision(known, what, accounts, why=asked.why, undoes=undoes)
    moved = preview.moved(settings, decisions.with_one_more(known, new))
    if moved.num_rows or asked.format is Format.JSON:
        show(moved, asked.format)
    else:
        say("no number moves")
    if asked.is_preview:
        return
    named = f"undo decision {undoes}" if undoes else f"{what} {', '.join(accounts)}"
    if not asked.is_confirmed and not typer.confirm(f"{named}?", err=True):
        say("nothing was decided")
        return
    decisions.write(settings, open_warehouse(settings), new)
    say(f"decision {new.number}: {named}. `vitals people undo {new.number}` takes it back")
    with reporter() as report:
        run.summary(run.build(settings, run.in_this_process(report)))


def _load(config: Path | None) -> "Settings":
    from pipelines.settings import load
    from warehouse.files import tighten

    settings = load(config)
    tighten(settings.warehouse_path)
    return settings
