"""The served part of Meetup's schema (schema.graphql), and queries to it."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    StringValueNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from connectors.timestamps import microseconds

SCHEMA = build_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"))
NO_SUCH_ENUM = re.compile(r"Value '(?P<name>\w+)' does not exist in '(?P<enum>\w+)' enum")
BAD_VARIABLE = re.compile(
    r"Variable '\$(?P<name>\w+)' has invalid value(?: at [^:]*)?: (?P<why>.*)"
)


def _moment(value: Any, _: Any = None) -> int:
    """Microseconds since 1970 of a zoned date and time; anything else is refused."""
    text = value.value if isinstance(value, StringValueNode) else value
    problem = GraphQLError(f"Failed to parse input value {text} as ZonedDateTime")
    if not isinstance(text, str) or "T" not in text:
        raise problem
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise problem from None
    if moment.tzinfo is None:
        raise problem
    return microseconds(moment)


# graphql-core 3.3 has other names for these than 3.2.
for _name in ("parse_value", "coerce_input_value", "parse_literal", "coerce_input_literal"):
    setattr(SCHEMA.type_map["DateTime"], _name, _moment)


@lru_cache(maxsize=64)
def _document(query: str) -> DocumentNode | list[GraphQLError]:
    """The parsed query, or what is wrong with it."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return [error]
    return validate(SCHEMA, document) or document


def _resolve(source: dict[str, Any], info: Any, **arguments: Any) -> Any:
    value = source[info.field_name]
    return value(**arguments) if callable(value) else value


def execute(query: str, variables: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Return the response to a query; one that does not fit the schema has errors and no data."""
    document = _document(query)
    if isinstance(document, list):
        return {"errors": [_error(error) for error in document]}
    result = execute_sync(
        SCHEMA, document, root, variable_values=variables, field_resolver=_resolve
    )
    assert isinstance(result, ExecutionResult)
    for error in result.errors or ():
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
    errors = {"errors": [_error(error) for error in result.errors]} if result.errors else {}
    return errors if result.data is None else errors | {"data": result.data}


def _error(error: GraphQLError) -> dict[str, Any]:
    """An error in the words of Meetup's recorded responses, as far as they are known."""
    message = error.message
    variable = BAD_VARIABLE.fullmatch(message)
    if variable:
        enum = NO_SUCH_ENUM.match(variable["why"])
        why = variable["why"]
        if enum:
            why = (
                f"Invalid input for enum '{enum['enum']}'. No value found for name '{enum['name']}'"
            )
        message = f"Variable '{variable['name']}' has an invalid value: {why}"
    found = error.formatted
    kind = "InvalidSyntax" if message.startswith("Syntax Error") else "ValidationError"
    return {
        "message": message,
        "locations": found.get("locations", []),
        "extensions": {"classification": kind},
    }
