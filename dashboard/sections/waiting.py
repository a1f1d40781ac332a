"""What waits for a manager: items of one line, made of what the metrics know."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from dashboard import text
from dashboard.data import Row
from dashboard.sections import events, standouts
from dashboard.view import View, period_start
from warehouse.done_items import item_key

# The newest days of the data, whose messages and moves are looked at.
RECENT = timedelta(days=14)
# The days before those, which tell what is usual in a channel.
USUAL = timedelta(days=70)
SOON = timedelta(days=7)
ENOUGH_PARTICIPATIONS = 50
LEAST_ANSWERED = 0.5
MOST_ROWS = 2_000
LEVELS = {"core": "a core member", "regular": "a regular"}


class Item(NamedTuple):
    """One thing that waits: a line of Markdown, its age, and the place.

    `link` is the platform's address, `page` the page that shows it, for the event `event`.
    """

    key: str
    line: str
    age: str
    page: str
    link: str | None = None
    event: str | None = None


class Section(NamedTuple):
    """Items of one kind. `noun` and `verb` make its title, for one and for many of them.

    `nothing` is said where there is none; `is_cut`: there are more than were asked for.
    """

    noun: tuple[str, str]
    verb: tuple[str, str]
    nothing: str
    page: str
    items: list[Item]
    note: str = ""
    is_cut: bool = False


def sections(view: View) -> list[Section]:
    """Everything that waits under the chosen sources, whatever the chosen period."""
    newest = view.newest or datetime.now(view.zone).date()
    recent = view.between(newest - RECENT, None)
    usual = view.between(newest - RECENT - USUAL, newest - RECENT)
    channels_before, channels_now = view.rows("channels", usual), view.rows("channels", recent)
    newcomers = view.rows("newcomers_waiting", recent, MOST_ROWS)
    welcome = {row["activity_id"] for row in newcomers}
    unanswered = view.rows("unanswered", recent, MOST_ROWS)
    questions = [row for row in unanswered if row["activity_id"] not in welcome]
    regulars = view.rows("drifting", view.between(newest - RECENT - USUAL, None))
    moves = view.rows("moved_up", view.between(newest - RECENT, None))
    return [
        _questions(questions, channels_before, len(unanswered) == MOST_ROWS),
        Section(
            ("newcomer", "newcomers"),
            ("got no answer yet", "got no answer yet"),
            "every newcomer got an answer",
            "conversations",
            [_newcomer(row, newcomers) for row in newcomers],
            is_cut=len(newcomers) == MOST_ROWS,
        ),
        Section(
            ("regular", "regulars"),
            ("is drifting away", "are drifting away"),
            "no regular is drifting away",
            "retention",
            [_regular(row) for row in reversed(regulars)],
        ),
        Section(
            ("person to thank", "people to thank"),
            ("for moving up a level", "for moving up a level"),
            "nobody moved up a level",
            "engagement",
            _moves(view, moves),
        ),
        Section(
            ("event", "events"),
            ("within a week", "within a week"),
            "no event within a week",
            "events",
            [_event(view, row) for row in events.to_come(view) if _is_soon(row)],
        ),
        Section(
            ("thing", "things"),
            ("does not work", "do not work"),
            "every source is read, and no channel fell silent",
            "data",
            _sources(view) + _silent(view, channels_before, channels_now),
        ),
    ]


def _questions(waiting: list[Row], usual: list[Row], is_cut: bool) -> Section:
    """Openers in channels where an answer is usual: first where it is most so, then the oldest."""
    shares = {
        (row["source"], row["channel"]): row["share_answered"]
        for row in usual
        if not text.is_few(row["openers"])
    }

    def share(row: Row) -> float:
        found = shares.get((row["source"], row["channel"]))
        return LEAST_ANSWERED if found is None else found

    shown = [row for row in waiting if share(row) >= LEAST_ANSWERED]
    items = [
        Item(
            item_key("question", row["activity_id"]),
            f"**{text.markdown(row['name'])}** asked in {text.channel(row, waiting)}",
            _ago(row["opened_at"]),
            "conversations",
            row["link"],
        )
        for row in sorted(shown, key=lambda row: (-share(row), row["opened_at"]))
    ]
    return Section(
        ("question", "questions"),
        ("waits for an answer", "wait for an answer"),
        "no question waits for an answer",
        "conversations",
        items,
        "Only in channels where most questions get an answer; where it is most usual comes first.",
        is_cut,
    )


def _newcomer(row: Row, newcomers: list[Row]) -> Item:
    where = text.channel(row, newcomers)
    return Item(
        item_key("newcomer", row["activity_id"]),
        f"**{text.markdown(row['name'])}** wrote for the first time in {where}",
        _ago(row["written_at"]),
        "conversations",
        row["link"],
    )


def _regular(row: Row) -> Item:
    usual = text.plural(round(row["usual_gap_days"]), "day")
    return Item(
        item_key("drifting", row["person_id"], row["last_at"]),
        f"**{text.markdown(row['name'])}** usually took part every {usual.removeprefix('1 ')}",
        f"silent for {text.plural(row['silence_days'], 'day')}",
        "retention",
        row["link"],
    )


def _moves(view: View, moves: list[Row]) -> list[Item]:
    """Each person once, the latest move first."""
    latest = {row["person_id"]: row for row in moves}
    return [
        Item(
            item_key("moved up", row["person_id"], row["to_level"]),
            f"**{text.markdown(row['name'])}** became {LEVELS[row['to_level']]}",
            _week(view, row["period"]),
            "engagement",
            row["link"],
        )
        for row in sorted(latest.values(), key=lambda row: row["period"], reverse=True)
    ]


def _event(view: View, row: Row) -> Item:
    is_expected = row["expected"] is not None
    return Item(
        item_key("event", row["event_id"]),
        events.announcement(view, row) if is_expected else events.invitation(view, row),
        f"in {text.span(row['starts_at'] - _now())}",
        "event",
        _web(row["url"]),
        row["event_id"],
    )


def _is_soon(row: Row) -> bool:
    starts_at: datetime = row["starts_at"]
    return _now() < starts_at < _now() + SOON


def _sources(view: View) -> list[Item]:
    """A source counts as broken until its next success; then the next trouble is a new item."""
    return [
        Item(
            item_key("source", row["source"], row["state"], row["last_success_at"]),
            f"**{text.markdown(row['source'])}** {standouts.STATES[row['state']]}",
            f"read {_ago(row['last_success_at'])}" if row["last_success_at"] else "never read",
            "data",
        )
        for row in view.freshness
        if row["state"] in standouts.STATES
    ]


def _silent(view: View, before: list[Row], now: list[Row]) -> list[Item]:
    """Channels without a word, of sources that were read; in others nobody knows."""
    read = {row["source"] for row in view.freshness if row["state"] == "ok"}
    alive = {(row["source"], row["channel"]) for row in now}
    return [
        Item(
            item_key("channel", row["source"], row["channel"], row["last_at"]),
            f"**{text.channel(row, before)}** fell silent, after"
            f" {text.count(row['participations'])} contributions in {USUAL.days // 7} weeks",
            f"last one {_ago(row['last_at'])}",
            "conversations",
        )
        for row in sorted(before, key=lambda row: -row["participations"])
        if row["participations"] >= ENOUGH_PARTICIPATIONS
        and row["source"] in read
        and (row["source"], row["channel"]) not in alive
    ]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _ago(moment: datetime) -> str:
    """How long ago a UTC time was."""
    return f"{text.span(_now() - moment)} ago"


def _week(view: View, first: date) -> str:
    """When a week was: this week, last week, in the week of 9 Nov 2026."""
    this = period_start(datetime.now(view.zone).date(), "week")
    said = {this: "this week", this - timedelta(days=7): "last week"}
    return said.get(first, text.during(first, "week"))


def _web(address: str | None) -> str | None:
    return address if address and address.startswith(("https://", "http://")) else None
