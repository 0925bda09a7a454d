# SPDX-License-Identifier: Apache-2.0
"""AppSync's words for variables that do not fit their types. It reports the first problem of each variable.

AppSync takes a number for a String and the digits of a number for an Int, too; here that is refused, so that a client that
mixes them up is found.
"""

from graphql import GraphQLError, is_enum_type, is_input_object_type, is_list_type, is_non_null_type, type_from_ast


class Problem(Exception):
    pass


def variable_problems(schema, operation, values):
    found = []
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        try:
            if name in values or definition.default_value is None:
                check(name, type_from_ast(schema, definition.type), values.get(name))
        except Problem as problem:
            places = GraphQLError("", definition).locations
            found.append({
                "path": None, "message": str(problem),
                "locations": [{"line": place.line, "column": place.column, "sourceName": None} for place in places],
            })
    return found


def check(name, kind, value):
    if is_non_null_type(kind):
        if value is None:
            raise Problem(f"Variable '{name}' has coerced Null value for NonNull type '{kind}'")
        kind = kind.of_type
    if value is None:
        return
    if is_list_type(kind):
        for element in value if isinstance(value, list) else [value]:
            check(name, kind.of_type, element)
    elif is_input_object_type(kind):
        check_object(name, kind, value)
    elif is_enum_type(kind):
        if not isinstance(value, str) or value not in kind.values:
            raise Problem(f"Variable '{name}' has an invalid value.")
    else:
        try:
            kind.parse_value(value)
        except (GraphQLError, ValueError) as error:
            raise Problem(f"Variable '{name}' has an invalid value.") from error


def check_object(name, kind, value):
    if not isinstance(value, dict):
        raise Problem(f"Variable '{name}' has an invalid value.")
    for key in value:
        if key not in kind.fields:
            raise Problem(
                f"The variables input contains a field name '{key}' that is not defined for input object type '{kind.name}' ")
    for key, field in kind.fields.items():
        check(name, field.type, value.get(key))
