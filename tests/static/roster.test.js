import assert from "node:assert/strict";
import { test } from "node:test";
import { Roster } from "../../static/roster.js";

const settings = (changes) => ({
  say: "settings",
  model: "deep",
  frozen: false,
  hidden: false,
  approval: false,
  step: 0,
  ...changes,
});
const digit = (id, changes) => ({
  say: "digit",
  id,
  name: `name ${id}`,
  strokes: `s${id}`,
  seq: 1,
  approved: true,
  shown: false,
  ...changes,
});
const gone = (id) => ({ say: "gone", id });
const watching = { say: "watching", room: "ABC234", role: "speaker" };

function heard(...messages) {
  const roster = new Roster();
  for (const message of messages) roster.hear(message);
  return roster;
}
const ids = (digits) => digits.map(({ id }) => id);

test("those who drew stand on the wall in the order in which they first did", () => {
  const roster = heard(watching, settings(), digit(7), digit(2), digit(9), gone(2));
  roster.hear(digit(7, { seq: 2, strokes: "new" }));
  assert.deepEqual(ids(roster.wall), [7, 9]);
  assert.equal(roster.wall[0].strokes, "new");
  roster.hear(digit(2, { seq: 2 }));
  assert.deepEqual(ids(roster.wall), [7, 9, 2]);
});

test("what waits is counted, and not on the wall", () => {
  const roster = heard(watching, settings({ approval: true }), digit(1, { approved: false }));
  assert.deepEqual([ids(roster.wall), ids(roster.waiting)], [[], [1]]);
  roster.hear(digit(1));
  assert.deepEqual([ids(roster.wall), ids(roster.waiting)], [[1], []]);
  // Another drawing waits again, whatever stood there.
  roster.hear(digit(1, { seq: 2, approved: false }));
  assert.deepEqual([ids(roster.wall), ids(roster.waiting)], [[], [1]]);
});

test("a wall that stands still only loses what is taken away", () => {
  const roster = heard(watching, settings(), digit(1), digit(2), digit(3));
  roster.hear(settings({ frozen: true }));
  assert.deepEqual(ids(roster.wall), [1, 2, 3]);
  const anew = { seq: 2, strokes: "new", stood: 1 };
  for (const news of [digit(4, { stood: 0 }), digit(1, anew), gone(2)]) roster.hear(news);
  assert.deepEqual(ids(roster.wall), [1, 3]);
  assert.equal(roster.wall[0].strokes, "s1");
  // A drawing is shown where it is the one on the wall.
  for (const news of [digit(3, { shown: true }), digit(1, { ...anew, shown: true })])
    roster.hear(news);
  assert.deepEqual(
    roster.wall.map(({ shown }) => shown),
    [false, true],
  );
  for (const news of [settings(), digit(4), digit(1, { seq: 2 })]) roster.hear(news);
  assert.deepEqual(ids(roster.wall), [1, 3, 4]);
  assert.equal(roster.wall[0].seq, 2);
});

test("who comes to a wall that stands still sees what there is", () => {
  const roster = heard(watching, settings({ frozen: true }), digit(1), digit(2));
  assert.deepEqual(ids(roster.wall), [1, 2]);
  roster.hear(digit(3, { stood: 0 }));
  assert.deepEqual(ids(roster.wall), [1, 2]);
});

test("who comes to a wall that stands still does not see what came after it was frozen", () => {
  for (const order of [0, 1]) {
    const news = [digit(1), digit(2, { stood: 0 }), digit(3, { seq: 2, stood: 1 }), digit(4)];
    news.splice(order && 4, 0, settings({ frozen: true }));
    assert.deepEqual(ids(heard(watching, ...news).wall), [1, 4], order);
  }
});

test("a wall that stands still is whole, however its digits come", () => {
  const roster = heard(watching, settings({ frozen: true }), digit(1));
  assert.deepEqual(ids(roster.wall), [1]);
  roster.hear(digit(2));
  assert.deepEqual(ids(roster.wall), [1, 2]);
});

test("what was taken away from a wall that stands still does not come back with the next one", () => {
  const roster = heard(watching, settings(), digit(1), digit(2), settings({ frozen: true }));
  for (const news of [gone(1), digit(1, { seq: 2, stood: 0 })]) roster.hear(news);
  assert.deepEqual(ids(roster.wall), [2]);
  // Nor if it went while nothing was heard.
  for (const news of [watching, settings({ frozen: true }), digit(2, { seq: 3, stood: 0 })])
    roster.hear(news);
  assert.deepEqual(roster.wall, []);
});

test("who comes back to a wall that stands still finds it as it was", () => {
  const roster = heard(watching, settings(), digit(1), settings({ frozen: true }));
  const later = digit(1, { seq: 2, strokes: "new", stood: 1, approved: false });
  for (const news of [watching, settings({ frozen: true }), later]) roster.hear(news);
  assert.deepEqual(
    roster.wall.map(({ seq, strokes }) => [seq, strokes]),
    [[1, "s1"]],
  );
  // It was frozen anew meanwhile, with the next one.
  for (const news of [watching, settings({ frozen: true }), digit(1, { seq: 2 })])
    roster.hear(news);
  assert.deepEqual(
    roster.wall.map(({ seq }) => seq),
    [2],
  );
});

test("who comes back keeps the order, and loses what went meanwhile", () => {
  const roster = heard(watching, settings(), digit(5), digit(1), digit(3));
  roster.fresh = false;
  for (const news of [watching, settings(), digit(1), digit(5), digit(8)]) roster.hear(news);
  assert.deepEqual(ids(roster.wall), [5, 1, 8]);
  assert.equal(roster.fresh, true);
});

test("how many are here, and what is set", () => {
  const roster = heard({ say: "people", here: 4 }, settings({ hidden: true }));
  assert.equal(roster.here, 4);
  assert.equal(roster.settings.hidden, true);
  roster.hear({ say: "fault", why: "slow_down" });
  assert.deepEqual(roster.all, []);
});
