// Where a simulation's points, lines and sheets are seen: projections, curves along codes, ticks.
// Pure.

/**
 * @typedef {object} Camera
 * @property {number} dimensions 2 or 3
 * @property {number} yaw around the third axis, in radians; @property {number} pitch from above
 * @property {number} scale pixels per unit
 * @property {number[]} middle where the origin is seen, left and top
 */

/**
 * The screen's own axes among those of the points: to the right, upwards, towards the viewer.
 * @param {Camera} camera
 * @returns {number[][]} three rows of as many numbers as there are dimensions
 */
export function axesOf({ dimensions, yaw, pitch }) {
  if (dimensions === 2)
    return [
      [1, 0],
      [0, 1],
      [0, 0],
    ];
  const [ca, sa, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return [
    [ca, sa, 0],
    [-sa * sp, ca * sp, cp],
    [sa * cp, -ca * cp, sp],
  ];
}

/**
 * @param {Camera} camera
 * @param {ArrayLike<number>} places of shape (n, dimensions)
 * @returns {number[][]} left and top in pixels, and the distance from the middle towards the
 *   viewer in units: one row for each place
 */
export function project(camera, places) {
  const { dimensions, scale, middle } = camera;
  const axes = axesOf(camera);
  const seen = [];
  for (let at = 0; at < places.length; at += dimensions) {
    const [right, up, near] = axes.map((axis) =>
      axis.reduce((sum, part, j) => sum + part * places[at + j], 0),
    );
    seen.push([middle[0] + scale * right, middle[1] - scale * up, near]);
  }
  return seen;
}

/**
 * @param {Camera} camera
 * @param {number[]} place left, top and the distance towards the viewer, as `project` gives them
 * @returns {number[]} of shape (dimensions)
 */
export function unproject(camera, [left, top, near]) {
  const { scale, middle, dimensions } = camera;
  const seen = [(left - middle[0]) / scale, (middle[1] - top) / scale, near];
  const axes = axesOf(camera);
  return [...Array(dimensions).keys()].map((j) =>
    seen.reduce((sum, part, i) => sum + part * axes[i][j], 0),
  );
}

/**
 * The nearest of some places to a point of the screen; of those that lie as near, the one in front.
 * @param {number[][]} seen as `project` gives them
 * @param {number[]} at left and top
 * @param {number} reach in pixels
 * @returns {number | null} its index
 */
export function nearest(seen, [left, top], reach) {
  let [best, least] = [null, reach];
  seen.forEach(([x, y], i) => {
    const away = Math.hypot(x - left, y - top);
    if (away <= least) [best, least] = [i, away];
  });
  return best;
}

/**
 * From where to where each number of the codes goes.
 * @param {ArrayLike<number>} codes of shape (n, size)
 * @param {number} size
 * @returns {number[][]} [low, high] for each
 */
export function rangesOf(codes, size) {
  return [...Array(size).keys()].map((k) => {
    const own = Array.from({ length: codes.length / size }, (_, i) => codes[i * size + k]);
    return [Math.min(...own), Math.max(...own)];
  });
}

/**
 * Round numbers along a range: 1, 2 or 5 times a power of ten apart.
 * @param {number[]} range [low, high]
 * @param {number} most how many, at most
 */
export function ticks([low, high], most) {
  const span = high - low;
  if (!(span > 0)) return { values: [], decimals: 0 };
  const least = span / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= least);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  const values = Array.from({ length: count }, (_, i) => (first + i) * step);
  return { values, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** @type {(range: number[], steps: number) => number[]} evenly, both ends included */
export const evenly = ([low, high], steps) =>
  Array.from({ length: steps }, (_, i) => low + ((high - low) * i) / (steps - 1));

/**
 * Lines of a sheet of two-number codes: those along which one of the numbers stays at a round value.
 * Of each line only what lies among the codes is kept, so that the sheet ends where they do.
 * @param {ArrayLike<number>} codes of shape (n, 2)
 * @param {number[][]} ranges as `rangesOf` gives them
 * @param {number} lines across each number, about
 * @param {number} steps of each line
 * @returns {{number: number, value: number, codes: number[][]}[]} pieces of lines: `number` is the
 *   one that stays at `value`
 */
export function gridLines(codes, ranges, lines, steps) {
  const cell = ranges.map(([low, high]) => (high - low) / lines || 1);
  const among = ([a, b]) => {
    for (let at = 0; at < codes.length; at += 2) {
      if (Math.hypot((codes[at] - a) / cell[0], (codes[at + 1] - b) / cell[1]) < 1.2) return true;
    }
    return false;
  };
  return ranges.flatMap((range, number) =>
    ticks(range, lines).values.flatMap((value) => {
      const line = evenly(ranges[1 - number], steps).map((other) =>
        number ? [other, value] : [value, other],
      );
      return pieces(line, among).map((piece) => ({ number, value, codes: piece }));
    }),
  );
}

// The longest runs of a line's places that are to be kept, two places or more each.
function pieces(line, kept) {
  const runs = [[]];
  for (const place of line) {
    if (kept(place)) runs.at(-1).push(place);
    else if (runs.at(-1).length) runs.push([]);
  }
  return runs.filter((run) => run.length > 1);
}

/**
 * A colour of a ramp.
 * @param {string[]} ramp "#rrggbb", evenly
 * @param {number} share from 0 to 1
 */
export function colourOf(ramp, share) {
  const at = Math.min(Math.max(share || 0, 0), 1) * (ramp.length - 1);
  const i = Math.min(Math.floor(at), ramp.length - 2);
  const part = (colour, from) => Number.parseInt(colour.slice(from, from + 2), 16);
  const mixed = [1, 3, 5].map((from) =>
    Math.round(part(ramp[i], from) + (at - i) * (part(ramp[i + 1], from) - part(ramp[i], from))),
  );
  return `rgb(${mixed.join()})`;
}
