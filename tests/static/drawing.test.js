// static/drawing.js against the digits that test_latent.py wrote with ae.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { normalForm, normalFormOfLines, plain, smooth } from "../../static/drawing.js";

const PIXEL = 1e-3; // Python inks in float32

const read = (name) => JSON.parse(readFileSync(join(process.env.GARGALO_ORACLE, name), "utf-8"));
const { size, drawings } = read("drawings.json");
const { drawings: links } = read("strokes.json");

function expectDigit(digit, expected, name) {
  assert.equal(digit === null, expected === null, name);
  if (!digit) return;
  assert.equal(digit.length, 28 * 28);
  digit.forEach((value, i) => {
    const miss = Math.abs(value - expected[i]);
    assert(miss <= PIXEL, `${name}[${i}]: ${value}, not ${expected[i]}`);
  });
}

for (const [route, ink] of Object.entries({ normal: normalForm, plain })) {
  test(`${route}: as in Python, over ${drawings.length} drawings`, () => {
    for (const drawing of drawings) {
      expectDigit(ink(drawing.strokes, size), drawing[route], drawing.name);
    }
  });
}

test(`lines as links have them: as in Python, over ${links.length} drawings`, () => {
  for (const { name, back, normal } of links) {
    expectDigit(normalFormOfLines(back, size), normal, name);
  }
});

test("a stroke is bent into the same points as in Python", () => {
  for (const { name, strokes, smooth: expected } of links) {
    strokes.forEach((stroke, i) => {
      const points = smooth(stroke);
      assert.equal(points.length, expected[i].length, name);
      points.flat().forEach((value, at) => {
        const other = expected[i].flat()[at];
        assert(Math.abs(value - other) <= 1e-4 * Math.max(Math.abs(other), 1), name);
      });
    });
  }
});
