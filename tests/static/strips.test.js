import assert from "node:assert/strict";
import { test } from "node:test";
import { along, nearestStop, stops } from "../../static/strips.js";

test("the first picture is at one end of a strip and the last one at the other", () => {
  assert.equal(along(0, 5), "0%");
  assert.equal(along(1, 5), "25%");
  assert.equal(along(4, 5), "100%");
  assert.equal(along(0, 1), "0%"); // alone
});

test("about ten stops, evenly spaced where that can be", () => {
  assert.deepEqual(stops(41), [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
  assert.deepEqual(stops(19), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]); // 10 of them
  assert.deepEqual(stops(17), [0, 2, 4, 6, 8, 10, 12, 14, 16]); // 9
  assert.deepEqual(stops(2), [0, 1]);
  const uneven = stops(24);
  assert.equal(uneven.length, 11);
  assert.deepEqual([uneven[0], uneven.at(-1)], [0, 23]);
});

test("a stop is nearest to itself", () => {
  for (const count of [2, 19, 24, 41]) {
    const indices = stops(count);
    assert.deepEqual(
      indices.map((at) => nearestStop(at, count, indices.length)),
      indices.map((_, i) => i),
    );
  }
  assert.equal(nearestStop(5, 41, 11), 1);
  assert.equal(nearestStop(7, 41, 11), 2);
});
