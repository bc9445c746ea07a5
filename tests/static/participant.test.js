// static/participant.js: what a phone says of its room, whatever it hears. The messages' table and
// the texts are those of hub/, written by test_latent.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  calm,
  codeOf,
  draw,
  enter,
  hear,
  keep,
  maySend,
  reconnect,
  STRANGER,
  screen,
  send,
  spin,
  told,
} from "../../static/participant.js";

const path = join(process.env.GARGALO_ORACLE, "phone.json");
const { alphabet, texts, faults } = JSON.parse(readFileSync(path, "utf-8"));

const ROOM = "ABC234";
const JOINED = { say: "joined", me: "m".repeat(32), id: 1, name: "Calm Otter", spins: 3, seq: 0 };
const SET = {
  say: "settings",
  model: "vae",
  frozen: false,
  hidden: false,
  approval: false,
  step: 0,
};

// In the room, with a drawing on the canvas; what it does then.
function after(...deeds) {
  let now = hear(hear(enter(ROOM), JOINED), SET);
  for (const deed of [(was) => draw(was, "AQ"), ...deeds]) now = deed(now);
  return now;
}
const heard = (message) => (now) => hear(now, message);
const DRAWN = heard({ say: "drawn", seq: 1 });
const standing = (approved) => heard({ say: "standing", approved });
const REMOVED = heard({ say: "removed" });
const lost = reconnect;
const next = (now) => draw(now, "AR");
const reload = (now) => enter(ROOM, keep(now));
const back = (message) => (now) => hear(reconnect(now), { ...JOINED, ...message });
const fault = (why) => heard({ say: "fault", why });
const setTo = (name) => heard({ ...SET, [name]: true });

const CASES = [
  // What happens; what is said; whether Send can be pressed.
  ["it is drawn", [], "ready", true],
  ["it is cleared", [(now) => draw(now, "")], "draw", false],
  ["it is sent", [send], "sending", false],
  ["it arrives", [send, DRAWN], "shown", false],
  ["another one is drawn", [send, DRAWN, (now) => draw(now, "AR")], "changed", true],
  ["it waits to be approved", [send, DRAWN, standing(false)], "waits", false],
  ["it is approved", [send, DRAWN, standing(false), standing(true)], "shown", false],
  ["it stands there when others begin to wait", [send, DRAWN, setTo("approval")], "shown", false],
  ["the wall is frozen", [setTo("frozen"), send, DRAWN], "later", false],
  ["the wall is covered", [send, DRAWN, setTo("hidden")], "later", false],
  ["it is taken away", [send, DRAWN, REMOVED], "removed", true],
  ["it is sent again then", [send, DRAWN, REMOVED, send], "sending", false],
  ["the connection is lost", [lost], "lost", true],
  ["it is sent meanwhile", [lost, send], "kept", false],
  ["another one is, too", [lost, send, (now) => draw(now, "AR")], "kept", true],
  ["the phone is back", [lost, send, back({})], "sending", false],
  ["it had arrived", [send, lost, back({ seq: 1, strokes: "AQ" })], "shown", false],
  ["it was taken away meanwhile", [send, DRAWN, lost, back({ seq: 1 })], "removed", true],
  ["it was taken away before it was known", [send, lost, back({ seq: 1 })], "removed", true],
  ["a reload between", [send, reload, back({ seq: 1 })], "removed", true],
  ["a second one", [send, DRAWN, next, send, reload, back({ seq: 2 })], "removed", true],
  ["only the first one", [send, DRAWN, next, send, lost, back({ seq: 1 })], "sending", false],
  ["the next was never said", [send, lost, next, send, back({ seq: 1 })], "sending", false],
  ["it was, on the way back", [lost, send, back({}), lost, back({ seq: 1 })], "removed", true],
  ["too fast", [send, fault("slow_down")], "slow_down", false],
  ["patience", [send, fault("slow_down"), calm], "sending", false],
  ["the store is away", [send, fault("away")], "away", false],
  ["it is not taken", [send, fault("malformed")], "refused", true],
  ["it is drawn anew", [send, fault("malformed"), (now) => draw(now, "AR")], "ready", true],
  ["the room is full on the way back", [lost, fault("full")], "full", true],
];

