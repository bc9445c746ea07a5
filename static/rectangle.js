// A rectangle on a picture: [left, top, right, bottom] in shares of the picture's width and height,
// null where it is the whole picture.

const LEAST = 0.04; // of the width, and of the height
const STEP = 0.02; // of an arrow key
const MIDDLE = [0.2, 0.2, 0.8, 0.8]; // where the arrow keys begin

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * What lies under a pointer: [-1, 0] is the left edge, [1, 1] the corner at the bottom right,
 * [0, 0] the inside.
 * @param {number[] | null} rectangle
 * @param {number[]} point
 * @param {number[]} reach how far around an edge still is the edge, across and down
 * @returns {number[] | null} null outside
 */
export function grip(rectangle, point, reach) {
  if (!rectangle) return null;
  const sides = point.map((at, axis) => {
    const [low, high] = [rectangle[axis], rectangle[axis + 2]];
    if (at < low - reach[axis] || at > high + reach[axis]) return null;
    // Of a small rectangle the middle third is kept free, to move it by.
    const inwards = Math.min(reach[axis], (high - low) / 3);
    if (at < low + inwards) return -1;
    return at > high - inwards ? 1 : 0;
  });
  return sides.includes(null) ? null : sides;
}

/** A rectangle pulled by an edge, a corner or the inside; it stays on the picture. */
export function dragged(rectangle, sides, shift) {
  const to = [...rectangle];
  sides.forEach((side, axis) => {
    const [low, high] = [rectangle[axis], rectangle[axis + 2]];
    const still = sides[0] === 0 && sides[1] === 0;
    if (still) {
      const by = clamp(shift[axis], -low, 1 - high);
      [to[axis], to[axis + 2]] = [low + by, high + by];
    } else if (side < 0) to[axis] = clamp(low + shift[axis], 0, high - LEAST);
    else if (side > 0) to[axis + 2] = clamp(high + shift[axis], low + LEAST, 1);
  });
  return to;
}

/** The rectangle between two points, or null where that is hardly one. */
export function spanned(from, to) {
  const low = from.map((at, axis) => clamp(Math.min(at, to[axis]), 0, 1));
  const high = from.map((at, axis) => clamp(Math.max(at, to[axis]), 0, 1));
  return high.every((end, axis) => end - low[axis] >= LEAST) ? [...low, ...high] : null;
}

/** One press of an arrow key: it moves the rectangle, or with `resize` its right and lower edge. */
export function stepped(rectangle, [across, down], resize) {
  const shift = [across * STEP, down * STEP];
  return dragged(rectangle ?? MIDDLE, resize ? [1, 1] : [0, 0], shift);
}

/** What fits into a square: pixels across and down, one at least; it never grows. */
export function fitted(width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return [width, height].map((length) => Math.max(1, Math.round(length * scale)));
}
