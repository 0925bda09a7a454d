# SPDX-License-Identifier: Apache-2.0
"""AppSync's words for a document that is not valid: `Validation error of type FieldUndefined: Field 'x' in type 'Song' is …`.

Each rule of the GraphQL specification has a name there. For the mistakes that clients make, the text after it is AppSync's too;
for the others it is graphql-core's.
"""

import re

from graphql import FieldNode, validate
from graphql.validation import (
    FieldsOnCorrectTypeRule,
    KnownArgumentNamesRule,
    KnownTypeNamesRule,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    VariablesInAllowedPositionRule,
    specified_rules,
)

# Rule → name, what graphql-core says, what AppSync says.
WORDS = {
    KnownTypeNamesRule: ("UnknownType", r"Unknown type '(\w+)'", "Unknown type {0}"),
    FieldsOnCorrectTypeRule: (
        "FieldUndefined", r"Cannot query field '(\w+)' on type '(\w+)'", "Field '{0}' in type '{1}' is undefined @ '{path}'"),
    KnownArgumentNamesRule: ("UnknownArgument", r"Unknown argument '(\w+)'", "Unknown field argument {0} @ '{path}'"),
    ProvidedRequiredArgumentsRule: ("MissingFieldArgument", r".* argument '(\w+)'", "Missing field argument {0} @ '{path}'"),
    ScalarLeafsRule: (
        "SubSelectionRequired", r"Field '(\w+)' of type '([^']+)'", "Sub selection required for type {1} of field {0} @ '{path}'"),
    NoUndefinedVariablesRule: ("UndefinedVariable", r"Variable '\$(\w+)'", "Undefined variable {0} @ '{path}'"),
    NoUnusedVariablesRule: ("UnusedVariable", r"Variable '\$(\w+)'", "Unused variable {0}"),
    ValuesOfCorrectTypeRule: ("WrongType", r"(.*)", "{0} @ '{path}'"),
    VariablesInAllowedPositionRule: (
        "VariableTypeMismatch", r"Variable '\$\w+' of type '([^']+)' used in position expecting type '([^']+)'",
        "Variable type '{0}' doesn't match expected type '{1}' @ '{path}'"),
}


def problems(schema, document):
    """What is wrong with the document, in AppSync's form."""
    found = []
    for rule in specified_rules:
        for error in validate(schema, document, [rule]):
            found.append({
                "path": None,
                "locations": [{"line": each.line, "column": each.column, "sourceName": None} for each in error.locations or []],
                "message": message(rule, error, document),
            })
    return found


def message(rule, error, document):
    name, pattern, text = WORDS.get(rule, (rule.__name__.removesuffix("Rule"), r"(.*)", "{0}"))
    if "must not have a selection" in error.message:
        name, pattern = "SubSelectionNotAllowed", r"Field '(\w+)' must not have a selection since type '([^']+)'"
        text = "Sub selection not allowed on leaf type {1} of field {0} @ '{path}'"
    words = re.match(pattern, error.message)
    node = error.nodes[-1] if error.nodes else None
    told = text.format(*words.groups(), path="/".join(path_to(document, node))) if words else error.message
    return f"Validation error of type {name}: {told}"


def path_to(document, node):
    """The names of the fields down to where `node` is."""
    if node is None or node.loc is None:
        return []
    path = []

    def descend(selections):
        for each in selections.selections if selections else []:
            if each.loc.start <= node.loc.start and node.loc.end <= each.loc.end:
                if isinstance(each, FieldNode):
                    path.append(each.name.value)
                descend(getattr(each, "selection_set", None))

    for definition in document.definitions:
        descend(getattr(definition, "selection_set", None))
    return path
