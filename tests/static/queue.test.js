import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder } from "../../static/queue.js";

const digits = [
  { id: 3, error: 0.01 },
  { id: 4, error: 0.03 },
  { id: 7, error: 0.02 },
  { id: 9, error: 0.02 },
];
const error = (digit) => digit.error;
const ids = (ordered) => ordered.map(({ id }) => id);

test("the strangest is first, and of equal ones who came first", () => {
  assert.deepEqual(ids(inOrder(digits, error, [], false)), [4, 7, 9, 3]);
  assert.deepEqual(ids(inOrder(digits, error, [3, 9, 7, 4], false)), [4, 7, 9, 3]);
  assert.deepEqual(ids(digits), [3, 4, 7, 9]);
});

test("under a hand nothing moves, and what is new comes last", () => {
  assert.deepEqual(ids(inOrder(digits, error, [3, 9], true)), [3, 9, 4, 7]);
  assert.deepEqual(ids(inOrder(digits.slice(1), error, [3, 9, 7], true)), [9, 7, 4]);
});
