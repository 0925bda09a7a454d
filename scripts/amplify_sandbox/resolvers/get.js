// SPDX-License-Identifier: Apache-2.0
//
// getX: the item, or null.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  return {
    operation: "Query",
    query: {
      expression: "#id = :id",
      expressionNames: { "#id": "id" },
      expressionValues: util.dynamodb.toMapValues({ ":id": ctx.args.id }),
    },
    limit: 1,
  };
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result.items.length ? ctx.result.items[0] : null;
}
