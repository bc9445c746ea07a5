// Strokes as a short text, for a link, as in ae/strokes.py: pure functions that know no page.
// tests/static holds them to Python's texts. A Stroke is that of drawing.js.

// As in ae/strokes.py, which says where they come from.
const VERSION = 1;
export const CANVAS = 280;
const TOLERANCE = 1;
const LONGEST = 600;
export const MAX_STROKES = 64;
const LEAST = -CANVAS;
const MOST = 2 * CANVAS;

/**
 * @param {Stroke[]} strokes
 * @param {number} size side of the canvas, in the strokes' unit
 * @returns {string} of at most LONGEST characters
 */
export function encodeStrokes(strokes, size) {
  const drawn = strokes.filter((stroke) => stroke.length);
  if (drawn.length > MAX_STROKES) {
    throw new RangeError(`got ${drawn.length} strokes, expected at most ${MAX_STROKES}`);
  }
  const scale = CANVAS / size;
  const pixel = (value) => Math.min(Math.max(Math.floor(value * scale + 0.5), LEAST), MOST);
  const lines = drawn.map((stroke) => stroke.map((point) => point.map(pixel)));
  for (let tolerance = TOLERANCE; ; tolerance *= 2) {
    const text = write(lines.map((line) => simplify(line, tolerance)));
    if (text.length <= LONGEST) return text;
  }
}

/**
 * @param {string} text from anybody
 * @param {number} size side of the canvas, in the unit that is wanted
 * @returns {Stroke[] | null} null if it is no text that encodeStrokes wrote
 */
export function decodeStrokes(text, size) {
  const bytes = bytesOf(text);
  const numbers = bytes?.[0] === VERSION && varints(bytes.slice(1));
  return numbers ? read(numbers, size / CANVAS) : null;
}

/**
 * Leave out points that the line between others comes near to.
 * @param {Stroke} line
 * @param {number} tolerance how near, in the line's unit
 * @returns {Stroke}
 */
export function simplify(line, tolerance) {
  const end = line.length - 1;
  const kept = new Set([0]);
  const pieces = [[0, end]];
  while (pieces.length) {
    const [first, last] = pieces.pop();
    const middle = farthest(line, first, last, tolerance * tolerance);
    if (middle === null) continue;
    kept.add(middle);
    pieces.push([first, middle], [middle, last]);
  }
  const x = line[end][0] - line[0][0];
  const y = line[end][1] - line[0][1];
  if (kept.size > 1 || x * x + y * y > tolerance * tolerance) kept.add(end);
  return line.filter((_, i) => kept.has(i));
}

// The point farthest from the line between two others, if it is farther than that; squared.
function farthest(line, first, last, least) {
  const [startX, startY] = line[first];
  const alongX = line[last][0] - startX;
  const alongY = line[last][1] - startY;
  const length = alongX * alongX + alongY * alongY || 1;
  let found = null;
  let most = least;
  for (let i = first + 1; i < last; i++) {
    const x = line[i][0] - startX;
    const y = line[i][1] - startY;
    const share = Math.min(Math.max((x * alongX + y * alongY) / length, 0), 1);
    const besideX = x - share * alongX;
    const besideY = y - share * alongY;
    const squared = besideX * besideX + besideY * besideY;
    if (squared > most) [found, most] = [i, squared];
  }
  return found;
}

function write(lines) {
  const bytes = [VERSION];
  const put = (value) =>
    value < 0x80 ? bytes.push(value) : bytes.push((value & 0x7f) | 0x80, value >> 7);
  const step = (value) => put(value >= 0 ? 2 * value : -2 * value - 1); // zigzag
  put(lines.length);
  let [x, y] = [0, 0];
  for (const line of lines) {
    put(line.length);
    for (const [toX, toY] of line) {
      step(toX - x);
      step(toY - y);
      [x, y] = [toX, toY];
    }
  }
  return base64url(bytes);
}

function base64url(bytes) {
  const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length > LONGEST || text.length % 4 === 1) return null;
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Array.from(raw, (character) => character.charCodeAt(0));
  return base64url(bytes) === text ? bytes : null; // no bits that belong to no byte
}

function varints(bytes) {
  const numbers = [];
  let low = null;
  for (const byte of bytes) {
    if (low !== null) {
      numbers.push(low + (byte << 7));
      low = null;
    } else if (byte < 0x80) numbers.push(byte);
    else low = byte & 0x7f;
  }
  return low === null ? numbers : null;
}

function read([count, ...numbers], scale) {
  if (!(count <= MAX_STROKES)) return null;
  const strokes = [];
  const at = [0, 0];
  let next = 0;
  for (let i = 0; i < count; i++) {
    const points = numbers[next++];
    if (!points || next + 2 * points > numbers.length) return null;
    const stroke = [];
    for (const end = next + 2 * points; next < end; next += 2) {
      for (const axis of [0, 1]) {
        const value = numbers[next + axis];
        at[axis] += value % 2 ? -(value + 1) / 2 : value / 2;
        if (at[axis] < LEAST || at[axis] > MOST) return null;
      }
      stroke.push(at.map((value) => value * scale));
    }
    strokes.push(stroke);
  }
  return next === numbers.length ? strokes : null;
}
