import assert from "node:assert/strict";
import { test } from "node:test";
import { dragged, fitted, grip, spanned, stepped } from "../../static/rectangle.js";

const RECTANGLE = [0.2, 0.3, 0.6, 0.9];
const REACH = [0.05, 0.05];

const near = (actual, expected) => {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - expected[i]) < 1e-9);
};

test("a pointer takes the corner, the edge or the inside that it is on", () => {
  assert.deepEqual(grip(RECTANGLE, [0.22, 0.28], REACH), [-1, -1]);
  assert.deepEqual(grip(RECTANGLE, [0.62, 0.6], REACH), [1, 0]);
  assert.deepEqual(grip(RECTANGLE, [0.4, 0.88], REACH), [0, 1]);
  assert.deepEqual(grip(RECTANGLE, [0.4, 0.6], REACH), [0, 0]);
  assert.equal(grip(RECTANGLE, [0.7, 0.6], REACH), null);
  assert.equal(grip(null, [0.4, 0.6], REACH), null);
  // Of a small one something is left to move it by.
  assert.deepEqual(grip([0.4, 0.4, 0.45, 0.45], [0.425, 0.425], REACH), [0, 0]);
});

test("what is pulled follows, as far as the picture goes", () => {
  near(dragged(RECTANGLE, [-1, 0], [0.1, 0.1]), [0.3, 0.3, 0.6, 0.9]);
  near(dragged(RECTANGLE, [1, 1], [0.9, -0.1]), [0.2, 0.3, 1, 0.8]);
  near(dragged(RECTANGLE, [0, 0], [0.1, -0.1]), [0.3, 0.2, 0.7, 0.8]);
  near(dragged(RECTANGLE, [0, 0], [-1, 1]), [0, 0.4, 0.4, 1]); // as large as before
  const [left, , right] = dragged(RECTANGLE, [1, 0], [-0.9, 0]);
  assert.ok(left === 0.2 && right > left); // never inside out
});

test("a rectangle is drawn from any corner; a click is none", () => {
  near(spanned([0.6, 0.9], [0.2, 0.3]), RECTANGLE);
  near(spanned([0.5, 0.5], [2, -1]), [0.5, 0, 1, 0.5]);
  assert.equal(spanned([0.5, 0.5], [0.51, 0.9]), null);
});

test("an arrow key moves it, or changes its size; without one it begins in the middle", () => {
  const [left, top, right, bottom] = RECTANGLE;
  const moved = stepped(RECTANGLE, [1, 0], false);
  assert.ok(moved[0] > left && Math.abs(moved[2] - moved[0] - (right - left)) < 1e-9);
  const resized = stepped(RECTANGLE, [0, -1], true);
  assert.ok(resized[3] < bottom);
  near(resized.slice(0, 3), [left, top, right]);
  const first = stepped(null, [1, 0], false);
  assert.ok(first[0] > 0.1 && first[2] < 0.9);
});

test("what is fitted keeps its proportions and never grows", () => {
  assert.deepEqual(fitted(6000, 4000, 1000), [1000, 667]);
  assert.deepEqual(fitted(300, 400, 1000), [300, 400]);
  assert.deepEqual(fitted(1, 50000, 1000), [1, 1000]);
});
