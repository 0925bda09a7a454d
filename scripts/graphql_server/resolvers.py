# SPDX-License-Identifier: Apache-2.0
"""What Amplify's resolvers do, for every operation of the schema, on records.py."""

import base64
import datetime
import json
import uuid

from graphql_models.execution import Refused, built, execute
from graphql_models.models import MODELS, operations
from graphql_models.schema import DIRECTIVES, SCALARS, sdl

from .conditions import meets
from .records import ConditionFailed

DEFAULT_LIMIT = 100


class Resolvers:
    def __init__(self, records):
        self.records = records
        self.schema = built(SCALARS + DIRECTIVES + sdl())
        self.fields = {field: (model, getattr(self, kind)) for model in MODELS for _, field, kind in operations(model)}

    def execute(self, query, variables, operation_name):
        """(data, errors)"""
        return execute(self.schema, query, variables, operation_name, self.resolve)

    def resolve(self, source, info, **arguments):
        if source is not None:
            return source.get(info.field_name)
        model, perform = self.fields[info.field_name]
        try:
            return perform(model, **arguments)
        except ConditionFailed:
            raise Refused(
                f"The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: {uuid.uuid4()})",
                "DynamoDB:ConditionalCheckFailedException") from None

    def create(self, model, input, condition=None):
        now = time()
        item = {**input, "id": input.get("id") or str(uuid.uuid4()), "createdAt": now, "updatedAt": now, "__typename": model.name}
        return self.records.put(model.name, item, condition)

    def update(self, model, input, condition=None):
        changes = {name: value for name, value in input.items() if name != "id"}
        return self.records.update(model.name, input["id"], {**changes, "updatedAt": time()}, condition)

    def delete(self, model, input, condition=None):
        return self.records.remove(model.name, input["id"], condition)

    def get(self, model, id):
        return self.records.find(model.name, id)

    def list(self, model, filter=None, limit=None, nextToken=None):
        """The filter is applied to a page of `limit` items; as DynamoDB, a full page has a token even if nothing follows."""
        limit = DEFAULT_LIMIT if limit is None else limit
        if limit < 1:
            raise Refused("1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value "
                          "greater than or equal to 1", "DynamoDB:ValidationException")
        page = self.records.page(model.name, last_id(nextToken, model.name) if nextToken else "", limit)
        return {
            "items": [item for item in page if meets(item, filter)],
            "nextToken": token(model.name, page[-1]["id"]) if len(page) == limit else None,
        }


def time():
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"


def token(model, id):
    return base64.b64encode(json.dumps({"version": 3, "table": model, "id": id}).encode()).decode()


def last_id(text, model):
    try:
        found = json.loads(base64.b64decode(text, validate=True))
        if found["table"] == model:
            return found["id"]
    except (ValueError, KeyError, TypeError):
        pass
    raise Refused(
        "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.",
        "DynamoDB:UserIllegalArgumentException")