for (const [name, deeds, what, may] of CASES) {
  test(`${name}: ${what}`, () => {
    const now = after(...deeds);
    assert.equal(screen(now), "draw");
    assert.equal(told(now), what);
    assert.equal(maySend(now), may);
  });
}

test("there is a sentence for everything", () => {
  for (const [, , what] of CASES) assert(texts[what], what);
  for (const why of faults) {
    for (const deeds of [[fault(why)], [send, fault(why)], [lost, fault(why)]]) {
      for (const now of [after(...deeds), hear(enter(ROOM), { say: "fault", why })]) {
        const key = { enter: now.fault, over: now.fault, draw: told(now) }[screen(now)];
        assert(texts[key] || (screen(now) === "enter" && texts.malformed), `${why}: ${key}`);
      }
    }
  }
});

test("whoever is not let in reads why, and may try again", () => {
  for (const why of ["unknown", "full", "slow_down", "malformed", "forbidden"]) {
    assert.equal(screen(hear(enter(ROOM), { say: "fault", why })), "enter", why);
  }
  assert.equal(screen(STRANGER), "enter");
  assert.equal(screen(hear(enter(ROOM), { say: "fault", why: "away" })), "draw");
});

test("the room is over for good", () => {
  for (const why of ["closed", "old", "banned"]) {
    assert.equal(screen(lost(after(fault(why)))), "over");
  }
});

test("another name is asked for once, until it comes", () => {
  const named = heard({ say: "named", name: "Swift Heron", spins: 2 });
  for (const come of [named, fault("away"), fault("forbidden"), lost, back({})]) {
    assert.equal(after(spin).spinning, true);
    assert.equal(after(spin, come).spinning, false);
  }
});

test("a name too many costs no drawing", () => {
  const now = after(send, fault("forbidden"));
  assert.deepEqual(now, { ...after(send), spins: 0 });
});

test("a token that the room does not know is forgotten", () => {
  const again = after(lost, fault("unknown"));
  assert.deepEqual([again.me, again.fault], ["", ""]);
  assert.equal(screen(hear(again, { say: "fault", why: "unknown" })), "enter");
});

test("a reload forgets the connection alone", () => {
  const before = after(send);
  const now = enter(ROOM, keep(before));
  const mine = { me: before.me, drawing: "AQ", waiting: "AQ", said: "AQ" };
  assert.deepEqual(now, { ...STRANGER, room: ROOM, ...mine });
  const other = enter("XYZ789".replace("Z", "2"), keep(before));
  assert.deepEqual([other.me, other.waiting, other.drawing], ["", "", "AQ"]);
  for (const broken of [
    undefined,
    null,
    "",
    "{",
    "[]",
    "7",
    '{"me":7,"drawing":[],"seq":"1","joined":true}',
  ]) {
    assert.deepEqual(enter(ROOM, broken), { ...STRANGER, room: ROOM });
  }
});

test("what the room has of a phone comes onto an empty canvas, once", () => {
  const mine = { ...JOINED, seq: 1, strokes: "AR" };
  assert.equal(hear(enter(ROOM), mine).drawing, "AR");
  assert.equal(after(heard(mine)).drawing, "AQ");
  assert.equal(after((now) => draw(now, ""), heard(mine)).drawing, "");
});

test("a code is read as people type it", () => {
  assert.deepEqual(codeOf(" abc-2z4\u00a0", alphabet), { code: "ABC224", wrong: "" });
  for (const sign of "0O1IÇ/") assert.equal(codeOf(`AB${sign}`, alphabet).wrong, sign);
});
