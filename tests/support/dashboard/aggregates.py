"""Aggregates made by hand: two quarters, two sponsors, suppressed and unknown cells."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse import versions
from warehouse.aggregates.collecting import shown

ID = "20240620T060000000000"
FIRST, SECOND, THIRD = date(2023, 10, 1), date(2024, 1, 1), date(2024, 4, 1)
COMMUNITY = "Made Up"
OWN_EVENT, RIVAL_EVENT = "Night of Acme", "Evening of Rival"


def _reach(period: date, reached: int | None, **more: Any) -> dict[str, Any]:
    known = {"audience": 400, "reached_low": 110, "reached_high": 131, "active": 80}
    known |= {"attendees": 30, "events": 2, "new_people": 21, "countries": 3}
    known |= {"change_reached": None, "is_complete": True, "hidden": None}
    return {"period": period, "reached": reached, **known, **more}


def _event(event_id: str, title: str, **more: Any) -> dict[str, Any]:
    known = {"source": "meetup", "group": "Lagos", "starts_at": datetime(2024, 2, 8, 17, 30)}
    known |= {"yes": 40, "attended": 31, "attendance_basis": "checked_in", "show_rate": 0.7}
    known |= {"first_timers": 12, "followed": 9, "hidden": None}
    return {"period": SECOND, "event_id": event_id, "title": title, **known, **more}


def _sponsorship(number: int, sponsor: str, amount: float, **more: Any) -> dict[str, Any]:
    known = {"to_date": THIRD, "currency": "EUR", "events": 2, "unmeasured_events": 1}
    known |= {"confirmed_attendees": 31, "cost_per_confirmed": 80.65, "reached": 118}
    known |= {"logo": None, "hidden": None}
    return {"number": number, "sponsor": sponsor, "period": SECOND, "amount": amount} | known | more


TABLES: dict[str, list[dict[str, Any]]] = {
    "community": [
        {"name": COMMUNITY, "timezone": "Africa/Lagos", "min_group_size": 5, "hidden": None}
    ],
    "sources": [
        {"source": "slack", "kind": "slack", "state": "ok", "hidden": None},
        {"source": "meetup", "kind": "meetup", "state": "stale", "hidden": None},
    ],
    "reach": [
        _reach(FIRST, 98, new_people=None, attendees=None, hidden=["new_people"]),
        _reach(SECOND, 120, change_reached=0.2245, countries=None),
        _reach(THIRD, 60, is_complete=False),
    ],
    "reach_by_source": [
        {"period": SECOND, "source": "meetup", "audience": 150, "reached": 45, "active": 30}
        | {"attendees": 30, "hidden": None},
        {"period": SECOND, "source": "slack", "audience": 300, "reached": 84, "active": 60}
        | {"attendees": None, "hidden": None},
    ],
    "overlap": [
        {"period": SECOND, "sources": "meetup", "reached": 36, "hidden": None},
        {"period": SECOND, "sources": "meetup+slack", "reached": 9, "hidden": None},
        {"period": SECOND, "sources": "slack", "reached": 75, "hidden": None},
    ],
    "reach_places": [
        {"period": SECOND, "region": "Western Africa", "country": "Ghana", "reached": None}
        | {"share": None, "hidden": ["reached", "share"]},
        {"period": SECOND, "region": "Western Africa", "country": "Nigeria", "reached": 41}
        | {"share": 0.34, "hidden": None},
        {"period": SECOND, "region": None, "country": None, "reached": 70, "share": 0.58}
        | {"hidden": None},
    ],
    "sponsorships": [
        _sponsorship(1, "Acme", 2500.0),
        _sponsorship(2, "Rival", 7777.0),
        _sponsorship(
            3, "Acme", 900.0, confirmed_attendees=None, cost_per_confirmed=None,
            hidden=["confirmed_attendees", "cost_per_confirmed"],
        ),
    ],
    "sponsored_events": [
        {"number": 1, "event_id": "meetup:1", "hidden": None},
        {"number": 1, "event_id": "meetup:2", "hidden": None},
        {"number": 2, "event_id": "meetup:3", "hidden": None},
    ],
    "events": [
        _event("meetup:1", OWN_EVENT),
        _event("meetup:2", "=Vectors", attendance_basis="rsvp", show_rate=None, first_timers=None)
        | {"hidden": ["first_timers"], "followed": None},
        _event("meetup:3", RIVAL_EVENT),
    ],
    "definitions": [
        {"metric": "reach", "version": 1, "title": "Reach", "definition": "Each person once."}
        | {"caveats": "Reading leaves no trace.", "hidden": None}
    ],
}  # fmt: skip


def write(folder: Path) -> None:
    """Publishes them below a folder; of what is not written here nothing is known."""
    place = folder / "aggregates"
    place.mkdir(exist_ok=True)
    (place / f"{ID}.duckdb").unlink(missing_ok=True)
    with versions.connect(place / f"{ID}.duckdb") as con:
        versions.state(con, versions.AGGREGATES)
        for name, columns in shown().items():
            rows = [dict.fromkeys(columns) | row for row in TABLES.get(name, [])]
            listed = [[row[column] for row in rows] for column in columns]
            hidden = [row["hidden"] or [] for row in rows]
            made = pa.table(dict(zip(columns, listed, strict=True)))
            made = made.append_column("hidden", pa.array(hidden, pa.list_(pa.string())))
            con.register("made", made)
            con.execute(f"create table {name} as from made")
            con.unregister("made")
    (place / "CURRENT").write_text(f"{ID}.duckdb")
