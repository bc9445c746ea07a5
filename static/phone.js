// The page with which somebody in the audience draws. Its Python side is hub/phone.py.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { bar } = await import(`./small_bars.js${version}`);
const { normalFormOfLines } = await import(`./drawing.js${version}`);
const { fetched } = await import(`./models.js${version}`);
const { digitOf, ink, through } = await import(`./network.js${version}`);
const { Pad } = await import(`./pad.js${version}`);
const phone = await import(`./participant.js${version}`);
const { rgba } = await import(`./pixels.js${version}`);
const { connect } = await import(`./socket.js${version}`);
const { CANVAS, decodeStrokes, encodeStrokes } = await import(`./strokes.js${version}`);
const { fill } = await import(`./words.js${version}`);

const SIDE = 28;
const KEY = "gargalo.room";
const ANSWERS_WITHIN = 8000; // ms; a connection that takes longer is given up for another one
const AGAIN_AFTER = 3000; // ms, where the room asks for patience

const root = new URL("../../", import.meta.url);
const part = (id) => document.getElementById(id);
const page = JSON.parse(part("page").textContent);
const { texts } = page;

let storage = {}; // what a reload brings back
try {
  storage = sessionStorage;
} catch {} // it is forbidden here

let now = phone.STRANGER;
let line = null; // the connection, see socket.js
let timer; // of what is to be done if nothing happens
let network = null; // the room's model, once it has come
let digit = null; // what is drawn, as the network sees it

const pad = new Pad(part("pad"), drawn, (what, [column, row]) => {
  part("pen").textContent = fill(texts[what], { column, row });
});

function drawn(lines) {
  const drawing = lines.length ? encodeStrokes(lines, CANVAS) : "";
  // What the hall will see: the room knows no more of it than this text.
  digit = drawing ? normalFormOfLines(decodeStrokes(drawing, CANVAS), CANVAS) : null;
  if (digit || now.drawing !== null) know(phone.draw(now, digit ? drawing : ""));
  picture();
}

function put(drawing) {
  if (drawing && pad.empty) pad.put(decodeStrokes(drawing, CANVAS) ?? []);
}

// The room

function come(room) {
  line?.stop();
  clearTimeout(timer);
  now = phone.enter(room, storage[KEY]);
  history.replaceState(null, "", new URL(`join/${room}${location.search}`, root));
  put(now.drawing);
  line = connect(page.table, {
    hello,
    heard,
    changed(connected) {
      know(phone.reconnect(now));
      if (connected) expect();
    },
  });
  know(now);
}

function hello() {
  const { room, me } = now;
  return { say: "join", room, lang: page.language, ...(me && { me }) };
}

function heard(message) {
  const before = now;
  know(phone.hear(now, message));
  AFTER[message.say]?.(message, before);
}

const AFTER = {
  joined(_, { drawing }) {
    stayAwake();
    if (drawing === null) put(now.drawing);
    deliver();
  },
  settings({ model }, { settings }) {
    if (model !== settings.model) follow(model);
  },
  removed(_, { drawing, arrived }) {
    if (drawing === arrived) pad.put();
  },
  fault() {
    if (now.joined && !now.fault) return; // it was about no drawing
    clearTimeout(timer);
    if (!now.fault) line.send(hello());
    else if (phone.screen(now) === "enter") line.stop();
    else timer = setTimeout(again, AGAIN_AFTER * (1 + Math.random()));
  },
};

function again() {
  know(phone.calm(now));
  if (now.joined) deliver();
  else if (line.send(hello())) expect();
}

function deliver() {
  const { joined, waiting } = now;
  if (joined && waiting && line.send({ say: "draw", strokes: waiting })) expect();
}

function expect() {
  clearTimeout(timer);
  timer = setTimeout(() => (!now.joined || now.waiting) && line.renew(), ANSWERS_WITHIN);
}

// What there is to see

