// Canvases whose unit is the CSS pixel, and lines on them.

/**
 * Make a canvas as fine as the screen, and wipe it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in CSS pixels
 * @param {number} height
 * @returns {CanvasRenderingContext2D} in CSS pixels
 */
export function cleared(canvas, width, height) {
  const [columns, rows] = [width, height].map((length) => Math.round(length * devicePixelRatio));
  if (canvas.width !== columns || canvas.height !== rows)
    Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Lines of one look, in one go: where each leads, [left, top] and what else a place has. */
export function stroke(context, lines, { colour, width = 1, alpha = 1, dash = [] }) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = dash.length ? "butt" : "round";
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  for (const [[left, top], ...rest] of lines) {
    context.moveTo(left, top);
    for (const [x, y] of rest) context.lineTo(x, y);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
