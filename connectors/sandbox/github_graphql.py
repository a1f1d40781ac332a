"""A small GraphQL: reads a query and answers it, strictly, from objects that know their fields.

It knows what GitHub's clients ask with: variables, aliases, arguments, inline fragments. A field or
an argument that is not known is refused, as is one that is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r"[\s,]+|#[^\n]*|(?P<token>\.\.\.|[A-Za-z_]\w*|-?\d+|\"[^\"\\\n]*\"|[{}()\[\]:$!=@])"
)
MOST_NODES = 500_000


class Invalid(Exception):
    """A query that is not understood; nothing of it is answered."""


class Failed(Exception):
    """A field that cannot be told; the answer has null in its place."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Variable:
    """A value that is given beside the query."""

    name: str


@dataclass
class Selection:
    """One field that is asked for; on an inline fragment, `on` is its type."""

    name: str
    alias: str
    arguments: dict[str, Any]
    selections: "list[Selection]" = field(default_factory=list)
    on: str = ""


@dataclass(frozen=True)
class Field:
    """How a field is answered: `get` takes the object and the arguments. `required` come first."""

    get: Callable[..., Any]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class Node:
    """Something with fields. `implements` are the interfaces that fragments may name."""

    typename: str
    implements: tuple[str, ...] = ()
    fields: Mapping[str, Field]


class Parser:
    """Reads one operation."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        position = 0
        while position < len(text):
            found = TOKEN.match(text, position)
            if found is None:
                raise Invalid(f"Expected a token, actual: {text[position]!r}")
            if found["token"]:
                self._tokens.append(found["token"])
            position = found.end()
        self._at = 0

    def operation(self) -> tuple[dict[str, bool], list[Selection]]:
        """The variables, True where one must be given, and what is selected."""
        variables: dict[str, bool] = {}
        if self._take("query"):
            if self._peek() not in ("(", "{"):
                self._next()
            if self._take("("):
                while not self._take(")"):
                    self._want("$")
                    name = self._next()
                    self._want(":")
                    variables[name] = self._type().endswith("!")
        selections = self._selections()
        if self._at < len(self._tokens):
            raise Invalid(f"Expected the end, actual: {self._peek()!r}")
        return variables, selections

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise Invalid("Unexpected end of document")
        self._at += 1
        return token

    def _take(self, token: str) -> bool:
        is_next = self._peek() == token
        self._at += is_next
        return is_next

    def _want(self, token: str) -> None:
        if not self._take(token):
            raise Invalid(f"Expected {token!r}, actual: {self._peek()!r}")

    def _type(self) -> str:
        name = f"[{self._type()}]" if self._take("[") else self._next()
        if name.startswith("["):
            self._want("]")
        return f"{name}!" if self._take("!") else name

    def _selections(self) -> list[Selection]:
        self._want("{")
        found: list[Selection] = []
        while not self._take("}"):
            if self._take("..."):
                self._want("on")
                on = self._next()
                found.append(Selection("", "", {}, self._selections(), on))
                continue
            name = alias = self._next()
            if self._take(":"):
                name = self._next()
            arguments = self._arguments() if self._take("(") else {}
            inner = self._selections() if self._peek() == "{" else []
            found.append(Selection(name, alias, arguments, inner))
        return found

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        while not self._take(")"):
            name = self._next()
            self._want(":")
            arguments[name] = self._value()
        return arguments

    def _value(self) -> Any:
        if self._take("$"):
            return Variable(self._next())
        if self._take("{"):
            found: dict[str, Any] = {}
            while not self._take("}"):
                name = self._next()
                self._want(":")
                found[name] = self._value()
            return found
        token = self._next()
        if token.startswith('"'):
            return token[1:-1]
        constants = {"true": True, "false": False, "null": None}
        return int(token) if token.lstrip("-").isdigit() else constants.get(token, token)


class Execution:
    """One query being answered: collects what went wrong."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.errors: list[dict[str, Any]] = []
        self._nodes = 0

    def object(self, node: Node, selections: list[Selection], path: list[Any]) -> dict[str, Any]:
        """The selected fields of an object."""
        answer: dict[str, Any] = {}
        for selection in selections:
            if selection.on:
                if selection.on in (node.typename, *node.implements):
                    answer |= self.object(node, selection.selections, path)
            elif selection.name == "__typename":
                answer[selection.alias] = node.typename
            else:
                here = [*path, selection.alias]
                answer[selection.alias] = self._field(node, selection, here)
        return answer

    def _field(self, node: Node, selection: Selection, path: list[Any]) -> Any:
        known = node.fields.get(selection.name)
        if known is None:
            raise Invalid(f"Field '{selection.name}' doesn't exist on type '{node.typename}'")
        arguments = {name: self._given(value) for name, value in selection.arguments.items()}
        for name in arguments.keys() - {*known.required, *known.optional}:
            raise Invalid(f"Field '{selection.name}' doesn't accept argument '{name}'")
        for name in known.required:
            if arguments.get(name) is None:
                raise Invalid(f"Field '{selection.name}' is missing required argument: {name}")
        try:
            value = known.get(node, **arguments)
        except Failed as failed:
            self.errors.append({"type": failed.kind, "path": path, "message": str(failed)})
            return None
        return self._value(value, selection, path)

    def _value(self, value: Any, selection: Selection, path: list[Any]) -> Any:
        if isinstance(value, list):
            return [self._value(v, selection, [*path, n]) for n, v in enumerate(value)]
        if isinstance(value, Node):
            if not selection.selections:
                raise Invalid(f"Field '{selection.name}' must have selections")
            self._nodes += 1
            if self._nodes > MOST_NODES:
                raise Invalid("This query requests more than the 500,000 nodes limit")
            return self.object(value, selection.selections, path)
        return value

    def _given(self, value: Any) -> Any:
        if isinstance(value, Variable):
            return self._variables[value.name]
        if isinstance(value, dict):
            return {name: self._given(inner) for name, inner in value.items()}
        return value


def execute(text: str, given: Mapping[str, Any], root: Node) -> dict[str, Any]:
    """The answer to a query as a GraphQL body. Raises Invalid where nothing can be answered."""
    declared, selections = Parser(text).operation()
    for name in given.keys() - declared.keys():
        raise Invalid(f"Variable ${name} was provided but not declared")
    for name, is_required in declared.items():
        if is_required and given.get(name) is None:
            raise Invalid(f"Variable ${name} of a required type was provided invalid value")
    execution = Execution({name: given.get(name) for name in declared})
    data = execution.object(root, selections, [])
    return {"data": data} | ({"errors": execution.errors} if execution.errors else {})
