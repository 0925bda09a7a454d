# SPDX-License-Identifier: Apache-2.0
"""Whether an item meets a filter or condition of Amplify's schema, as DynamoDB evaluates its expressions. Pure.

An attribute that is not there meets `ne`, `notContains` and `attributeExists: false` only; so does, for the first two, one of
another type. Null is a value of its own type.
"""

import operator

ORDERED = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
KINDS = {"string": "S", "number": "N", "bool": "BOOL", "list": "L", "map": "M", "_null": "NULL"}


def kind(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "BOOL"
    if isinstance(value, (int, float)):
        return "N"
    return "S" if isinstance(value, str) else "L"


def meets(item, condition):
    return all(meets_part(item, name, part) for name, part in (condition or {}).items())


def meets_part(item, name, part):
    if name in ("and", "or"):
        # None, too: a list of none is no condition.
        parts = part if isinstance(part, list) else [part]
        found = [meets(item, each) for each in parts if each]
        return not found or (all(found) if name == "and" else any(found))
    if name == "not":
        return not part or not meets(item, part)
    return all(holds(item, name, word, operand) for word, operand in (part or {}).items())


def holds(item, name, word, operand):
    if word == "attributeExists":
        return (name in item) == operand
    if word == "size":
        return name in item and all(compare(size(item[name]), each, value) for each, value in (operand or {}).items())
    if name not in item:
        return word in ("ne", "notContains")
    return compare(item[name], word, operand)


def size(value):
    """Of texts and lists; other values have none."""
    return len(value) if isinstance(value, (str, list)) else None


def compare(value, word, operand):
    if word == "eq":
        return kind(value) == kind(operand) and value == operand
    if word == "ne":
        return not compare(value, "eq", operand)
    if word in ORDERED:
        return ordered(value, operand) and ORDERED[word](value, operand)
    if word == "between":
        low, high = operand
        return compare(value, "ge", low) and compare(value, "le", high)
    if word == "contains":
        if isinstance(value, list):
            return any(compare(each, "eq", operand) for each in value)
        return isinstance(value, str) and isinstance(operand, str) and operand in value
    if word == "notContains":
        return not compare(value, "contains", operand)
    if word == "beginsWith":
        return isinstance(value, str) and value.startswith(operand)
    return kind(value) == KINDS.get(operand)


def ordered(value, operand):
    """Texts are compared by their UTF-8, which is the order of their code points."""
    return kind(value) == kind(operand) and kind(value) in ("S", "N")
