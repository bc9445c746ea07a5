import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

// The page, as far as windows.js and socket.js know it.
const sockets = [];
class Socket {
  sent = [];

  constructor() {
    sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {}

  hear(...messages) {
    this.onmessage({ data: JSON.stringify(messages) });
  }
}
Object.assign(globalThis, {
  WebSocket: Socket,
  document: new EventTarget(),
  window: new EventTarget(),
  location: { hash: `#ABC234.${"A".repeat(32)}` },
  BroadcastChannel: class {
    postMessage() {}
    close() {}
  },
});
const { join } = await import("../../static/windows.js");

const table = JSON.stringify({
  kinds: { word: { pattern: "[a-z_]+" }, count: { range: [0, 1000] } },
  messages: {
    settings: { sender: "hub", fields: { "talk?": "word", step: "count" } },
    fault: { sender: "hub", fields: { why: "word" } },
  },
});
const settings = (step) => ({ say: "settings", talk: "ten", step });
const away = { say: "fault", why: "away" };

let talk; // of the talk
let socket;
let went; // where a room has led it

function open(leads) {
  went = [];
  const go = ({ step }) => went.push(step);
  talk = join("ten", { go, moved: go }, { table, leads });
  socket = sockets.at(-1);
  socket.onopen();
}
afterEach(() => talk.close());
const steps = () => socket.sent.filter(({ say }) => say === "set").map(({ step }) => step);

test("a stage says its step to a room, and goes where a room leads it", () => {
  open(true);
  socket.hear(settings(3));
  talk.tell("at", { step: 1, blank: false, began: 0 });
  socket.hear(settings(1));
  assert.deepEqual(steps(), [1]);
  socket.hear(settings(2));
  assert.deepEqual(went, [2]); // the first that was told is of before
});

for (const told of [[away], [away, away]]) {
  test(`a step that was not taken is said again, and not taken back: ${told.length}`, () => {
    open(true);
    socket.hear(settings(0));
    talk.tell("at", { step: 5, blank: false, began: 0 });
    socket.hear(settings(5));
    talk.tell("at", { step: 6, blank: false, began: 0 });
    socket.hear(...told);
    // The store is back: what it knew is told again.
    socket.hear(settings(5));
    assert.deepEqual([went, steps()], [[], [5, 6, 6]]);
    socket.hear(settings(6));
    socket.hear(settings(7));
    assert.deepEqual(went, [7]);
  });
}

test("a speaker's window goes back to where the stage is, if its step was not taken", () => {
  open(false);
  socket.hear(settings(5));
  talk.tell("go", { step: 6 });
  socket.hear(away);
  socket.hear(settings(5));
  assert.deepEqual([went, steps()], [[5, 5], [6]]);
});
