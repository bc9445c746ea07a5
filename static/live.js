// The network runs under the moving pen, and under the hand that changes a number of the code. What
// the page shows of the drawing is marked by Python in `data-live`; meanwhile it is painted here,
// frame by frame, and when the server has answered, its own elements take the place of ours. The
// Python side is ui/components/live.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py

const SIDE = 28;
const KEPT = 16; // networks: more than a page shows at once

const networks = new Map(); // id -> Network, the latest few
let scene = null; // what Python knows of the drawing, and how it is to be shown
const lines = []; // the strokes that Python does not know yet
let pen = null; // the canvas on which a line is being drawn; its stroke is the last of the lines
let held = null; // of the code's edits, what the visitor's hand does and Python does not know yet
let painted = false; // something that the server has not said
let asked = false; // for a frame

// A bar or a slider of the code is moved: {keep, values} as in edits.js, and what it is moved `by`;
// null when the server has it.
addEventListener("held", ({ detail }) => {
  held = detail;
  ask();
});

// Fabric, the canvas's own drawing library, hears the mouse and the finger, not the pointer. It
// makes its elements anew now and then, so the canvas is looked for in each event. Heard before the
// modules have come: a line that is begun meanwhile is followed, too.
const hear = (type, act) => addEventListener(type, act, { capture: true, passive: true });
hear("mousedown", (event) => event.button === 0 && begin(event, event));
hear("mousemove", (event) => go(event));
hear("mouseup", end);
hear("touchstart", (event) =>
  event.touches.length === 1 ? begin(event, event.touches[0]) : drop(),
);
hear("touchmove", (event) => go(event.touches[0]));
hear("touchend", end);
hear("touchcancel", drop);
hear("takeback", drop); // of canvas.js, which hears of the second finger first

const { hearAnswers } = await import(`./answers.js${version}`);
const { lifted, normalForm, plain } = await import(`./drawing.js${version}`);
const { edited, heard, shownCode } = await import(`./edits.js${version}`);
const { active, digitOf, ink, mse, through, unpack } = await import(`./network.js${version}`);
const { percent, write } = await import(`./numbers.js${version}`);
const { cells, rgba, signed } = await import(`./raster.js${version}`);
const { shelve } = await import(`./shelf.js${version}`);
const { giveBack, say } = await import(`./written.js${version}`);
await import(`./lanes.js${version}`);
await import(`./sliders.js${version}`);

// Streamlit calls this with a model's packed weights.
export default function receive({ data }) {
  shelve(networks, data, unpack, KEPT);
  if (lines.length) ask(); // a line is drawn already
}

function settle(answer) {
  const { canvas, load } = scene ?? {};
  const counted = strokesIn(scene);
  if (pen && !pen.getRootNode().host?.closest(`.st-key-${answer?.canvas}`)) drop(); // another page
  scene = answer && {
    ...answer,
    edits: written(answer.edits),
    begins: written(answer.begins),
  };
  // Of the strokes that were drawn here since, the server has heard so many. Where it has put
  // something else onto the canvas, it has heard them all, but for the one under the pen.
  const same = scene?.canvas === canvas && scene.load === load;
  const heardOf = same ? Math.max(strokesIn(scene) - counted, 0) : Infinity;
  lines.splice(0, Math.min(heardOf, lines.length - (pen ? 1 : 0)));
  if (pen && canvas && !same) lines.at(-1).length = 0; // nor does the canvas remember more of it
  if (!scene) return; // nothing follows on this page
  if (!scene.strokes) forget();
  // A slider goes when the server has changed the code by anything else, such as an undo.
  if (held && (heard(scene.edits, held) || !held.by.isConnected)) held = null;
  makeWay();
  ask();
}

const written = ([keep, values]) => ({ keep, values });

const untouched = ({ keep, values }) => keep === null && !values.length;

const strokesIn = (known) => known?.strokes?.length ?? 0;

function begin(event, at) {
  const canvas = event.composedPath().find((node) => node.matches?.("canvas.upper-canvas"));
  // Strokes on a picture only Python can add to it. Before the first answer, all may yet follow.
  if (!canvas || (scene && !scene.strokes)) return;
  pen = canvas;
  lines.push([place(at)]);
  makeWay();
  ask();
}

function go(at) {
  if (pen && !pen.isConnected) drop();
  if (!pen) return;
  lines.at(-1).push(place(at));
  ask();
}

function end() {
  if (pen && !pen.isConnected) drop();
  pen = null;
}

// A second finger: the canvas takes the line back. Or it has left the page.
function drop() {
  if (pen) lines.pop();
  pen = null;
  makeWay();
  ask();
}

function forget() {
  lines.length = 0;
  pen = null;
}

// While something is painted here, an answer to what was before puts new elements in its place.
const BARE = ".pixels[data-live]:not(:has(+ canvas))";
new MutationObserver(() => {
  if ((lines.length || held) && document.querySelector(BARE)) ask();
}).observe(document.body, { childList: true, subtree: true });

