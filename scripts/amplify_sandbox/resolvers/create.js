// SPDX-License-Identifier: Apache-2.0
//
// createX: a new item; one with this id must not exist.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const input = ctx.args.input;
  const now = util.time.nowISO8601();
  const id = input.id ?? util.autoId();
  const item = { ...input, id, createdAt: now, updatedAt: now, __typename: ctx.info.fieldName.replace("create", "") };
  const conditions = [{ id: { attributeExists: false } }];
  if (ctx.args.condition) {
    conditions.push(ctx.args.condition);
  }
  return {
    operation: "PutItem",
    key: util.dynamodb.toMapValues({ id }),
    attributeValues: util.dynamodb.toMapValues(item),
    condition: util.transform.toDynamoDBConditionExpression({ and: conditions }),
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
