// static/strokes.js against the texts that test_latent.py wrote with ae.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeStrokes, encodeStrokes } from "../../static/strokes.js";

const path = join(process.env.GARGALO_ORACLE, "strokes.json");
const { size, drawings } = JSON.parse(readFileSync(path, "utf-8"));

test(`the same texts as in Python, of ${drawings.length} drawings`, () => {
  for (const { name, strokes, text } of drawings) {
    assert.equal(encodeStrokes(strokes, size), text, name);
  }
});

test("the same strokes as in Python", () => {
  for (const { name, text, back } of drawings) {
    assert.deepEqual(decodeStrokes(text, size), back, name);
  }
});

test("what was cut off, or goes on, is no drawing", () => {
  for (const { name, text } of drawings.slice(0, 20)) {
    for (let end = 0; end < text.length; end++) {
      assert.equal(decodeStrokes(text.slice(0, end), size), null, `${name}, ${end} of ${text}`);
    }
    assert.equal(decodeStrokes(`${text}AAAA`, size), null, name);
  }
});

test("more strokes than fit are refused", () => {
  const dots = Array.from({ length: 65 }, (_, i) => [[i * 4, (i % 2) * 280]]);
  assert.throws(() => encodeStrokes(dots, size), RangeError);
  assert(encodeStrokes(dots.slice(1), size).length <= 600);
});
