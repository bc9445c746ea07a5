// A drawing -> the 28×28 digit that the network sees, as in ae/drawing.py and ui/strokes.py: pure
// functions that know no page. tests/static holds them to Python's numbers. Lines are flat, four
// numbers each: x and y of one end, x and y of the other. All of it is done again for each frame,
// and a scribble has thousands of lines: their loops make no arrays and call nothing back.

/**
 * @typedef {[number, number]} Point x and y in pixels of the canvas, y downwards
 * @typedef {Point[]} Stroke where the pen was; one point is a dot
 */

// As in ae/drawing.py, which says where they come from.
const SIDE = 28;
const BOX = 20;
const CENTRE = 14;
const PEN = 2.5;
const SOFT = 1;
const INSET = 1.5;
const CANVAS_PEN = 1 / 14;
const TREMBLE = 1 / 50;
const NEAR = 0.4; // pixels of the canvas
const PIECES = 4; // of a curve, as in ui/strokes.py

/**
 * Ink strokes as MNIST's digits are inked.
 * @param {Stroke[]} strokes
 * @param {number} size side of the canvas; what lies outside does not exist
 * @returns {Float32Array | null} of shape (784) in [0, 1], ink is 1; null while there is none
 */
export const normalForm = (strokes, size) => inked(clipped(linesOf(strokes, bent), size), size);

/** The same of lines that go straight from point to point, as decodeStrokes gives them. */
export const normalFormOfLines = (lines, size) =>
  inked(clipped(linesOf(lines, straight), size), size);

function inked(lines, size) {
  if (!lines.length) return null;
  const bounds = boundsOf(lines, size * TREMBLE);
  const picture = new Float32Array(SIDE * SIDE);
  const middle = [SIDE / 2, SIDE / 2];
  for (let box = BOX; box > CENTRE - 2; box--) {
    const first = inkInBox(lines, bounds, middle, box);
    const away = offCentre(first, box);
    const centred = [middle[0] + away[0], middle[1] + away[1]];
    const second = inkInBox(lines, bounds, centred, box);
    const [x, y] = offCentre(second, box).map((shift, axis) => second.corner[axis] + rint(shift));
    if (Math.min(x, y) < 0 || Math.max(x, y) + box > SIDE) continue;
    for (let row = 0; row < box; row++) {
      const inked = second.ink.subarray(row * box, (row + 1) * box);
      picture.set(inked, (y + row) * SIDE + x);
    }
    break;
  }
  return picture;
}

/**
 * Resize the canvas as it is, by area averages.
 * @param {Stroke[]} strokes
 * @param {number} size side of the canvas
 * @returns {Float32Array | null} of shape (784) in [0, 1], ink is 1; null while there is none
 */
export function plain(strokes, size) {
  const place = { scale: SIDE / size, x: 0, y: 0 };
  const picture = ink(linesOf(strokes, bent), place, SIDE, CANVAS_PEN * SIDE, 1);
  return picture.some((value) => value > 0) ? picture : null;
}

/**
 * Bend a stroke as Fabric's pencil does: through the midpoints of the pen's places, by quadratic
 * Bézier curves whose control points are the places themselves.
 * @param {Stroke} stroke
 * @returns {Float64Array} lines
 */
function bent(stroke) {
  const last = stroke.length - 1;
  const lines = new Float64Array(4 * (PIECES * Math.max(last - 1, 0) + 1));
  let [x, y] = stroke[0];
  let end = 0;
  for (let i = 1; i < last; i++) {
    const controlX = stroke[i][0];
    const controlY = stroke[i][1];
    const toX = (controlX + stroke[i + 1][0]) / 2;
    const toY = (controlY + stroke[i + 1][1]) / 2;
    const fromX = x;
    const fromY = y;
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      const a = (1 - t) * (1 - t);
      const b = 2 * t * (1 - t);
      const c = t * t;
      lines[end++] = x;
      lines[end++] = y;
      x = a * fromX + b * controlX + c * toX;
      y = a * fromY + b * controlY + c * toY;
      lines[end++] = x;
      lines[end++] = y;
    }
  }
  lines.set([x, y, ...stroke[last]], end);
  return lines;
}

function straight(line) {
  const lines = new Float64Array(4 * Math.max(line.length - 1, 1));
  lines.set([...line[0], ...line.at(-1)]); // of a dot
  for (let i = 1; i < line.length; i++) lines.set([...line[i - 1], ...line[i]], 4 * (i - 1));
  return lines;
}

/** @type {(stroke: Stroke) => Stroke} points that lie so dense on the bent line as in ui/strokes.py */
export function smooth(stroke) {
  if (stroke.length < 3) return stroke;
  const lines = bent(stroke);
  const points = [stroke[0]];
  for (let i = 2; i < lines.length; i += 4) points.push([lines[i], lines[i + 1]]);
  return points;
}