// What is not true of a line makes way for it: the words on the empty canvas, and the changes of the
// code before. The server takes them away afterwards.
function makeWay() {
  if (!scene) return;
  const { edits } = scene;
  const hide = (selector, hidden) => {
    for (const { style } of document.querySelectorAll(selector))
      style.visibility = hidden ? "hidden" : "";
  };
  hide(".draw-here", lines.length || strokesIn(scene));
  hide(".prepared", lines.length);
  hide(".st-key-edited", lines.length || untouched(edits));
}

function place({ clientX, clientY }) {
  const { left, top, width } = pen.getBoundingClientRect();
  const scale = pen.clientWidth / width;
  return [(clientX - left) * scale, (clientY - top) * scale];
}

// What is late is dropped: each frame paints the newest state.
function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    if (scene) paint();
  });
}

// What the network sees; of a picture that is on the canvas, only Python knows.
function look() {
  const { digit, normal, size, strokes } = scene;
  if (digit && !lines.length) return digit;
  const seen = strokes && (normal ? normalForm : plain)([...strokes, ...lines.map(lifted)], size);
  if (!lines.length) scene.digit = seen; // for the next frame
  return seen;
}

// Part of the page -> how an element that shows it is painted of what a model makes of the digit.
const PAINT = {
  survives: (target, { reconstruction }) => picture(target, rgba(reconstruction)),
  changed: (target, { difference }) => picture(target, signed(difference), { kind: "signed" }),
  layer: (target, { layers }) => {
    const [, half, number] = /(\D+)(\d+)/.exec(target.dataset.layer);
    const { width, pixels } = cells(layers[half][number]);
    picture(target, pixels, { width });
  },
  kept: (target, { kept }) => say(target, percent(kept)),
  invented: (target, { invented }) => say(target, percent(invented)),
  mse: (target, { error }) => say(target, write(error, 4, scene.separators)),
  active: (target, { code }) => say(target, String(active(code))),
  code: (target, { code, encoded }) => {
    if (code === encoded) send(target, "code", code);
    else if (!held?.by.contains(target)) send(target, "edited", { code, encoded });
  },
};

function paint() {
  if (!lines.length && !held) return painted && restore();
  painted = true;
  const digit = look();
  if (!digit) return;
  if (lines.length) {
    for (const target of document.querySelectorAll("[data-live=sees]"))
      picture(target, rgba(digit));
  }
  const models = new Map();
  for (const [name, id] of scene.models) {
    if (!networks.has(id)) continue; // not here yet
    const seen = outcome(networks.get(id), digit);
    models.set(name, seen);
    for (const target of document.querySelectorAll(`[data-model="${name}"] [data-live]`))
      PAINT[target.dataset.live]?.(target, seen);
  }
  tell(models);
}

// What a model makes of the digit; where its page decodes nothing, only its code.
function outcome(network, digit) {
  const encoder = through(network.encoder, digit);
  const encoded = encoder.at(-1);
  // A drawing that changes begins without the visitor's edits.
  const fresh = () => (untouched(scene.begins) ? encoded : edited(encoded, scene.begins));
  const code = lines.length ? fresh() : shownCode(encoded, scene.edits, held);
  if (!network.decoder.length) return { code, encoded };
  const decoder = through(network.decoder, code);
  const reconstruction = digitOf(decoder);
  const difference = reconstruction.map((value, i) => value - digit[i]);
  const error = mse(digit, reconstruction);
  const layers = { encoder, code: [code], decoder };
  return {
    digit,
    code,
    encoded,
    layers,
    reconstruction,
    difference,
    error,
    ...ink(digit, reconstruction),
  };
}

// For what more than one model concerns, or what stands in a shadow root: the outcomes by the
// models' names; null when the server's word counts again.
const tell = (models) => dispatchEvent(new CustomEvent("seen", { detail: models }));

// To charts, which know how to show a code; null is the server's.
function send(element, name, detail) {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

// In the place of an image that Python wrote, or kept free for one: a canvas needs no decoding.
const canvases = new WeakMap();

// Show what the server has said last.
function restore() {
  painted = false;
  for (const element of document.querySelectorAll("[data-live]")) {
    canvases.get(element)?.remove();
    canvases.delete(element);
    giveBack(element);
    send(element, "code", null);
  }
  tell(null);
}

function picture(image, pixels, { kind = "", width = SIDE } = {}) {
  let canvas = canvases.get(image);
  if (!canvas) {
    canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = pixels.length / 4 / width;
    canvas.className = image.className.replace("blank", kind);
    canvas.ariaHidden = "true";
    image.after(canvas);
    canvases.set(image, canvas);
  }
  canvas.getContext("2d").putImageData(new ImageData(pixels, width), 0, 0);
}

hearAnswers(settle);
