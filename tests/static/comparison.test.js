// static/comparison.js and small_bars.js against the styles and words that test_latent.py wrote with pages/compare.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { marks } from "../../static/comparison.js";
import { bar } from "../../static/small_bars.js";

const oracle = JSON.parse(readFileSync(join(process.env.GARGALO_ORACLE, "lanes.json"), "utf-8"));

// One decimal; a number that is written between two of them may go either way.
const near = (actual, expected) =>
  Math.abs(Number.parseFloat(actual || 0) - Number.parseFloat(expected || 0)) < 0.11;

test("bars stand where Python puts them", () => {
  assert.deepEqual(new Set(oracle.bars.map(({ kind }) => kind)).size, 4);
  oracle.values.forEach((value, i) => {
    const [actual, expected] = [bar(value, oracle.ends), oracle.bars[i]];
    assert.equal(actual.kind, expected.kind, `${value}`);
    for (const length of ["bottom", "height"]) {
      assert(near(actual[length], expected[length]), `${length}: ${actual[length]} of ${value}`);
    }
  });
});

test("the closest and the furthest are named as in Python", () => {
  oracle.errors.forEach((errors, i) => {
    assert.deepEqual(
      marks(errors, (error) => error.toFixed(4)),
      oracle.marks[i],
    );
  });
});
