import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clamp,
  disc,
  distance,
  rgba,
  signed,
  spread,
  stamp,
  twofold,
} from "../../static/raster.js";

const near = (actual, expected, tolerance) =>
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected} ± ${tolerance}`);

test("clamp and distance", () => {
  assert.deepEqual(
    [-1, 0.5, 7].map((value) => clamp(value, 0, 1)),
    [0, 0.5, 1],
  );
  assert.equal(distance([1, 2], [4, 6]), 5);
});

test("pixels are white on black, or ink in a colour on nothing", () => {
  const pixels = Float32Array.of(0, 0.5, 1);
  assert.deepEqual(
    [...rgba(pixels, null)],
    [0, 0, 0, 255, 128, 128, 128, 255, ...Array(4).fill(255)],
  );
  const ink = [0x97, 0x7b, 0x2f];
  assert.deepEqual([...rgba(pixels, "#977b2f")], [...ink, 0, ...ink, 128, ...ink, 255]);
});

test("a disc covers its area, the same on all sides", () => {
  for (const radius of [1.5, 2.2, 5]) {
    const mask = disc(radius);
    const area = mask.reduce((sum, [, , cover]) => sum + cover, 0);
    near(area / (Math.PI * radius ** 2), 1, 0.06); // its edge is a ramp of one pixel
    for (const [x, y, cover] of mask) {
      assert(cover > 0 && cover <= 1);
      for (const [u, v] of [
        [-x, y],
        [y, x],
      ]) {
        assert(mask.some((other) => other[0] === u && other[1] === v && other[2] === cover));
      }
    }
  }
});

test("dots are stamped in their colours, not over the edge, and edges do not cut", () => {
  const [width, height] = [20, 10];
  const red = 0xff0000ff; // 0xAABBGGRR
  const blue = 0xffff0000;
  const paint = (dots) => {
    const pixels = new Uint32Array(width * height);
    stamp(pixels, width, 2, dots, ["#ff0000", "#0000ff"]);
    return (x, y) => pixels[y * width + x];
  };
  const one = paint([[0, 10.2, 4.8]]);
  assert.equal(one(10, 5), red);
  assert.equal(one(11, 5), red);
  assert.equal(one(10, 4), red);
  assert.equal(one(14, 5), 0);
  assert.equal(one(12, 5) >>> 24, 128); // half covered: the middle of the edge
  assert.equal(one(12, 5) & 0xffffff, red & 0xffffff);

  const edge = paint([
    [0, 1, 5],
    [0, 10, 9],
  ]);
  for (let i = 0; i < width * height; i++) assert.equal(edge(i % width, Math.floor(i / width)), 0);

  const two = paint([
    [0, 8, 5],
    [1, 10, 5],
  ]);
  assert.equal(two(10, 5), blue);
  assert.equal(two(9, 5), blue);
  assert.equal(two(8, 5), red); // where the second one has but its edge
});

test("places are spread, and around where they were", () => {
  const places = [
    [0, 0],
    [0, 0],
    [5, 0],
    [100, 100],
    [Number.NaN, Number.NaN],
  ];
  const moved = spread(places, 20);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < i; j++) assert(distance(moved[i], moved[j]) > 19.9);
  }
  near(moved[3][0], 100, 0.1);
  near(moved[3][1], 100, 0.1);
  near((moved[0][0] + moved[1][0] + moved[2][0]) / 3, 5 / 3, 0.1);
  assert.deepEqual(places[0], [0, 0]); // those that were given are as they were
});

test("a map of two terms is one of errors where a pixel has only one of them", () => {
  const errors = Float32Array.of(-0.5, -0.2, 0, 0.1, 0.7);
  const [lost, added] = [-1, 1].map((sign) => errors.map((value) => Math.max(sign * value, 0)));
  assert.deepEqual(twofold(lost, added, 0.5), signed(errors));
  const [red, , blue, opaque] = twofold(Float32Array.of(1), Float32Array.of(1), 1);
  assert(red > 200 && blue > 200, "both colours");
  assert(opaque < 128, "and stripes");
});
