"""What every metric must bring along, so that a new one needs no test of its own for it."""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from connectors.model import ActivityKind
from dashboard.view import PAGES
from tests.support.worlds import NOW, World
from tests.warehouse.metrics import test_code as test_metric_code
from tests.warehouse.metrics import test_examples as test_metric_examples
from tests.warehouse.metrics import test_reach as test_metric_reach
from tests.warehouse.metrics import test_today as test_metric_today
from tests.warehouse.metrics.events import test_metrics as test_metric_events
from warehouse.query import (
    RELATIONS,
    Metric,
    Relation,
    Selection,
    catalogue,
    metric_table,
    relation_files,
    relations,
)
from warehouse.snapshots import Snapshot
from warehouse.sqlfile import tables_read

PARSER = duckdb.connect()
RELATIONS_BY_NAME = {relation.name: relation for relation in relations(PARSER, relation_files())}


@pytest.fixture(scope="module")
def world() -> World:
    world = World(covered_to="2024-08-20 00:00")
    world.source("meetup", kind="meetup", last_success_at=NOW)
    for name in ("Ada", "Bo", "Cem"):
        world.account(name)
        world.join(name, "2024-04-01 09:00", channel="general")
    weekly = [f"2024-{month:02}-{day:02}" for month in (4, 5, 6, 7) for day in range(1, 29, 3)]
    world.acts({"Ada": weekly, "Bo": weekly[:20], "Cem": weekly[:3]})
    asked = world.act("Ada", "2024-04-02 10:00", channel="help")
    world.act("Bo", "2024-04-02 11:00", channel="help", answers=asked)
    world.act("Ada", "2024-04-03 10:00", kind="issue", source="github")
    world.act("Dee", "2024-05-03 10:00", source="meetup")
    for title, when in (("One", "2024-05-02 18:00"), ("Two", "2024-06-06 18:00")):
        event = world.event(title, when)
        for name, mark in (("Ada", "attended"), ("Bo", "no_show"), ("Dee", "attended")):
            world.rsvp(event, name, "yes", mark)
    world.rsvp(world.event("Next", "2024-09-05 18:00", status="planned"), "Ada", "yes")
    world.rows["intake"]["bot"] = {"source": "slack", "outcome": "bot", "records": 2}
    world.sponsorship("Acme", "2024-05-01", "2024-07-01")
    world.rows["blind_spots"]["#plans"] = {"source": "slack", "what": "#plans"}
    return world


@pytest.fixture(scope="module")
def snapshot(world: World, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world.snapshot(tmp_path_factory.mktemp("catalogue"))


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_everything_is_said(metric: Metric) -> None:
    said = (metric.title, metric.question, metric.definition, metric.example, metric.caveats)
    asked = (metric.unit, metric.people_sql, metric.records_sql)
    assert all(text.strip() for text in (*said, *asked, *metric.columns.values()))
    assert metric.page in PAGES
    assert metric.version >= 1
    assert metric.question.endswith("?")


# A mean of counts, an estimate over many, and a change.
NO_PARTS = {"dau_mau", "share_active", "trend"}


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_every_share_says_what_it_is_of(metric: Metric) -> None:
    named = {
        name
        for name in metric.columns
        if name.startswith("share") or name.endswith(("_share", "_rate"))
    }
    assert named - NO_PARTS == set(metric.shares)
    assert set(metric.shares.values()) <= set(metric.columns)


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_the_worked_example_is_acted_out(metric: Metric) -> None:
    modules = (
        test_metric_examples,
        test_metric_code,
        test_metric_today,
        test_metric_events,
        test_metric_reach,
    )
    assert any(hasattr(module, f"test_{metric.name}") for module in modules)


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_only_shared_relations_are_read(metric: Metric) -> None:
    assert not {table for table in tables_read(PARSER, metric.sql) if "." in table}


@pytest.mark.parametrize("relation", RELATIONS_BY_NAME.values(), ids=RELATIONS_BY_NAME)
def test_relations_read_marts_and_each_other(relation: Relation) -> None:
    schemas = {table.split(".")[0] for table in tables_read(PARSER, relation.sql) if "." in table}
    assert schemas <= {"marts"}


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda metric: metric.name)
def test_columns_people_and_records(metric: Metric, snapshot: Snapshot) -> None:
    table = snapshot.metric(metric.name)
    assert table.column_names == list(metric.columns)
    assert table.num_rows, "the world has nothing for this metric"
    row = table.to_pylist()[0]
    people = snapshot.people(metric.name, Selection(), row)
    assert people.column_names[:3] == ["person_id", "name", "activities"]
    records = snapshot.records(metric.name, Selection(), row)
    shown = "activity_id kind occurred_at person_id name channel link"
    assert records.column_names == shown.split()


@pytest.fixture(scope="module")
def relations_of_the_world(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        world.build(con)
        metric_table(con, "active_members", Selection())
        for relation in RELATIONS_BY_NAME.values():
            con.execute(relation.statement)
        yield con


@pytest.mark.parametrize("relation", RELATIONS_BY_NAME.values(), ids=RELATIONS_BY_NAME)
def test_relations_have_the_columns_that_they_describe(
    relation: Relation, relations_of_the_world: duckdb.DuckDBPyConnection
) -> None:
    columns = relations_of_the_world.execute(f"describe {relation.name}").fetchall()
    assert [column for column, *_ in columns] == list(relation.columns)


def test_no_two_relations_have_one_name() -> None:
    assert len(relation_files()) == len(list(RELATIONS.rglob("*.sql")))


def test_kinds_are_those_of_the_event_model(world: World) -> None:
    with duckdb.connect() as con:
        world.build(con)
        found = con.execute("select kind, is_participation from marts.kinds").fetchall()
    assert dict(found) == {kind.value: kind.is_participation for kind in ActivityKind}


def test_several_metrics_at_once_have_the_rows_of_each(snapshot: Snapshot) -> None:
    selection = Selection("week", sources=("slack",), asked_at=datetime(2026, 1, 1))
    found = snapshot.metrics(catalogue(), selection)
    assert found == {name: snapshot.metric(name, selection) for name in catalogue()}
    assert found["active_members"].num_rows
