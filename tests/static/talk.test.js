import assert from "node:assert/strict";
import { test } from "node:test";
import { deed, elapsed, firm, heard, led, swiped, within } from "../../static/talk.js";

const key = (name, held = {}) => ({ key: name, ...held });

test("a clicker's keys, the arrows and Space lead through the talk", () => {
  for (const [name, expected] of [
    ["PageDown", 4],
    ["ArrowRight", 4],
    ["ArrowDown", 4],
    [" ", 4],
    ["PageUp", 2],
    ["ArrowLeft", 2],
    ["ArrowUp", 2],
    ["Home", 1],
    ["End", 9],
  ])
    assert.equal(led(deed(key(name)), 3, 9), expected, name);
  assert.equal(deed(key(" ", { shiftKey: true })), "back");
  assert.equal(led("next", 9, 9), 9);
  assert.equal(led("back", 1, 9), 1);
  for (const what of ["blank", "leave", "keys", "fill", "speaker"])
    assert.equal(led(what, 3, 9), undefined);
  assert.deepEqual([within(-4, 9), within(5, 9), within(10, 9)], [1, 5, 9]);
});

test("other keys do nothing, nor does any with Ctrl, Alt or ⌘", () => {
  for (const name of ["x", "Enter", "Tab", "toString", "F6"])
    assert.equal(deed(key(name)), undefined);
  for (const held of ["altKey", "ctrlKey", "metaKey"])
    assert.equal(deed(key("ArrowLeft", { [held]: true })), undefined);
});

test("nothing on the page keeps a clicker's keys for itself, but arrows and Escape it may", () => {
  for (const name of ["PageDown", "PageUp", "F5", "."]) assert.ok(firm(key(name)));
  for (const name of ["ArrowLeft", "Home", "Escape", " ", "b"]) assert.ok(!firm(key(name)));
});

test("a finger turns a page, and neither trembles nor scrolls", () => {
  assert.equal(swiped([300, 100], [200, 110]), "next");
  assert.equal(swiped([100, 100], [200, 60]), "back");
  assert.equal(swiped([100, 100], [140, 100]), undefined);
  assert.equal(swiped([100, 100], [170, 200]), undefined);
});

test("the time since the start", () => {
  const minutes = 60_000;
  for (const [time, expected] of [
    [-5, "0:00"],
    [999, "0:00"],
    [7_400, "0:07"],
    [3 * minutes + 59_999, "3:59"],
    [61 * minutes, "1:01:00"],
  ])
    assert.equal(elapsed(time), expected);
});

test("a window hears messages of its talk that are whole", () => {
  const texts = [{ sentence: "a", note: "" }];
  for (const good of [
    { say: "hello", talk: "ten" },
    { say: "at", talk: "ten", step: 2, blank: false, began: 5 },
    { say: "texts", talk: "ten", title: "t", texts },
    { say: "room", talk: "ten", room: "ABCDEF", token: "x" },
    { say: "moved", talk: "ten", step: 4 },
    { say: "go", talk: "ten", step: 1 },
    { say: "blank", talk: "ten", blank: true },
    { say: "restart", talk: "ten" },
    { say: "end", talk: "ten" },
  ]) {
    assert.equal(heard(good, "ten"), good);
    assert.equal(heard(good, "three"), null);
    for (const name of Object.keys(good)) {
      assert.equal(heard({ ...good, [name]: undefined }, "ten"), null, name);
      assert.equal(heard({ ...good, [name]: {} }, "ten"), null, name);
    }
  }
  for (const bad of [null, undefined, 3, "hello", [], { say: "toString", talk: "ten" }])
    assert.equal(heard(bad, "ten"), null);
  for (const step of [0, -1, 1.5, Number.NaN, "2"])
    assert.equal(heard({ say: "go", talk: "ten", step }, "ten"), null);
  assert.equal(heard({ say: "texts", talk: "ten", title: "t", texts: [{}] }, "ten"), null);
});
