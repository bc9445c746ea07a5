// Digits and drawings, painted on canvases of their own.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { rgba } = await import(`./pixels.js${version}`);
const { CANVAS, decodeStrokes } = await import(`./strokes.js${version}`);

const PEN = 1 / 14; // of the canvas's side, as in ui/strokes.py

/** A digit as a small canvas: its ink in one colour on nothing, or white on black. */
export function picture(pixels, colour, canvas = document.createElement("canvas")) {
  const side = Math.sqrt(pixels.length);
  canvas.width = canvas.height = side;
  canvas.getContext("2d").putImageData(new ImageData(rgba(pixels, colour), side), 0, 0);
  return canvas;
}

/**
 * A drawing itself, as its lines.
 * @param {string} text as in strokes.js
 * @param {number} side of the canvas, in pixels
 * @returns {HTMLCanvasElement}
 */
export function sketch(text, side) {
  const canvas = document.createElement("canvas");
  canvas.className = "drawing";
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.scale(side / CANVAS, side / CANVAS);
  Object.assign(context, { strokeStyle: "#fff", lineWidth: PEN * CANVAS });
  Object.assign(context, { lineCap: "round", lineJoin: "round" });
  for (const [first, ...rest] of decodeStrokes(text, CANVAS) ?? []) {
    context.beginPath();
    context.moveTo(...first);
    for (const point of rest.length ? rest : [first]) context.lineTo(...point);
    context.stroke();
  }
  return canvas;
}
