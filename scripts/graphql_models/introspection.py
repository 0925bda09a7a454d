# SPDX-License-Identifier: Apache-2.0
"""The `data` section of amplify_outputs.json, as `ampx` writes it."""

from .models import ENUMS, MODELS

OPERATIONS = ["create", "update", "delete", "read"]


def data_section(region, url, api_key, additional_modes):
    return {
        "url": url,
        "aws_region": region,
        "api_key": api_key,
        "default_authorization_type": "API_KEY",
        "authorization_types": additional_modes,
        "model_introspection": {
            "version": 1,
            "models": {model.name: introspected(model) for model in MODELS},
            "enums": {name: {"name": name, "values": values} for name, values in ENUMS.items()},
            "nonModels": {},
        },
    }


def introspected(model):
    return {
        "name": model.name,
        "fields": {field.name: introspected_field(field) for field in model.fields},
        "syncable": True,
        "pluralName": model.plural,
        "attributes": [
            {"type": "model", "properties": {}},
            {"type": "auth", "properties": {"rules": [introspected_rule(rule) for rule in model.rules]}},
        ],
        "primaryKeyInfo": {"isCustomPrimaryKey": False, "primaryKeyFieldName": "id", "sortKeyFieldNames": []},
    }


def introspected_field(field):
    return {
        "name": field.name,
        "isArray": field.is_array,
        "type": {"enum": field.type} if field.is_enum else field.type,
        "isRequired": field.is_required,
        "attributes": [],
        **({"isArrayNullable": True} if field.is_array else {}),
        **({"isReadOnly": True} if field.is_read_only else {}),
    }


def introspected_rule(rule):
    of_groups = {"groupClaim": "cognito:groups"} if rule.groups else {}
    names = {"groups": list(rule.groups)} if rule.groups else {}
    return {**of_groups, "allow": rule.allow, "provider": rule.provider, **names, "operations": OPERATIONS}
