// What of a map is to be seen where its points are bytes, as a training sends them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { flatMap } from "../../static/latent.js";

test("where the points of bytes are, and the middle of each digit's", () => {
  const points = Uint8Array.of(0, 200, 255, 40, 9, 60, 100, 50, 10, 41);
  const digits = [3, 5, 3, 5, 3];
  const map = flatMap(points, digits, ["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(map.ends, [
    [0, 255],
    [40, 200],
  ]);
  assert.deepEqual(map.middle, [127.5, 120]);
  assert.deepEqual(map.medians[3], [9, 60]); // of 0, 9, 10, and of 41, 60, 200: as numbers
  assert.deepEqual(map.medians[5], [255, 50]);
  assert.deepEqual(map.medians[0], [undefined, undefined]);
  assert.deepEqual([...points], [0, 200, 255, 40, 9, 60, 100, 50, 10, 41], "left as they were");
});
