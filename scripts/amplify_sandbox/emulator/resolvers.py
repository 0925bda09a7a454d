# SPDX-License-Identifier: Apache-2.0
"""AppSync's requests are run as AWS runs them.

- A resolver's DynamoDB operation is that operation, whole: with its condition, update expression, filter, limit and nextToken.
  ministack reads the key and the values only. A condition and its write are one step for all who write.
- Errors have AppSync's form and words (graphql_models/execution.py).
- util.transform makes the expression that was asked for (expressions.js). node's processes are kept.

State: ministack's tables, behind one lock.
"""

import base64
import json
import os
import threading
import uuid

from graphql_models.execution import Unparsable, built, execute
from ministack.core import appsync_graphql, appsync_js
from ministack.services import appsync, dynamodb
from wrap import wrap

OPERATIONS = {
    "PutItem": "_put_item", "UpdateItem": "_update_item", "DeleteItem": "_delete_item", "GetItem": "_get_item", "Query": "_query",
    "Scan": "_scan",
}
lock = threading.RLock()
schemas = {}

for operation in OPERATIONS.values():
    @wrap(dynamodb, operation)
    def one_at_a_time(original, data):
        with lock:
            return original(data)


@wrap(appsync_graphql, "execute")
def execute_request(original, api_id, sdl, query, variables, operation_name, resolve, context):
    if sdl not in schemas:
        schemas[sdl] = built(appsync_graphql.APPSYNC_PRELUDE + sdl)
    try:
        return execute(schemas[sdl], query, variables or {}, operation_name, resolve)
    except Unparsable as error:
        raise appsync_graphql.QuerySyntaxError(str(error)) from error


@wrap(appsync, "_ds_dynamodb_in_region")
def run(original, api_id, data_source, request, context):
    kind = request["operation"]
    if kind not in OPERATIONS:
        return original(api_id, data_source, request, context)
    data = translated(kind, request, data_source["dynamodbConfig"]["tableName"])
    status, _, body = getattr(dynamodb, OPERATIONS[kind])(data)
    reply = json.loads(body)
    if status != 200:
        raise failure(reply, status)
    if kind in ("Query", "Scan"):
        next_key = reply.get("LastEvaluatedKey")
        return {
            "items": [plain({"M": item}) for item in reply["Items"]], "scannedCount": reply["ScannedCount"],
            "nextToken": token(data["TableName"], next_key) if next_key else None,
        }
    item = data["Item"] if kind == "PutItem" else reply.get("Item" if kind == "GetItem" else "Attributes")
    return plain({"M": item}) if item else None


def translated(kind, request, table):
    """The DynamoDB request that a resolver's request stands for."""
    names, values = {}, {}
    data = {"TableName": table}

    def expression(member, field):
        part = request.get(member) or {}
        if part.get("expression"):
            data[field] = part["expression"]
            names.update(part.get("expressionNames") or {})
            values.update(part.get("expressionValues") or {})

    if kind == "PutItem":
        data["Item"] = {**request["attributeValues"], **request["key"]}
    elif kind in ("UpdateItem", "DeleteItem"):
        data.update(Key=request["key"], ReturnValues="ALL_NEW" if kind == "UpdateItem" else "ALL_OLD")
    elif kind == "GetItem":
        data["Key"] = request["key"]
    expression("update", "UpdateExpression")
    expression("condition", "ConditionExpression")
    expression("query", "KeyConditionExpression")
    expression("filter", "FilterExpression")
    if request.get("limit") is not None:
        data["Limit"] = request["limit"]
    if request.get("nextToken"):
        data["ExclusiveStartKey"] = key_of(request["nextToken"], table)
    if names:
        data["ExpressionAttributeNames"] = names
    if values:
        data["ExpressionAttributeValues"] = values
    return data


def failure(reply, status):
    kind = reply.get("__type", "InternalServerError").rpartition("#")[2]
    message = reply.get("message") or reply.get("Message") or kind
    return appsync._AppSyncResolverError(
        f"{message} (Service: DynamoDb, Status Code: {status}, Request ID: {uuid.uuid4()})", f"DynamoDB:{kind}")


def token(table, key):
    return base64.b64encode(json.dumps({"version": 3, "table": table, "key": key}).encode()).decode()


def key_of(text, table):
    try:
        found = json.loads(base64.b64decode(text, validate=True))
        if found["table"] == table:
            return found["key"]
    except (ValueError, KeyError, TypeError):
        pass
    raise appsync._AppSyncResolverError(
        "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.",
        "DynamoDB:UserIllegalArgumentException")


def plain(attribute):
    """The value of an attribute: {"S": "x"} is "x"."""
    (kind, value), = attribute.items()
    if kind == "N":
        return float(value) if set(value) & set(".eE") else int(value)
    if kind == "M":
        return {name: plain(each) for name, each in value.items()}
    if kind == "L":
        return [plain(each) for each in value]
    return None if kind == "NULL" else value


def keep_workers():
    """As many as requests are run at once stay; by default most are ended after each burst, and started again."""
    appsync_js._pool.max_idle = 64
    appsync_js._pool.recycle_after = 1_000_000


def install_expressions():
    """Puts expressions.js in the place of the function of that name in the program of ministack's workers."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expressions.js"), encoding="utf-8") as file:
        ours = file.read()
    head = "function _ddbExpression("
    if head not in appsync_js._pool.script:
        raise ImportError("this ministack has no _ddbExpression")
    appsync_js._pool.script = appsync_js._pool.script.replace(head, "function _replaced(") + ours


keep_workers()
install_expressions()
