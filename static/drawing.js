// A drawing -> the 28×28 digit that the network sees, as in ae/drawing.py and ui/strokes.py: pure
// functions that know no page. tests/static holds them to Python's numbers. Lines are flat, four
// numbers each: x and y of one end, x and y of the other.

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

/**
 * Ink strokes as MNIST's digits are inked.
 * @param {Stroke[]} strokes
 * @param {number} size side of the canvas; what lies outside does not exist
 * @returns {Float32Array | null} of shape (784) in [0, 1], ink is 1; null while there is none
 */
export function normalForm(strokes, size) {
  const lines = clipped(linesOf(strokes), size);
  if (!lines.length) return null;
  const unit = toUnit(lines, size * TREMBLE);
  const picture = new Float32Array(SIDE * SIDE);
  const middle = [SIDE / 2, SIDE / 2];
  for (let box = BOX; box > CENTRE - 2; box--) {
    const points = unit.map((value) => value * (box - 2 * INSET));
    const first = inkInBox(points, middle, box);
    const away = offCentre(first, box);
    const second = inkInBox(points, [middle[0] + away[0], middle[1] + away[1]], box);
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
  const lines = linesOf(strokes).map((value) => (value / size) * SIDE);
  const picture = ink(lines, SIDE, CANVAS_PEN * SIDE, 1);
  return picture.some((value) => value > 0) ? picture : null;
}

/**
 * Bend a stroke as Fabric's pencil does: through the midpoints of the pen's places, by quadratic
 * Bézier curves whose control points are the places themselves.
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
function smooth(stroke) {
  if (stroke.length < 3) return stroke;
  const between = ([x1, y1], [x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];
  const bent = [stroke[0]];
  let [x, y] = stroke[0];
  for (let i = 1; i < stroke.length - 1; i++) {
    const [controlX, controlY] = stroke[i];
    const [endX, endY] = between(stroke[i], stroke[i + 1]);
    for (const t of [0.25, 0.5, 0.75, 1]) {
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      bent.push([a * x + b * controlX + c * endX, a * y + b * controlY + c * endY]);
    }
    [x, y] = [endX, endY];
  }
  bent.push(stroke[stroke.length - 1]);
  return bent;
}

/**
 * What Fabric's pencil keeps of a line when it is lifted (PencilBrush.decimatePoints): not what is
 * too near, nor the last place but one.
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
export function lifted(stroke) {
  if (stroke.length < 3) return stroke;
  const kept = [stroke[0]];
  for (const [x, y] of stroke.slice(1, -2)) {
    const [lastX, lastY] = kept.at(-1);
    if (Math.hypot(x - lastX, y - lastY) >= NEAR) kept.push([x, y]);
  }
  kept.push(stroke.at(-1));
  return kept;
}

function linesOf(strokes) {
  const lines = [];
  for (const stroke of strokes) {
    const points = smooth(stroke);
    for (let i = 0; i < Math.max(points.length - 1, Math.min(points.length, 1)); i++) {
      const [from, to] = [points[i], points[Math.min(i + 1, points.length - 1)]];
      lines.push(from[0], from[1], to[0], to[1]);
    }
  }
  return Float64Array.from(lines);
}

/** What lies in the square from 0 to `size` (Liang & Barsky, 1984). */
function clipped(lines, size) {
  const kept = [];
  for (let i = 0; i < lines.length; i += 4) {
    let [enter, leave] = [0, 1];
    for (const axis of [0, 1]) {
      const from = lines[i + axis];
      const along = lines[i + 2 + axis] - from;
      if (along) {
        const crossings = [-from / along, (size - from) / along];
        enter = Math.max(enter, Math.min(...crossings));
        leave = Math.min(leave, Math.max(...crossings));
      } else if (from < 0 || from > size) {
        leave = -1;
      }
    }
    if (enter > leave) continue;
    for (const share of [enter, leave]) {
      for (const axis of [0, 1]) {
        const [from, to] = [lines[i + axis], lines[i + 2 + axis]];
        const place = share === 1 ? to : from + share * (to - from);
        kept.push(Math.min(Math.max(place, 0), size));
      }
    }
  }
  return Float64Array.from(kept);
}

/** Centre the bounding box on (0, 0) and make its longest side 1, or `least` long before that. */
function toUnit(lines, least) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  lines.forEach((value, i) => {
    low[i & 1] = Math.min(low[i & 1], value);
    high[i & 1] = Math.max(high[i & 1], value);
  });
  const span = Math.max(high[0] - low[0], high[1] - low[1], least) || 1;
  return lines.map((value, i) => (value - (low[i & 1] + high[i & 1]) / 2) / span);
}

/** Ink on exactly those pixels whose centres lie in the box around `middle`. */
function inkInBox(points, middle, box) {
  const corner = middle.map((value) => Math.ceil(value - (box + 1) / 2));
  const lines = points.map((value, i) => value + middle[i & 1] - corner[i & 1]);
  return { corner, ink: ink(lines, box, PEN, SOFT) };
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

/** The share of each pixel that the pen covers; of each line, only the pixels that it reaches. */
function ink(lines, side, pen, soft) {
  const reach = (pen + soft) / 2;
  const squared = new Float64Array(side * side).fill(Infinity);
  const first = (value) => Math.max(Math.ceil(value - reach - 0.5), 0);
  const last = (value) => Math.min(Math.floor(value + reach - 0.5), side - 1);
  for (let i = 0; i < lines.length; i += 4) {
    const [x1, y1, x2, y2] = [lines[i], lines[i + 1], lines[i + 2], lines[i + 3]];
    const [alongX, alongY] = [x2 - x1, y2 - y1];
    const length = alongX * alongX + alongY * alongY || 1;
    const [left, right] = [first(Math.min(x1, x2)), last(Math.max(x1, x2))];
    const bottom = last(Math.max(y1, y2));
    for (let row = first(Math.min(y1, y2)); row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        let [x, y] = [column + 0.5 - x1, row + 0.5 - y1];
        const share = Math.min(Math.max((x * alongX + y * alongY) / length, 0), 1);
        x -= share * alongX;
        y -= share * alongY;
        const pixel = row * side + column;
        squared[pixel] = Math.min(squared[pixel], x * x + y * y);
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
