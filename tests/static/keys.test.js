import assert from "node:assert/strict";
import { test } from "node:test";
import { ARROWS, CELL, cell, meant, middle, step, trail } from "../../static/keys.js";

const SIDE = 280;

test("a step is a cell, with Shift four, two arrows at once a diagonal", () => {
  const from = middle(SIDE);
  assert.deepEqual(cell(from), [14, 14]);
  assert.deepEqual(cell(step(from, ["ArrowLeft"], false, SIDE)), [13, 14]);
  assert.deepEqual(cell(step(from, ["ArrowDown"], true, SIDE)), [14, 18]);
  assert.deepEqual(cell(step(from, ["ArrowUp", "ArrowRight"], false, SIDE)), [15, 13]);
  assert.deepEqual(step(from, ["ArrowUp", "ArrowDown"], false, SIDE), from);
});

test("the pen reaches each edge of the canvas, and never leaves it", () => {
  for (const arrow of Object.keys(ARROWS)) {
    let place = middle(SIDE);
    for (let i = 0; i < 40; i++) place = step(place, [arrow], i % 2 === 0, SIDE);
    const [x, y] = ARROWS[arrow];
    const end = (direction) => [1, 14, 28][direction + 1];
    assert.deepEqual(cell(place), [end(x), end(y)]);
  }
});

test("a long step has places on its way, no further apart than half a cell", () => {
  for (const to of [
    [45, 5],
    [45, 45],
    [5, 15],
    [5, 5],
  ]) {
    const places = trail([5, 5], to);
    assert.deepEqual(places.at(-1), to);
    let before = [5, 5];
    for (const place of places) {
      assert.ok(Math.hypot(place[0] - before[0], place[1] - before[1]) <= CELL / 2 + 1e-9);
      before = place;
    }
  }
});

test("a key is the shortcut that is written so, and no other", () => {
  const shortcuts = {
    undo: "Control+Z Meta+Z",
    redo: "Control+Y Control+Shift+Z",
    clear: "Delete Backspace",
    surprise: "S",
    list: "?",
  };
  const press = (key, held = {}) => meant({ key, ...held }, shortcuts);
  assert.equal(press("z", { ctrlKey: true }), "undo");
  assert.equal(press("z", { metaKey: true }), "undo");
  assert.equal(press("Z", { ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(press("y", { ctrlKey: true }), "redo");
  assert.equal(press("Backspace"), "clear");
  assert.equal(press("s"), "surprise");
  assert.equal(press("S"), "surprise"); // Caps Lock
  assert.equal(press("?", { shiftKey: true }), "list");
  assert.equal(press("?"), "list");
  for (const [key, held] of [
    ["z"],
    ["z", { ctrlKey: true, altKey: true }],
    ["s", { ctrlKey: true }],
    ["S", { shiftKey: true }],
    ["Delete", { shiftKey: true }],
    ["Shift", { shiftKey: true }],
    ["x"],
  ]) {
    assert.equal(press(key, held), undefined, key);
  }
});
