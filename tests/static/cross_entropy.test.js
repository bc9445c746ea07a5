// static/cross_entropy.js against what test_latent.py wrote with ae/evaluation.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { costliest, terms } from "../../static/cross_entropy.js";

const oracle = JSON.parse(readFileSync(join(process.env.GARGALO_ORACLE, "terms.json"), "utf-8"));

test("both terms of each pixel: as in NumPy", () => {
  for (const { x, y, missed, invented, bce } of oracle) {
    const ours = terms(Float32Array.from(x), Float32Array.from(y));
    for (let i = 0; i < x.length; i++) {
      assert(Math.abs(ours.missed[i] - missed[i]) < 1e-5, `missed[${i}]`);
      assert(Math.abs(ours.invented[i] - invented[i]) < 1e-5, `invented[${i}]`);
    }
    const [one, other] = ours.means;
    assert(Math.abs(one + other - bce) < 1e-5 * bce, `${one} + ${other}, not ${bce}`);
    const costs = missed.map((value, i) => value + invented[i]);
    assert(costs[costliest(ours)] >= Math.max(...costs) - 1e-5);
  }
});

test("a perfect copy costs what its grey costs", () => {
  const grey = Float32Array.of(0, 1, 0.5, 0.25);
  const { missed, invented } = terms(grey, grey);
  const expected = [0, 0, Math.LN2, -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75)];
  expected.forEach((cost, i) => {
    assert(Math.abs(missed[i] + invented[i] - cost) < 1e-6, `${i}`);
  });
  assert.equal(costliest({ missed, invented }), 2);
});
