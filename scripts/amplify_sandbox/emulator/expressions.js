// SPDX-License-Identifier: Apache-2.0
//
// util.transform.toDynamoDBFilterExpression and …ConditionExpression, for ministack's process that runs resolvers (resolvers.py).
//
// ministack's own uses one placeholder for two values of a field (`or: [{name: {eq: "a"}}, {name: {eq: "b"}}]`), and knows
// neither `size` nor the names of types that Amplify's schema has. No parentheses are doubled: DynamoDB refuses that.
function _ddbExpression(filter) {
  const names = {};
  const values = {};
  const types = {
    binary: "B", binarySet: "BS", bool: "BOOL", list: "L", map: "M", number: "N", numberSet: "NS", string: "S", stringSet: "SS",
    _null: "NULL",
  };
  const comparisons = { eq: "=", ne: "<>", lt: "<", le: "<=", gt: ">", ge: ">=" };

  const attribute = (value) => {
    if (value === null || value === undefined) return { NULL: true };
    if (typeof value === "string") return { S: value };
    if (typeof value === "number") return { N: String(value) };
    if (typeof value === "boolean") return { BOOL: value };
    if (Array.isArray(value)) return { L: value.map(attribute) };
    return { M: Object.fromEntries(Object.entries(value).map(([key, each]) => [key, attribute(each)])) };
  };
  const placeholder = (field, operator, value) => {
    const name = `:${field}_${operator}_${Object.keys(values).length}`;
    values[name] = attribute(value);
    return name;
  };
  const compared = (what, field, operator, operand) => {
    if (operator in comparisons) return `${what} ${comparisons[operator]} ${placeholder(field, operator, operand)}`;
    const [low, high] = operand;
    return `${what} BETWEEN ${placeholder(field, operator, low)} AND ${placeholder(field, operator, high)}`;
  };
  const condition = (field, operator, operand) => {
    const name = `#${field}`;
    names[name] = field;
    switch (operator) {
      case "contains": return `contains(${name}, ${placeholder(field, operator, operand)})`;
      case "notContains": return `NOT contains(${name}, ${placeholder(field, operator, operand)})`;
      case "beginsWith": return `begins_with(${name}, ${placeholder(field, operator, operand)})`;
      case "attributeExists": return `${operand ? "attribute_exists" : "attribute_not_exists"}(${name})`;
      case "attributeType": return `attribute_type(${name}, ${placeholder(field, operator, types[operand] ?? operand)})`;
      case "in": return `${name} IN (${operand.map((each) => placeholder(field, operator, each)).join(", ")})`;
      default: return compared(name, field, operator, operand);
    }
  };

  // [text, whether it needs parentheses in another expression]
  const joined = (parts, word) => {
    const found = parts.filter((part) => part !== null);
    if (found.length < 2) return found[0] ?? null;
    return [found.map(([text, isJoined]) => (isJoined ? `(${text})` : text)).join(` ${word} `), true];
  };
  const ofField = (field, operators) => {
    const { size, ...others } = operators ?? {};
    const parts = Object.entries(others).map(([operator, operand]) => [condition(field, operator, operand), false]);
    for (const [operator, operand] of Object.entries(size ?? {})) {
      names[`#${field}`] = field;
      parts.push([compared(`size(#${field})`, `${field}_size`, operator, operand), false]);
    }
    return joined(parts, "AND");
  };
  const walk = (node) => joined(Object.entries(node ?? {}).map(([key, value]) => {
    if (key === "and" || key === "or") {
      return joined((Array.isArray(value) ? value : [value]).map(walk), key === "and" ? "AND" : "OR");
    }
    if (key === "not") {
      const inner = walk(value);
      return inner && [`NOT (${inner[0]})`, false];
    }
    return ofField(key, value);
  }), "AND");

  return { expression: (walk(filter) ?? [""])[0], expressionNames: names, expressionValues: values };
}
