// A drawing itself, as its lines, on a canvas.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { CANVAS, decodeStrokes } = await import(`./strokes.js${version}`);

const PEN = 1 / 14; // of the canvas's side, as in ui/strokes.py

/**
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
