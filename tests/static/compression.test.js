// static/compression.js against what test_latent.py wrote with ae.compression: which step is chosen,
// and what digits take.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  AMOUNTS,
  alike,
  cost,
  noWorse,
  perDigit,
  share,
  ticks,
  within,
} from "../../static/compression.js";
import { open } from "../../static/packed.js";

const folder = join(process.env.GARGALO_ORACLE, "compression");
const oracle = JSON.parse(readFileSync(join(folder, "oracle.json"), "utf-8"));
const { header } = open(new Uint8Array(readFileSync(join(folder, "packed"))));

const wayOf = (name) => header.ways.find((way) => way.name === name);
const sheets = header.ways
  .filter((way) => !way.decoder)
  .flatMap((way) => way.bytes.map((bytes, i) => ({ bytes, error: way.errors[i] })));

describe("what is chosen", () => {
  test("a step of about the same size, as NumPy finds it", () => {
    for (const { sizes, size, step } of oracle.alike) assert.equal(alike(sizes, size), step);
    assert.equal(alike([0, 1, 3], 0), 0);
    assert.equal(alike([5, 5], 5), 0);
  });

  test("the smallest sheet that is no worse, as the table has it", () => {
    for (const { error, bytes } of oracle.noWorse)
      assert.equal(noWorse(sheets, error).bytes, bytes);
    assert.equal(noWorse([{ bytes: 3, error: 0.2 }], 0.1), null);
    assert.equal(noWorse([], 1), null);
    const first = { bytes: 3, error: 0.1 };
    assert.equal(noWorse([first, { bytes: 3, error: 0.05 }], 0.1), first);
  });
});

describe("what digits take", () => {
  test("with the decoder no more than sheets, from as many digits on as the table says", () => {
    for (const { model, step, bytes, paysOff } of oracle.noWorse) {
      const way = wayOf(model);
      assert.equal(way.paysOff[step], paysOff);
      if (paysOff === null) assert(cost(way, step, 1e9).whole > 1e9 * bytes);
      else {
        assert(cost(way, step, paysOff).whole <= paysOff * bytes);
        assert(cost(way, step, paysOff - 1).whole > (paysOff - 1) * bytes);
      }
    }
  });

  test("the decoder is shared among them", () => {
    for (const name of ["deep", "pca"]) {
      const way = wayOf(name);
      assert.equal(way.decoder, oracle.decoders[name]);
      assert.deepEqual(perDigit(way, null), way.bytes);
      perDigit(way, 1000).forEach((bytes, step) => {
        const { codes, whole } = cost(way, step, 1000);
        assert(Math.abs(bytes - whole / 1000) < 1e-9);
        assert.equal(whole, codes + way.decoder);
      });
    }
    const webp = wayOf("WebP");
    assert.deepEqual(perDigit(webp, 1), webp.bytes);
    assert.equal(cost(webp, 2, 10).files, 10 * webp.alone[2]);
  });
});

describe("where it lies", () => {
  test("on a logarithmic axis, at its end if beyond", () => {
    const { values, shares } = oracle.shares;
    values.forEach((value, i) => {
      assert(Math.abs(share(value, [1, 500]) - shares[i]) < 1e-12, value);
    });
    assert.equal(share(0, [1, 500]), 0);
    assert(within(1, [1, 500]) && within(500, [1, 500]) && !within(0.9, [1, 500]));
  });

  test("ticks are 1, 2 and 5 of each ten", () => {
    assert.deepEqual(ticks([1, 500]), [1, 2, 5, 10, 20, 50, 100, 200, 500]);
    assert.deepEqual(ticks([0.0003, 0.02]), [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02]);
    assert.deepEqual([AMOUNTS.at(0), AMOUNTS.at(-1), AMOUNTS.length], [1, 100_000, 16]);
  });
});
