// Codes and their decoder, as in ae/latent.py, ae/atlas.py and ae/model.py: pure functions that
// know no page. tests/static holds them to Python's numbers. Arrays are flat; their shapes are
// those of NumPy, row by row. A Layer is that of packed.js.

const version = new URL(import.meta.url).search;
const { open } = await import(`./packed.js${version}`);
const { distance } = await import(`./raster.js${version}`);

/**
 * @typedef {object} CodeMap what `ui.components.map_canvas.pack` packed, and what follows from it
 * @property {string} id 16 characters that identify the content
 * @property {Layer[]} layers the decoder, from the code to the 784 pixels
 * @property {number} units of a code
 * @property {Float32Array} codes of shape (n, units)
 * @property {Float32Array} points of shape (n, 2): where each code lies, y upwards
 * @property {Uint8Array} digits of shape (n), 0 to 9
 * @property {{mean: Float32Array, axes: Float32Array} | null} inverse (units) and (2, units)
 * @property {number} neighbours so many make the code of a place where there is no inverse, and the
 *   place of a code
 * @property {number} heap points nearer than this are one heap, where there is no inverse
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
  const { arrays, heap, neighbours, palette } = header;
  const [points, digits, codes] = ["points", "digits", "codes"].map(read);
  const inverse = arrays.mean ? { mean: read("mean"), axes: read("axes") } : null;
  return {
    ...flatMap(points, digits, palette),
    id,
    layers,
    units: arrays.codes.shape[1],
    codes,
    inverse,
    neighbours,
    heap,
  };
}

/**
 * What of a map is to be seen: its points, and where they are.
 * @param {Float32Array | Uint8Array} points of shape (n, 2)
 * @param {ArrayLike<number>} digits of shape (n)
 * @param {string[]} palette
 * @returns {Pick<CodeMap, "points" | "digits" | "palette" | "ends" | "middle" | "medians">}
 */
export function flatMap(points, digits, palette) {
  const columns = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
  const ends = columns.map((values) => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ]);
  const median = (values) => values.sort()[values.length >> 1];
  const medians = palette.map((_, digit) =>
    columns.map((values) => median(values.filter((_, i) => digits[i] === digit))),
  );
  const middle = ends.map(([low, high]) => (low + high) / 2);
  return { points, digits, palette, ends, middle, medians };
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
  const near = neighbours(map.points, [x, y], map.neighbours);
  const indices = near.map(({ index }) => index);
  const weights = near.map(({ distance }) => 1 / Math.max(distance, TINY));
  return meanCode(map, indices, weights);
}

/**
 * Where a code lies on the map: on its projection, else among its like. Its neighbours are those in
 * code space.
 * @param {CodeMap} map
 * @param {ArrayLike<number>} code of shape (units)
 * @returns {{star: number[], near: number[]}} x and y; indices of the nearest codes, nearest first
 */
export function placeOf(map, code) {
  const nearest = neighbours(map.codes, code, map.neighbours);
  const star = map.inverse ? projected(map.inverse, code) : amongItsLike(map, nearest);
  return { star: [...star], near: nearest.map(({ index }) => index) };
}

function projected({ mean, axes }, code) {
  const along = (axis) =>
    mean.reduce((sum, value, i) => sum + (code[i] - value) * axes[axis * mean.length + i], 0);
  return [along(0), along(1)];
}

// As CodeMap.place in ae/atlas.py, which says why.
function amongItsLike({ points, digits, heap, neighbours: k }, nearest) {
  const placed = nearest.map(({ index, distance }) => ({
    index,
    at: points.subarray(2 * index, 2 * index + 2),
    weight: 1 / Math.max(distance, TINY),
  }));
  const digit = vote(digits, nearest);
  const agree = placed.filter(({ index }) => digits[index] === digit);
  const settled = agree.filter(({ at }) => vote(digits, neighbours(points, at, k)) === digit);
  const counted = settled.length ? settled : agree;
  const away = ({ at }) =>
    counted.reduce((sum, other) => sum + other.weight * distance(at, other.at), 0);
  const medoid = counted.reduce((a, b) => (away(b) < away(a) ? b : a));
  const together = counted.filter(({ at }) => distance(at, medoid.at) < heap);
  const [indices, weights] = ["index", "weight"].map((key) => together.map((one) => one[key]));
  return meanCode({ codes: points, units: 2 }, indices, weights);
}

/** Which digit most of some points are; of a tie, the smaller one. */
function vote(digits, nearest) {
  const counts = new Uint8Array(10);
  for (const { index } of nearest) counts[digits[index]]++;
  return counts.indexOf(Math.max(...counts));
}

/**
 * Find the k nearest rows: points, or codes.
 * @param {Float32Array} rows of shape (n, width)
 * @param {ArrayLike<number>} at of shape (width)
 * @param {number} k
 * @returns {{index: number, distance: number}[]} k of them (n if there are fewer), nearest first
 */
export function neighbours(rows, at, k) {
  const width = at.length;
  const nearest = [];
  for (let index = 0; index < rows.length / width; index++) {
    let squared = 0;
    for (let i = 0; i < width; i++) squared += (rows[index * width + i] - at[i]) ** 2;
    const distance = Math.sqrt(squared);
    if (nearest.length === k && distance >= nearest[k - 1].distance) continue;
    let rank = nearest.length;
    while (rank && nearest[rank - 1].distance > distance) rank--;
    nearest.splice(rank, 0, { index, distance });
    if (nearest.length > k) nearest.pop();
  }
  return nearest;
}

/**
 * The two codes that are nearest to one another, as in ae/latent.py.
 * @param {Float32Array} codes of shape (n, units), n at least 2
 * @param {number} units
 * @returns {{pair: [number, number], distance: number}} their indices, ascending
 */
export function nearestPair(codes, units) {
  let [least, pair] = [Infinity, [0, 1]];
  for (let i = 0; i < codes.length; i += units) {
    for (let j = i + units; j < codes.length; j += units) {
      let squared = 0;
      // Most pairs are far apart after a few numbers: of 300 codes only these are looked at.
      for (let unit = 0; unit < units && squared < least; unit++) {
        squared += (codes[i + unit] - codes[j + unit]) ** 2;
      }
      if (squared < least) [least, pair] = [squared, [i / units, j / units]];
    }
  }
  return { pair, distance: Math.sqrt(least) };
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
