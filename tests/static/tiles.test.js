import assert from "node:assert/strict";
import { test } from "node:test";
import { fit } from "../../static/tiles.js";

const TILES = [
  { gap: 6, largest: 400 },
  { gap: 6, largest: 400, foot: 34 },
  { gap: 10, largest: 180, across: 2 },
];

test("so many fit, and with no other number of columns would they be larger", () => {
  for (const tile of TILES) {
    const { gap, largest, across = 1, foot = 0 } = tile;
    for (let count = 1; count <= 300; count++) {
      for (const [width, height] of [
        [520, 600],
        [358, 320],
        [960, 200],
      ]) {
        const { columns, side } = fit(count, [width, height], tile);
        const fits = (columns, side) =>
          columns * (side * across + gap) - gap <= width &&
          Math.ceil(count / columns) * (side + foot + gap) - gap <= height;
        if (side > 1) assert(fits(columns, side), `${count}: ${columns} of ${side}`);
        assert(side <= largest);
        if (side === largest) continue;
        for (let other = 1; other <= count; other++) {
          assert(!fits(other, side + 1), `${count}: ${other} of ${side + 1}`);
        }
      }
    }
  }
});

test("more of them are never larger", () => {
  let before = Infinity;
  for (let count = 0; count <= 1000; count++) {
    const { side } = fit(count, [520, 600], TILES[0]);
    assert(side >= 1 && side <= before);
    before = side;
  }
});

test("where there is no room, a tile is a pixel", () => {
  assert.deepEqual(fit(5, [0, 0], TILES[1]), { columns: 1, side: 1 });
});
