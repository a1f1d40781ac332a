"""Runs queries of the served part of GitHub's schema (schema.graphql) on dictionaries."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

SCHEMA = build_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"))
Node = dict[str, Any]  # an object with its `__typename`; a value that takes arguments is a function
GITHUB_MESSAGES = [
    (
        r"Cannot query field '(\w+)' on type '(\w+)'.*",
        r"Field '\1' doesn't exist on type '\2'",
    ),
    (
        r"Unknown argument '(\w+)' on field '\w+\.(\w+)'.*",
        r"Field '\2' doesn't accept argument '\1'",
    ),
    (
        r"Argument '\w+\.(\w+)\((\w+):\)' of type .* is required.*",
        r"Field '\1' is missing required argument: \2",
    ),
    (
        r"Variable '\$(\w+)' has invalid value.*",
        r"Variable $\1 was provided invalid value",
    ),
    (r"Syntax Error: .*<EOF>.*", "Unexpected end of document"),
]


class InvalidQuery(Exception):
    """A query that is not understood; the response has no data."""


class FieldError(Exception):
    """An error of one field, which is null in the data."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@lru_cache(maxsize=64)
def _document(text: str) -> DocumentNode:
    try:
        document = parse(text)
    except GraphQLError as error:
        raise InvalidQuery(_message(error)) from error
    problems = validate(SCHEMA, document)
    if problems:
        raise InvalidQuery(_message(problems[0]))
    return document


def _message(error: GraphQLError) -> str:
    """The error's message, in GitHub's words where they are known."""
    for pattern, words in GITHUB_MESSAGES:
        if re.fullmatch(pattern, error.message, re.DOTALL):
            return re.sub(pattern, words, error.message, flags=re.DOTALL)
    return error.message


def _resolve(source: Node, info: Any, **arguments: Any) -> Any:
    if info.field_name not in source:
        raise InvalidQuery(f"The sandbox cannot tell {info.field_name} of this {info.parent_type}")
    value = source[info.field_name]
    return value(**arguments) if callable(value) else value


def execute(text: str, given: Mapping[str, Any], root: Node) -> dict[str, Any]:
    """Return the response to a query. Raises InvalidQuery where there is no data at all."""
    document = _document(text)
    [operation] = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    declared = {one.variable.name.value for one in operation.variable_definitions or ()}
    for name in given.keys() - declared:
        raise InvalidQuery(f"Variable ${name} was provided but not declared")
    result = execute_sync(
        SCHEMA,
        document,
        root,
        variable_values=dict(given),
        field_resolver=_resolve,
        type_resolver=lambda value, *_: value["__typename"],
    )
    assert isinstance(result, ExecutionResult)
    errors = [_field_error(error) for error in result.errors or ()]
    return {"data": result.data} | ({"errors": errors} if errors else {})


def _field_error(error: GraphQLError) -> dict[str, Any]:
    """The error of a field as GitHub writes it. Raises InvalidQuery for any other error."""
    cause = error.original_error
    if isinstance(cause, FieldError):
        return {"type": cause.kind, "path": error.path, "message": str(cause)}
    if cause is None or isinstance(cause, GraphQLError):
        raise InvalidQuery(_message(error))
    raise cause
