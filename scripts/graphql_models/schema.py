# SPDX-License-Identifier: Apache-2.0
"""The GraphQL schema that Amplify generates for the models; subscriptions are left out."""

from .models import ENUMS, MODELS, operations

SCALARS = """\
scalar AWSDate
scalar AWSDateTime
"""

DIRECTIVES = """\
directive @aws_api_key on FIELD_DEFINITION | OBJECT
directive @aws_iam on FIELD_DEFINITION | OBJECT
directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
"""

# What every schema of Amplify has.
COMMON = """\
enum ModelAttributeTypes { binary binarySet bool list map number numberSet string stringSet _null }
input ModelSizeInput { ne: Int eq: Int le: Int lt: Int ge: Int gt: Int between: [Int] }
"""

ORDER = ("ne", "eq", "le", "lt", "ge", "gt")
TEXT = (*ORDER, "contains", "notContains", "between", "beginsWith", "attributeExists", "attributeType", "size")
NUMBER = (*ORDER, "between", "attributeExists", "attributeType")
OPERATORS = {
    "String": TEXT, "ID": TEXT, "Int": NUMBER, "Float": NUMBER,
    "Boolean": ("ne", "eq", "attributeExists", "attributeType"),
}
OTHER_OPERANDS = {
    "between": "[{}]", "attributeExists": "Boolean", "attributeType": "ModelAttributeTypes", "size": "ModelSizeInput",
}


def sdl():
    """The schema, as it is given to AppSync: its scalars and directives are AppSync's own."""
    parts = [COMMON, *(f"enum {name} {{ {' '.join(values)} }}" for name, values in ENUMS.items())]
    parts += [operators(kind, names) for kind, names in OPERATORS.items()]
    parts += [f"input Model{name}Input {{ eq: {name} ne: {name} }}" for name in ENUMS]
    parts += [text for model in MODELS for text in types(model)]
    for root in ("Query", "Mutation"):
        fields = [field(model, name, kind) for model in MODELS for type_name, name, kind in operations(model) if type_name == root]
        parts.append(f"type {root} {{\n" + "\n".join(f"  {line}" for line in fields) + "\n}")
    return "\n".join(parts) + "\n"


def operators(kind, names):
    fields = " ".join(f"{name}: {OTHER_OPERANDS.get(name, '{}').format(kind)}" for name in names)
    return f"input Model{kind}Input {{ {fields} }}"


def types(model):
    """The model's own type, its page, its inputs."""
    name = model.name
    fields = [f"{each.name}: {output_type(each)}" for each in model.fields]
    yield f"type {name} {directives(model)} {{ {' '.join(fields)} }}"
    yield f"type Model{name}Connection {directives(model)} {{ items: [{name}]! nextToken: String }}"
    own = [(each.name, input_type(each), "!" if each.is_required else "") for each in model.own]
    yield f"input Create{name}Input {{ id: ID {' '.join(f'{name}: {type}{mark}' for name, type, mark in own)} }}"
    yield f"input Update{name}Input {{ id: ID! {' '.join(f'{name}: {type}' for name, type, _ in own)} }}"
    yield f"input Delete{name}Input {{ id: ID! }}"
    filters = [f"{each.name}: Model{operand(each)}Input" for each in model.fields]
    for kind, shown in (("Filter", filters), ("Condition", filters[1:])):
        itself = f"Model{name}{kind}Input"
        yield f"input {itself} {{ {' '.join(shown)} and: [{itself}] or: [{itself}] not: {itself} }}"


def field(model, name, kind):
    arguments = {
        "get": "id: ID!",
        "list": f"filter: Model{model.name}FilterInput, limit: Int, nextToken: String",
    }.get(kind) or f"input: {kind.capitalize()}{model.name}Input!, condition: Model{model.name}ConditionInput"
    result = f"Model{model.name}Connection" if kind == "list" else model.name
    return f"{name}({arguments}): {result} {directives(model)}"


def directives(model):
    """The ways to authorize. Roles of IAM are always let in: their policies say what they may do."""
    found = ["@aws_iam"]
    for rule in model.rules:
        if rule.provider == "apiKey":
            found.append("@aws_api_key")
        elif rule.provider == "userPools":
            names = ", ".join(f'"{name}"' for name in rule.groups)
            found.append("@aws_cognito_user_pools" + (f"(cognito_groups: [{names}])" if names else ""))
    return " ".join(found)


def input_type(field):
    return f"[{field.type}]" if field.is_array else field.type


def output_type(field):
    return input_type(field) + ("!" if field.is_required or field.is_read_only else "")


def operand(field):
    """The kind of operators that a field has in a filter; AppSync's own scalars are texts there."""
    return field.type if field.type in OPERATORS or field.is_enum else "String"
