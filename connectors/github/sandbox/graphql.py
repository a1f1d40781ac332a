"""Questions to the served part of GitHub's schema (schema.graphql), answered from dictionaries."""

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
IN_GITHUB_S_WORDS = [
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


class Invalid(Exception):
    """A query that is not understood; nothing of it is answered."""


class Failed(Exception):
    """A field that cannot be told; the answer has null in its place."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@lru_cache(maxsize=64)
def _document(text: str) -> DocumentNode:
    try:
        document = parse(text)
    except GraphQLError as error:
        raise Invalid(_words(error)) from error
    problems = validate(SCHEMA, document)
    if problems:
        raise Invalid(_words(problems[0]))
    return document


def _words(error: GraphQLError) -> str:
    """What is wrong, in GitHub's words where they are known."""
    for pattern, words in IN_GITHUB_S_WORDS:
        if re.fullmatch(pattern, error.message, re.DOTALL):
            return re.sub(pattern, words, error.message, flags=re.DOTALL)
    return error.message


def _resolve(source: Node, info: Any, **arguments: Any) -> Any:
    if info.field_name not in source:
        raise Invalid(f"The sandbox cannot tell {info.field_name} of this {info.parent_type}")
    value = source[info.field_name]
    return value(**arguments) if callable(value) else value


def execute(text: str, given: Mapping[str, Any], root: Node) -> dict[str, Any]:
    """The answer to a query as a GraphQL body. Raises Invalid where nothing can be answered."""
    document = _document(text)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    declared = {one.variable.name.value for one in operation.variable_definitions or ()}
    for name in given.keys() - declared:
        raise Invalid(f"Variable ${name} was provided but not declared")
    result = execute_sync(
        SCHEMA,
        document,
        root,
        variable_values=dict(given),
        field_resolver=_resolve,
        type_resolver=lambda value, *_: value["__typename"],
    )
    assert isinstance(result, ExecutionResult)
    errors = [_told(error) for error in result.errors or ()]
    return {"data": result.data} | ({"errors": errors} if errors else {})


def _told(error: GraphQLError) -> dict[str, Any]:
    """A field's failure as GitHub writes it; anything else refuses the whole query."""
    cause = error.original_error
    if isinstance(cause, Failed):
        return {"type": cause.kind, "path": error.path, "message": str(cause)}
    if cause is None or isinstance(cause, GraphQLError):
        raise Invalid(_words(error))
    raise cause
