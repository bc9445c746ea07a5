// static/drawing.js against the digits that test_latent.py wrote with ae.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { normalForm, plain } from "../../static/drawing.js";

const PIXEL = 1e-3; // Python inks in float32

const path = join(process.env.GARGALO_ORACLE, "drawings.json");
const { size, drawings } = JSON.parse(readFileSync(path, "utf-8"));

for (const [route, ink] of Object.entries({ normal: normalForm, plain })) {
  test(`${route}: as in Python, over ${drawings.length} drawings`, () => {
    for (const drawing of drawings) {
      const digit = ink(drawing.strokes, size);
      const expected = drawing[route];
      assert.equal(digit === null, expected === null, drawing.name);
      if (!digit) continue;
      assert.equal(digit.length, 28 * 28);
      digit.forEach((value, i) => {
        const miss = Math.abs(value - expected[i]);
        assert(miss <= PIXEL, `${drawing.name}[${i}]: ${value}, not ${expected[i]}`);
      });
    }
  });
}
