// static/edits.js against the codes that test_latent.py wrote with ui/edits.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { edited, heard, shownCode } from "../../static/edits.js";

const oracle = JSON.parse(readFileSync(join(process.env.GARGALO_ORACLE, "edits.json"), "utf-8"));

test(`edited: as in Python, over ${oracle.length} codes`, () => {
  for (const { encoded, edits, code } of oracle) {
    const before = encoded.slice();
    assert.deepEqual(edited(encoded, edits), Float32Array.from(code));
    assert.deepEqual(encoded, before);
  }
});

test("shownCode: what is held goes before what Python knows, as if it knew", () => {
  const none = { keep: null, values: [] };
  for (const { encoded, edits, code } of oracle) {
    const { keep, values } = edits;
    const shown = Float32Array.from(code);
    assert.deepEqual(shownCode(encoded, none, edits), shown);
    assert.deepEqual(shownCode(encoded, { ...edits, keep: 3 }, { keep }), shown);
    const others = values.map(([unit, value]) => [unit, value + 1]);
    assert.deepEqual(shownCode(encoded, { keep, values: others }, { values }), shown);
  }
});

test("heard: Python knows all that was held", () => {
  const edits = {
    keep: 7,
    values: [
      [4, 1.5],
      [5, 0],
    ],
  };
  for (const held of [{ keep: 7 }, { values: [[5, 0]] }, edits]) assert(heard(edits, held));
  for (const held of [{ keep: null }, { keep: 6 }, { values: [[4, 0]] }, { values: [[6, 0]] }])
    assert(!heard(edits, held));
});
