"""Whether one GraphQL schema is a part of another: what it has, it has in the same way."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_required_argument,
    is_required_input_field,
)

OWN = {"String", "Int", "ID", "Float", "Boolean"}


def differences(mine: GraphQLSchema, real: GraphQLSchema) -> list[str]:
    """Every type, field, argument and enum of `mine` that `real` has not, or has otherwise."""
    found: list[str] = []
    for name in mine.type_map:
        if name in OWN or name.startswith("__"):
            continue
        kind, other = mine.type_map[name], real.type_map.get(name)
        if type(kind) is not type(other):
            found.append(f"{name} is no such type")
        elif isinstance(kind, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
            found += [name] * (set(kind.values) != set(other.values))
        elif isinstance(kind, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
            needed = {n for n, field in other.fields.items() if is_required_input_field(field)}
            found += [f"{name}.{missing}" for missing in needed - set(kind.fields)]
            found += _changed(name, _types(kind), _types(other))
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            assert isinstance(other, GraphQLObjectType | GraphQLInterfaceType)
            found += _changed(name, _types(kind), _types(other))
            for key in set(kind.fields) & set(other.fields):
                given, whole = kind.fields[key].args, other.fields[key].args
                needed = {n for n, argument in whole.items() if is_required_argument(argument)}
                found += [f"{name}.{key}({missing})" for missing in needed - set(given)]
                types = {n: str(argument.type) for n, argument in given.items()}
                real_types = {n: str(argument.type) for n, argument in whole.items()}
                found += _changed(f"{name}.{key}", types, real_types)
    return found


def _types(
    kind: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType,
) -> dict[str, str]:
    return {name: str(field.type) for name, field in kind.fields.items()}


def _changed(name: str, mine: dict[str, str], real: dict[str, str]) -> list[str]:
    return [f"{name}.{key}: {kind}" for key, kind in mine.items() if real.get(key) != kind]
