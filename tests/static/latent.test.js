// static/latent.js against the numbers that test_latent.py wrote with ae, one folder for each map.
// Tolerances: a packed code is off by half a step of its int16 at most, decoded pixels by 0.01
// (ui/components/map_canvas.py); the rest is float32.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { codeAt, enclosed, meanCode, neighbours, placeOf, unpack } from "../../static/latent.js";
import { decode } from "../../static/network.js";
import { idOf } from "../../static/packed.js";

const PIXEL = 0.01;
const NEAR = 2e-4; // of the largest number in the codes
const PLACE = 1e-4; // of the map's width
const MOVED = 0.01;
const FLOAT32 = 1e-5; // of the largest value that takes part

const folder = process.env.GARGALO_ORACLE;
assert(folder, "run by pytest tests/static, which writes the numbers first");

function close(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const miss = Math.abs(actual[i] - value);
    assert(miss <= tolerance, `${what}[${i}]: ${actual[i]}, not ${value} ± ${tolerance}`);
  });
}

const maps = join(folder, "maps");
for (const name of readdirSync(maps)) {
  const packed = new Uint8Array(readFileSync(join(maps, name, "packed")));
  const oracle = JSON.parse(readFileSync(join(maps, name, "oracle.json"), "utf-8"));
  const map = unpack(packed);
  const code = oracle.step / 2 + FLOAT32 * oracle.largest;

  describe(name, () => {
    test("is unpacked", () => {
      assert.equal(map.id, oracle.id);
      assert.equal(idOf(packed), oracle.id);
      assert.equal(map.units, oracle.units);
      assert.equal(map.neighbours, oracle.neighbours);
      assert.deepEqual(map.palette, oracle.palette);
      assert.deepEqual([...map.digits], oracle.digits);
      close(map.points, oracle.points.flat(), 0, "points");
      close(map.codes, oracle.codes.flat(), code, "codes");
      assert.equal(map.inverse === null, oracle.inverse === false);
      oracle.ends.forEach((ends, axis) => {
        close(map.ends[axis], ends, 0, "ends");
        assert.equal(map.middle[axis], (ends[0] + ends[1]) / 2);
      });
      oracle.medians.forEach((median, digit) => {
        close(map.medians[digit], median, 0, "medians");
      });
    });

    test("is also unpacked from the middle of a buffer", () => {
      const bytes = new Uint8Array(packed.length + 3);
      bytes.set(packed, 3);
      assert.deepEqual(unpack(bytes.subarray(3)), map);
    });

    test("codes are decoded", () => {
      oracle.decoded.forEach((pixels, i) => {
        const own = map.codes.subarray(i * map.units, (i + 1) * map.units);
        close(decode(map.layers, own), pixels, PIXEL, `picture ${i}`);
      });
    });

    test("places have neighbours", () => {
      oracle.places.forEach(([x, y], i) => {
        const near = neighbours(map.points, [x, y], oracle.neighbours);
        assert.deepEqual(
          near.map(({ index }) => index),
          oracle.nearest[i],
        );
        const distances = near.map(({ distance }) => distance);
        close(distances, oracle.distances[i], FLOAT32 * oracle.width, "distances");
      });
      assert.equal(neighbours(map.points, [0, 0], 1e6).length, map.digits.length);
    });

    test("places have codes, and these are decoded", () => {
      oracle.places.forEach(([x, y], i) => {
        const place = codeAt(map, x, y);
        close(place, oracle.place_codes[i], code, `code of place ${i}`);
        close(decode(map.layers, place), oracle.place_pictures[i], PIXEL, `picture of place ${i}`);
      });
    });

    test("groups are enclosed and averaged", () => {
      const group = enclosed(map.points, oracle.polygon);
      assert.deepEqual(group, oracle.inside);
      close(meanCode(map, group), oracle.mean_inside, code, "mean");
    });
  });
}

// The maps that ship: on them, codes lie among their like.
const atlas = join(folder, "atlas");
for (const name of readdirSync(atlas).filter((file) => !file.includes("."))) {
  test(`${name}: codes have a place, and neighbours`, () => {
    const map = unpack(new Uint8Array(readFileSync(join(atlas, name))));
    const { codes, near, places } = JSON.parse(readFileSync(join(atlas, `${name}.json`), "utf-8"));
    const largest = map.codes.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const width = Math.max(...map.ends.map(([low, high]) => high - low));
    // Of two that are as near but for rounding, either may be the tenth, in the code and on the map:
    // then a place moves a little, and never to another heap.
    let moved = 0;
    codes.forEach((code, i) => {
      const placed = placeOf(map, code);
      const away = (index) =>
        Math.hypot(...code.map((x, j) => x - map.codes[index * map.units + j]));
      close(placed.near.map(away), near[i].map(away), NEAR * largest, `neighbours of code ${i}`);
      close(placed.star, places[i], MOVED * width, `place of code ${i}`);
      moved += placed.star.some((value, axis) => Math.abs(value - places[i][axis]) > PLACE * width);
    });
    assert(moved <= codes.length / 20, `${moved} of ${codes.length} moved`);
  });
}

test("an activation that is linear leaves what is outside [0, 1] to the end", () => {
  const layer = (weights, activation) => ({
    weights: Float32Array.from(weights),
    bias: new Float32Array(1),
    activation,
  });
  const layers = [layer([1, 1], "linear"), layer([2], "linear")];
  assert.deepEqual([...decode(layers, [0.5, -0.25])], [0.5]);
  assert.deepEqual([...decode(layers, [-1, 0])], [0]);
  assert.deepEqual([...decode(layers, [1, 1])], [1]);
});
