// static/network.js against the activations that test_latent.py wrote with ae, one file for each
// model.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decode, ink, mse, through, unpack } from "../../static/network.js";

const CODE = 0.005; // of the range of a model's codes: the weights have 16 bits
const PIXEL = 0.01;
const INK = 0.005;
const SQUARED = 5e-5; // half of the last decimal that is shown

const folder = join(process.env.GARGALO_ORACLE, "networks");

function close(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const miss = Math.abs(actual[i] - value);
    assert(miss <= tolerance, `${what}[${i}]: ${actual[i]}, not ${value} \u00b1 ${tolerance}`);
  });
}

for (const name of readdirSync(folder).filter((file) => !file.includes("."))) {
  const network = unpack(new Uint8Array(readFileSync(join(folder, name))));
  const { ends, digits } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf-8"));
  const range = ends[1] - ends[0];
  test(`${name}: as in Python, over ${digits.length} digits`, () => {
    assert.deepEqual(network.ends, ends);
    for (const { digit, layers, code, reconstruction, ...figures } of digits) {
      const activations = through(network.encoder, digit);
      activations.forEach((values, i) => {
        close(values, layers[i], CODE * Math.max(...layers[i].map(Math.abs)), `layer ${i}`);
      });
      close(activations.at(-1), code, CODE * range, "code");
      const ours = decode(network.decoder, activations.at(-1));
      close(ours, reconstruction, PIXEL, "reconstruction");
      const shares = ink(Float32Array.from(digit), ours);
      close([shares.kept, shares.invented], [figures.kept, figures.invented], INK, "ink");
      close([mse(Float32Array.from(digit), ours)], [figures.mse], SQUARED, "squared error");
    }
  });
}
