# SPDX-License-Identifier: Apache-2.0
"""One GraphQL request, answered as AppSync answers it.

    data, errors = execute(schema, query, variables, operation_name, resolve)

`resolve(source, info, **arguments)` is called for each field. graphql-core does the work; this gives errors AppSync's keys and
words, because clients and people look for them:

- an invalid document or invalid variables: data is null, and of each error only path (null), locations and message
- an error of a resolver, Refused: path, data, errorType, errorInfo, locations, message; its field is null
- null for a field that must not be null: its message names the type, the parent and the path

State: a cache of documents that were parsed and validated. Any thread may call.
"""

import functools
import re

from graphql import GraphQLError, OperationType, build_schema, execute_sync, get_operation_ast, parse

from . import scalars
from .validation import problems
from .variables import variable_problems

NULL_IN_NON_NULL = re.compile(r"Cannot return null for non-nullable field (\w+)\.(\w+)\.")


class Unparsable(Exception):
    """The query is no GraphQL document: AppSync answers with status 400."""


class Refused(Exception):
    """A resolver's error, with AppSync's `errorType`."""

    def __init__(self, message, error_type):
        super().__init__(message)
        self.error_type = error_type
        self.data = None
        self.error_info = None


def built(text):
    """The schema of an SDL that declares all its scalars and directives."""
    schema = build_schema(text)
    scalars.install(schema)
    return schema


@functools.lru_cache(maxsize=512)
def checked(schema, query):
    """(document, what is wrong with it)."""
    try:
        document = parse(query)
    except GraphQLError as error:
        raise Unparsable(error.message) from error
    return document, problems(schema, document)


def execute(schema, query, variables, operation_name, resolve):
    document, found = checked(schema, query)
    operation = get_operation_ast(document, operation_name)
    if not found and operation is None:
        found = [invalid("Validation error of type UnknownOperation: Unknown operation", None)]
    elif not found and operation.operation == OperationType.SUBSCRIPTION:
        found = [invalid("Subscriptions are not served here", operation)]
    found = found or variable_problems(schema, operation, variables)
    if found:
        return None, found
    result = execute_sync(
        schema, document, variable_values=variables, operation_name=operation_name, field_resolver=resolve)
    return result.data, [described(error, schema) for error in result.errors or []]


def invalid(message, node):
    return {"path": None, "locations": locations(GraphQLError(message, node)), "message": message}


def locations(error):
    if not error.locations:
        return None
    return [{"line": place.line, "column": place.column, "sourceName": None} for place in error.locations]


def described(error, schema):
    found = NULL_IN_NON_NULL.match(error.message)
    if found:
        parent, name = found.groups()
        kind = str(schema.type_map[parent].fields[name].type).rstrip("!")
        place = "".join(f"[{part}]" if isinstance(part, int) else f"/{part}" for part in error.path)
        message = f"Cannot return null for non-nullable type: '{kind}' within parent '{parent}' ({place})"
        return {"path": error.path, "locations": None, "message": message}
    cause = error.original_error
    return {
        "path": error.path, "data": getattr(cause, "data", None),
        "errorType": getattr(cause, "error_type", None) or "InternalFailure",
        "errorInfo": getattr(cause, "error_info", None), "locations": locations(error), "message": error.message,
    }
