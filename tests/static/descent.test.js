// static/descent.js against what test_latent.py wrote with ae/descent.py: the same points as the
// browser gets, and how NumPy descends from the same angles.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { arrived, begun, due, step, Valley } from "../../static/descent.js";
import { open } from "../../static/packed.js";

const folder = join(process.env.GARGALO_ORACLE, "descents");
const oracle = JSON.parse(readFileSync(join(folder, "oracle.json"), "utf-8"));
const { header, read } = open(new Uint8Array(readFileSync(join(folder, "packed"))));
const valley = new Valley(read("points"));

function close(actual, expected, what, tolerance = 1e-9) {
  const miss = Math.abs(actual - expected);
  assert(miss <= tolerance, `${what}: ${actual}, not ${expected}`);
}

test("loss, derivative and bottom: as in NumPy", () => {
  close(valley.bottom, oracle.bottom, "bottom");
  oracle.mean.forEach((value, i) => {
    close(valley.mean[i], value, "mean");
  });
  for (const [angle, loss, derivative] of oracle.losses) {
    close(valley.loss(angle), loss, `loss at ${angle}`);
    close(valley.derivative(angle), derivative, `derivative at ${angle}`);
  }
});

describe("descents", () => {
  for (const { name, rate, start, states } of oracle.descents)
    test(`${name}, ${rate}, from ${start}: as in NumPy`, () => {
      const way = { ...header.ways[name], rate };
      let state = begun(start);
      for (const { arrived: there, ...expected } of states) {
        while (state.steps < expected.steps) {
          assert(!arrived(valley, state, header.near));
          state = step(state, valley.derivative(state.angle), way, header.recipe);
        }
        assert.deepEqual(Object.keys(state).sort(), Object.keys(expected).sort());
        // A rate that jumps for ever grows what rounding differs in, until it has settled.
        for (const [part, value] of Object.entries(expected))
          close(state[part], value, `${part} after ${state.steps}`, 1e-7);
        assert.equal(arrived(valley, state, header.near), there);
      }
    });

  test("those that the screen offers are those that were checked", () => {
    const checked = oracle.descents.map(({ name, rate }) => `${name} ${rate}`);
    for (const rate of header.rates) assert(checked.includes(`plain ${rate}`));
    for (const [name, { rate }] of Object.entries(header.ways))
      assert(checked.includes(`${name} ${rate}`));
  });
});

test("steps are watched one by one at first, and a thousand in less than six seconds", () => {
  assert.equal(due(0), 0);
  assert(due(0.3) === 1 && due(0.6) === 3);
  assert(due(5) < header.steps && due(6) > header.steps);
});
