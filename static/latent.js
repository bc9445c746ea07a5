// Codes and their decoder, as in ae/latent.py, ae/atlas.py and ae/model.py: pure functions that
// know no page. tests/static holds them to Python's numbers. Arrays are flat; their shapes are
// those of NumPy, row by row. A Layer is that of packed.js.

const version = new URL(import.meta.url).search;
const { open } = await import(`./packed.js${version}`);

/**
 * @typedef {object} CodeMap what `ui.components.map_canvas.pack` packed, and what follows from it
 * @property {string} id 16 characters that identify the content
 * @property {Layer[]} layers the decoder, from the code to the 784 pixels
 * @property {number} units of a code
 * @property {Float32Array} codes of shape (n, units)
 * @property {Float32Array} points of shape (n, 2): where each code lies, y upwards
 * @property {Uint8Array} digits of shape (n), 0 to 9
 * @property {{mean: Float32Array, axes: Float32Array} | null} inverse (units) and (2, units)
 * @property {number} neighbours so many make the code of a place where there is no inverse
 * @property {string[]} palette a colour for each digit
 * @property {[number, number][]} ends of the points' x and y
 * @property {number[]} middle between the ends
 * @property {number[][]} medians x and y of each digit's points; undefined of a digit without any
 */

const TINY = 1e-9; // a place on a point: as in ae/latent.py

/**
 * Read a packed map; ui/components/map_canvas.py says how it is written.
 * @param {Uint8Array} packed
 * @returns {CodeMap}
 */
export function unpack(packed) {
  const { id, header, read, layers } = open(packed);
  const { arrays, neighbours, palette } = header;
  const [points, digits, codes] = ["points", "digits", "codes"].map(read);
  const inverse = arrays.mean ? { mean: read("mean"), axes: read("axes") } : null;
  const columns = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
  const ends = columns.map((values) => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ]);
  const median = (values) => values.sort()[values.length >> 1];
  const medians = palette.map((_, digit) =>
    columns.map((values) => median(values.filter((_, i) => digits[i] === digit))),
  );
  return {
    id,
    layers,
    units: arrays.codes.shape[1],
    codes,
    points,
    digits,
    inverse,
    neighbours,
    palette,
    ends,
    middle: ends.map(([low, high]) => (low + high) / 2),
    medians,
  };
}

/**
 * Average some of a map's codes.
 * @param {CodeMap} map
 * @param {number[]} indices of its codes
 * @param {number[]} weights one for each index
 * @returns {Float32Array} of shape (units)
 */
export function meanCode({ codes, units }, indices, weights = indices.map(() => 1)) {
  const total = weights.reduce((a, b) => a + b);
  const code = new Float32Array(units);
  indices.forEach((index, i) => {
    const share = weights[i] / total;
    for (let unit = 0; unit < units; unit++) code[unit] += codes[index * units + unit] * share;
  });
  return code;
}

/**
 * The code of any place: by the projection's inverse, else between its neighbours, the nearer the
 * more.
 * @param {CodeMap} map
 * @param {number} x
 * @param {number} y
 * @returns {Float32Array} of shape (units)
 */
export function codeAt(map, x, y) {
  const { inverse, units } = map;
  if (inverse) {
    const { mean, axes } = inverse;
    return mean.map((value, unit) => value + x * axes[unit] + y * axes[units + unit]);
  }
  const near = neighbours(map.points, x, y, map.neighbours);
  const indices = near.map(({ index }) => index);
  const weights = near.map(({ distance }) => 1 / Math.max(distance, TINY));
  return meanCode(map, indices, weights);
}

/**
 * Find the k nearest points.
 * @param {Float32Array} points of shape (n, 2)
 * @param {number} x
 * @param {number} y
 * @param {number} k
 * @returns {{index: number, distance: number}[]} k of them (n if there are fewer), nearest first
 */
export function neighbours(points, x, y, k) {
  const nearest = [];
  for (let index = 0; index < points.length / 2; index++) {
    const distance = Math.hypot(points[2 * index] - x, points[2 * index + 1] - y);
    if (nearest.length === k && distance >= nearest[k - 1].distance) continue;
    let rank = nearest.length;
    while (rank && nearest[rank - 1].distance > distance) rank--;
    nearest.splice(rank, 0, { index, distance });
    if (nearest.length > k) nearest.pop();
  }
  return nearest;
}

/**
 * Which points lie in a polygon: a ray from each to the right crosses its outline an odd number of
 * times.
 * @param {Float32Array} points of shape (n, 2)
 * @param {number[][]} polygon its corners; the last one is joined to the first
 * @returns {number[]} indices, ascending
 */
export function enclosed(points, polygon) {
  const inside = [];
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const crossings = polygon.filter(([x1, y1], corner) => {
      const [x2, y2] = polygon[(corner + 1) % polygon.length];
      return y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1);
    });
    if (crossings.length % 2) inside.push(i);
  }
  return inside;
}
