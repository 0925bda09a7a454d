// SPDX-License-Identifier: Apache-2.0
//
// deleteX: an item that exists.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const conditions = [{ id: { attributeExists: true } }];
  if (ctx.args.condition) {
    conditions.push(ctx.args.condition);
  }
  return {
    operation: "DeleteItem",
    key: util.dynamodb.toMapValues({ id: ctx.args.input.id }),
    condition: util.transform.toDynamoDBConditionExpression({ and: conditions }),
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
