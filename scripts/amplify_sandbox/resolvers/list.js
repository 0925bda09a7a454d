// SPDX-License-Identifier: Apache-2.0
//
// listXs: a page of at most `limit` items, of which those that match the filter are given.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const { filter, limit, nextToken } = ctx.args;
  const scan = { operation: "Scan", limit: limit ?? 100 };
  if (nextToken) {
    scan.nextToken = nextToken;
  }
  if (filter && Object.keys(filter).length) {
    scan.filter = util.transform.toDynamoDBFilterExpression(filter);
  }
  return scan;
}

export function response(ctx) {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  return ctx.result;
}
