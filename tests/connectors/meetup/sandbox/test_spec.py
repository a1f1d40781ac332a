"""What the sandbox serves of Meetup is a part of the real schema, and its responses fit that."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    is_leaf_type,
    parse,
    validate,
)

from connectors.meetup.sandbox.schema import SCHEMA
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.paths import SHARED
from tests.support.sandbox.meetup import PlainMeetup
from tests.support.schema_parts import differences

SPECIFICATION = SHARED / "specs/meetup"
LAGOS, NETWORK = {"urlname": "makers-lagos"}, {"urlname": "made-up-makers"}
SAMPLES: dict[str, dict[str, Any]] = {
    "self": {},
    "group": LAGOS,
    "group_members": {**LAGOS, "first": 30},
    "group_events": {**LAGOS, "first": 30, "status": ["PAST", "ACTIVE", "CANCELLED", "DRAFT"]},
    "pro_groups": {**NETWORK, "first": 30},
    "pro_members": {**NETWORK, "first": 30},
    "pro_events": {**NETWORK, "first": 30},
    "pro_rsvps": {**NETWORK, "first": 30},
}


@pytest.fixture(scope="module")
def real() -> GraphQLSchema:
    if not SPECIFICATION.exists():
        pytest.skip("the schema is not here: ../shared is absent")
    return build_schema(next(SPECIFICATION.glob("*.graphql")).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def meetup() -> Iterator[PlainMeetup]:
    world = make_world(members=150, days=365)
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        yield PlainMeetup(running)


def test_what_is_served_is_a_part_of_the_real_schema(real: GraphQLSchema) -> None:
    assert differences(SCHEMA, real) == []


def agree(real: GraphQLSchema, query: str, variables: dict[str, Any], data: Any) -> None:
    """Assert that the real schema takes the query, and that the data has its types and nulls."""
    document = parse(query)
    assert validate(real, document) == []
    result = execute_sync(
        real,
        document,
        data,
        variable_values=variables,
        field_resolver=lambda source, info, **arguments: source[info.path.key],
    )
    assert not result.errors  # type: ignore[union-attr]
    assert result.data == data  # type: ignore[union-attr]


@pytest.mark.parametrize("sample", SAMPLES)
def test_sample_queries_work(real: GraphQLSchema, meetup: PlainMeetup, sample: str) -> None:
    query = (SPECIFICATION / f"queries/{sample}.graphql").read_text(encoding="utf-8")
    data = meetup.data(query, **SAMPLES[sample])
    agree(real, query, SAMPLES[sample], data)
    assert None not in data.values()


def test_the_sample_query_for_rsvps(real: GraphQLSchema, meetup: PlainMeetup) -> None:
    query = (SPECIFICATION / "queries/event_rsvps.graphql").read_text(encoding="utf-8")
    for event in meetup.events("makers-lagos", "PAST", "CANCELLED"):
        asked = {"id": event["id"], "first": 30, "status": ["YES", "NO", "ATTENDED", "NO_SHOW"]}
        agree(real, query, asked, meetup.data(query, **asked))


def everything_of(kind: GraphQLObjectType, depth: int) -> str:
    """A selection of every field of a type, with three items of every list."""
    chosen = []
    for name, field in kind.fields.items():
        given = ""
        if "first" in field.args:
            given = "(first: 3)"
        elif "input" in field.args:
            given = "(input: {first: 3})"
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            chosen.append(name)
        elif depth and isinstance(inner, GraphQLObjectType):
            chosen.append(f"{name}{given} {everything_of(inner, depth - 1)}")
    return "{ " + " ".join(chosen or ["__typename"]) + " }"


@pytest.mark.parametrize(
    ("root", "type_name"),
    [
        ("self", "Member"),
        ('groupByUrlname(urlname: "makers-lagos")', "Group"),
        ('groupByUrlname(urlname: "makers-berlin")', "Group"),
        ('proNetwork(urlname: "made-up-makers")', "ProNetwork"),
    ],
)
def test_every_field_has_a_value(
    real: GraphQLSchema, meetup: PlainMeetup, root: str, type_name: str
) -> None:
    kind = SCHEMA.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    query = f"{{ {root} {everything_of(kind, 4)} }}"
    agree(real, query, {}, meetup.data(query))


def test_every_field_of_every_kind_of_event_has_a_value(
    real: GraphQLSchema, meetup: PlainMeetup
) -> None:
    kind = SCHEMA.type_map["Event"]
    assert isinstance(kind, GraphQLObjectType)
    query = f"query($id: ID!) {{ event(id: $id) {everything_of(kind, 3)} }}"
    for event in meetup.events("makers-lagos", "PAST", "ACTIVE", "CANCELLED", "DRAFT"):
        agree(real, query, {"id": event["id"]}, meetup.data(query, id=event["id"]))
