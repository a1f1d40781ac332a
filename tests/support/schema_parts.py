"""Whether one GraphQL schema is a part of another: what it has, it has in the same way."""

from graphql import GraphQLSchema
from graphql.utilities import BreakingChangeType, find_breaking_changes

# A type may be stricter on either side; a part of a schema has the very same types.
OTHER_TYPE = {
    BreakingChangeType.FIELD_CHANGED_KIND,
    BreakingChangeType.ARG_CHANGED_KIND,
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
}


def differences(part: GraphQLSchema, whole: GraphQLSchema) -> list[str]:
    """Return every type, field, argument and enum of `part` that `whole` lacks or has otherwise."""
    missing_or_other = find_breaking_changes(part, whole)
    other = [change for change in find_breaking_changes(whole, part) if change.type in OTHER_TYPE]
    return [change.description for change in (*missing_or_other, *other)]