/**
 * What Fabric's pencil keeps of a line when it is lifted (PencilBrush.decimatePoints): not what is
 * too near, nor the last place but one. The first place counts twice, so that the line leaves it
 * straight (PencilBrush.getSmoothPathFromPoints).
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
export function lifted(stroke) {
  if (stroke.length < 3) return stroke;
  const kept = [stroke[0], stroke[0]];
  for (const [x, y] of stroke.slice(1, -2)) {
    const [lastX, lastY] = kept.at(-1);
    if (Math.hypot(x - lastX, y - lastY) >= NEAR) kept.push([x, y]);
  }
  kept.push(stroke.at(-1));
  return kept;
}

function linesOf(strokes, join) {
  const parts = strokes.filter((stroke) => stroke.length).map(join);
  const lines = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let end = 0;
  for (const part of parts) {
    lines.set(part, end);
    end += part.length;
  }
  return lines;
}

/** What lies in the square from 0 to `size` (Liang & Barsky, 1984). */
function clipped(lines, size) {
  const outside = (value) => value < 0 || value > size;
  const kept = new Float64Array(lines.length);
  let end = 0;
  for (let i = 0; i < lines.length; i += 4) {
    const x1 = lines[i];
    const y1 = lines[i + 1];
    const x2 = lines[i + 2];
    const y2 = lines[i + 3];
    if (outside(x1) || outside(y1) || outside(x2) || outside(y2)) {
      const part = inside([x1, y1], [x2, y2], size);
      kept.set(part, end);
      end += part.length;
    } else {
      kept[end++] = x1;
      kept[end++] = y1;
      kept[end++] = x2;
      kept[end++] = y2;
    }
  }
  return kept.subarray(0, end);
}

/** The part of one line that lies in the square, or nothing. */
function inside(from, to, size) {
  let [enter, leave] = [0, 1];
  for (const axis of [0, 1]) {
    const along = to[axis] - from[axis];
    if (along) {
      const crossings = [-from[axis] / along, (size - from[axis]) / along];
      enter = Math.max(enter, Math.min(...crossings));
      leave = Math.min(leave, Math.max(...crossings));
    } else if (from[axis] < 0 || from[axis] > size) {
      leave = -1;
    }
  }
  if (enter > leave) return [];
  return [enter, leave].flatMap((share) =>
    from.map((start, axis) => {
      const place = share === 1 ? to[axis] : start + share * (to[axis] - start);
      return Math.min(Math.max(place, 0), size);
    }),
  );
}

/** The lines' bounding box: its middle, and its longest side, which is `least` long at least. */
function boundsOf(lines, least) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < lines.length; i += 2) {
    left = Math.min(left, lines[i]);
    right = Math.max(right, lines[i]);
    top = Math.min(top, lines[i + 1]);
    bottom = Math.max(bottom, lines[i + 1]);
  }
  const span = Math.max(right - left, bottom - top, least) || 1;
  return { span, x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** Ink on exactly those pixels whose centres lie in the box around `middle`. */
function inkInBox(lines, bounds, middle, box) {
  const corner = middle.map((value) => Math.ceil(value - (box + 1) / 2));
  const scale = (box - 2 * INSET) / bounds.span;
  const x = middle[0] - corner[0] - bounds.x * scale;
  const y = middle[1] - corner[1] - bounds.y * scale;
  return { corner, ink: ink(lines, { scale, x, y }, box, PEN, SOFT) };
}

/** How far the centre of mass, as a pixel's index, is from where it shall be, in x and in y. */
function offCentre({ corner, ink }, box) {
  let [total, x, y] = [0, 0, 0];
  ink.forEach((value, i) => {
    total += value;
    x += value * (i % box);
    y += value * Math.floor(i / box);
  });
  return [CENTRE - corner[0] - x / total, CENTRE - corner[1] - y / total];
}

/**
 * The share of each pixel that the pen covers; of each line, only the pixels that it reaches are
 * looked at. `place` scales the lines, then moves them.
 */
function ink(lines, place, side, pen, soft) {
  const reach = (pen + soft) / 2;
  const squared = new Float64Array(side * side).fill(Infinity);
  const first = (value) => Math.max(Math.ceil(value - reach - 0.5), 0);
  const last = (value) => Math.min(Math.floor(value + reach - 0.5), side - 1);
  for (let i = 0; i < lines.length; i += 4) {
    const x = lines[i] * place.scale + place.x;
    const y = lines[i + 1] * place.scale + place.y;
    const alongX = (lines[i + 2] - lines[i]) * place.scale;
    const alongY = (lines[i + 3] - lines[i + 1]) * place.scale;
    const length = alongX * alongX + alongY * alongY || 1;
    const left = first(Math.min(x, x + alongX));
    const right = last(Math.max(x, x + alongX));
    const bottom = last(Math.max(y, y + alongY));
    for (let row = first(Math.min(y, y + alongY)); row <= bottom; row++) {
      const fromY = row + 0.5 - y;
      for (let column = left; column <= right; column++) {
        const fromX = column + 0.5 - x;
        const share = (fromX * alongX + fromY * alongY) / length;
        const along = Math.min(Math.max(share, 0), 1);
        const awayX = fromX - along * alongX;
        const awayY = fromY - along * alongY;
        const pixel = row * side + column;
        squared[pixel] = Math.min(squared[pixel], awayX * awayX + awayY * awayY);
      }
    }
  }
  return Float32Array.from(squared, (value) => {
    const distance = Math.sqrt(value);
    const covered =
      Math.min(distance + soft / 2, pen / 2) - Math.max(distance - soft / 2, -pen / 2);
    return Math.min(Math.max(covered / soft, 0), 1);
  });
}

/** Round as NumPy does: what lies in the middle, to the even number. */
function rint(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}