function know(next) {
  now = next;
  storage[KEY] = phone.keep(now);
  const screen = phone.screen(now);
  if (document.body.dataset.screen !== screen) {
    document.body.dataset.screen = screen;
    part({ enter: "code", draw: "room", over: "why" }[screen]).focus({ preventScroll: true });
  }
  if (screen === "over") part("why").textContent = texts[now.fault];
  if (screen === "enter") complain(now.fault && (texts[now.fault] ?? texts.malformed), now);
  part("room").textContent = now.room;
  part("name").textContent = now.name;
  part("who").hidden = !now.name;
  part("spin").disabled = !now.joined || !now.spins || now.spinning;
  part("spins").textContent = now.spins;
  part("hint").hidden = !pad.empty;
  part("undo").disabled = !pad.undoable;
  part("clear").disabled = pad.empty;
  part("send").disabled = !phone.maySend(now);
  const status = part("status");
  const told = pad.full && phone.maySend(now) ? "crowded" : phone.told(now);
  if (status.dataset.told !== told) {
    status.dataset.told = told;
    status.textContent = texts[told];
  }
}

function complain(sentence, values) {
  part("complaint").textContent = fill(sentence, values);
  part("code").setAttribute("aria-invalid", sentence !== "");
}

function picture() {
  if (!network) return;
  const bars = part("bars").querySelectorAll("i");
  const code = digit ? through(network.encoder, digit).at(-1) : new Float32Array(bars.length);
  const survives = digit ? digitOf(through(network.decoder, code)) : new Float32Array(SIDE * SIDE);
  bars.forEach((element, i) => {
    const { kind, bottom, height } = bar(code[i], network.ends);
    element.className = kind;
    Object.assign(element.style, { bottom, height });
  });
  part("survives")
    .getContext("2d")
    .putImageData(new ImageData(rgba(survives), SIDE), 0, 0);
  part("kept").textContent =
    digit && fill(texts.survives, { share: `${Math.round(100 * ink(digit, survives).kept)}%` });
}

async function follow(name) {
  const title = page.titles[name] ?? name;
  const say = (what) => {
    part("wait").textContent = fill(texts[what], { title });
  };
  const coming = (share) => {
    say("coming");
    part("progress").value = share;
  };
  network = null;
  part("outcome").dataset.state = "coming";
  coming(0);
  const come = await fetched(name, coming, () => say("failed"));
  if (!come) return;
  network = come;
  const n = network.encoder.at(-1).bias.length;
  const zero = document.createElement("b");
  zero.style.bottom = bar(0, network.ends).bottom;
  part("bars").replaceChildren(
    zero,
    ...Array.from({ length: n }, () => document.createElement("i")),
  );
  part("numbers").textContent = fill(texts.numbers, { n });
  part("model").textContent = title;
  part("outcome").dataset.state = "here";
  picture();
}

// A phone would go dark while its owner looks at the wall. Only secure pages have this lock, and only
// while they are in sight.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {}); // the battery is low
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && now.joined) stayAwake();
});

// What can be done

const press = (id, act) => part(id).addEventListener("click", act);
press("undo", () => pad.undo());
press("clear", () => pad.put());
press("spin", () => {
  if (line.send({ say: "spin" })) know(phone.spin(now));
});
press("send", () => {
  know(phone.send(now));
  deliver();
});
press("another", () => {
  history.replaceState(null, "", new URL(`join${location.search}`, root));
  know({ ...phone.STRANGER, drawing: now.drawing });
});
part("alone").href = root;
part("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});
part("code").addEventListener("input", () => {
  const { wrong } = typed();
  complain(wrong && texts.wrong, { sign: wrong });
});

const typed = () => phone.codeOf(part("code").value, page.alphabet);

function enter() {
  const { code, wrong } = typed();
  if (code.length === page.length && !wrong) return come(code);
  know(now);
  complain(wrong ? texts.wrong : texts.short, { sign: wrong });
}

part("code").value ? enter() : know(now);
document.body.dataset.ready = "";
