// SPDX-License-Identifier: Apache-2.0
//
// updateX: of an item that exists, sets the given fields, removes those that are null, and always sets updatedAt.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const { id, ...given } = ctx.args.input;
  const changes = { ...given, updatedAt: util.time.nowISO8601() };
  const sets = [];
  const removals = [];
  const expressionNames = {};
  const expressionValues = {};
  for (const [name, value] of Object.entries(changes)) {
    expressionNames[`#${name}`] = name;
    if (value === null) {
      removals.push(`#${name}`);
    } else {
      sets.push(`#${name} = :${name}`);
      expressionValues[`:${name}`] = util.dynamodb.toDynamoDB(value);
    }
  }
  const removal = removals.length ? ` REMOVE ${removals.join(", ")}` : "";
  const conditions = [{ id: { attributeExists: true } }];
  if (ctx.args.condition) {
    conditions.push(ctx.args.condition);
  }
  return {
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues({ id }),
    update: { expression: `SET ${sets.join(", ")}${removal}`, expressionNames, expressionValues },
    condition: util.transform.toDynamoDBConditionExpression({ and: conditions }),
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
