// A pen that the arrow keys move over a pad (pad.js).

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { ARROWS, cell, middle, step, trail } = await import(`./keys.js${version}`);
const { CANVAS } = await import(`./strokes.js${version}`);

const RADIUS = 11; // of the mark, in pixels of the app's canvas

/**
 * @param {Pad} pad that has the focus
 * @param {KeyboardEvent} event an arrow, Space or Escape
 */
export function pressed(pad, { key, shiftKey, repeat, target }) {
  pad.mark = mark;
  if (key === "Escape") {
    target.blur();
    return;
  }
  pad.place ??= middle(CANVAS);
  if (ARROWS[key]) {
    const to = step(pad.place, [key], shiftKey, CANVAS);
    if (pad.down) pad.go(...trail(pad.place, to));
    pad.place = to;
    pad.moved("at", cell(to));
  } else if (repeat) return;
  else if (pad.down) {
    pad.lift();
    pad.moved("up", cell(pad.place));
  } else if (!pad.full) {
    pad.begin(pad.place);
    pad.moved("down", cell(pad.place));
  }
  pad.ask();
}

function mark(canvas, place) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / CANVAS;
  context.beginPath();
  context.arc(...place.map((value) => value * scale), RADIUS * scale, 0, 2 * Math.PI);
  for (const [colour, width] of [
    ["#fff", 7],
    ["#0B6E8F", 3],
  ]) {
    context.strokeStyle = colour;
    context.lineWidth = width * scale;
    context.stroke();
  }
}
