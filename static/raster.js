// Places and pixels of a picture, as plain numbers: pure functions that know no canvas.

const version = new URL(import.meta.url).search;
export const { clamp, rgb, rgba } = await import(`./pixels.js${version}`);

/** @type {(a: ArrayLike<number>, b: ArrayLike<number>) => number} */
export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

// As in ui/pictures.py, which says why.
const LOST = [230, 159, 0];
const ADDED = [86, 180, 233];
const DARK = 0.3;

/**
 * A map of errors for a canvas: added ink in blue, lost ink in orange, which lets through what lies
 * behind it.
 * @param {Float32Array} error of shape (n) in [-1, 1]
 * @param {number} scale the error at which a colour is full
 * @returns {Uint8ClampedArray} of shape (n, 4), 0 to 255
 */
export const signed = (error, scale = 0.5) =>
  twofold(
    error.map((value) => -value),
    error,
    scale,
  );

/**
 * The same for a picture whose pixels may have both.
 * @param {Float32Array} lost of shape (n); below zero is nothing
 * @param {Float32Array} added of shape (n)
 * @param {number} scale at which a colour is full
 * @returns {Uint8ClampedArray} of shape (n, 4), 0 to 255
 */
export function twofold(lost, added, scale) {
  const bytes = new Uint8ClampedArray(4 * lost.length);
  const share = (value) => clamp(value / scale, 0, 1);
  for (let i = 0; i < lost.length; i++) {
    const [orange, blue] = [share(lost[i]), share(added[i])];
    const opaque = 1 - (1 - DARK) * orange;
    const colour = ADDED.map((part, c) => blue * part + ((DARK * orange) / opaque) * LOST[c]);
    bytes.set([...colour, 255 * opaque].map(Math.round), 4 * i);
  }
  return bytes;
}

const HIGHEST = 64; // cells
const FAINTEST = 1e-6;

/**
 * A layer's units as cells that light up, on a scale of their own.
 * @param {Float32Array} activations of shape (units)
 * @returns {{width: number, pixels: Uint8ClampedArray}} pixels of shape (height, width, 4)
 */
export function cells(activations) {
  const width = Math.ceil(activations.length / HIGHEST);
  const strongest = activations.reduce((most, value) => Math.max(most, Math.abs(value)), FAINTEST);
  const shown = new Float32Array(Math.ceil(activations.length / width) * width);
  shown.set(activations.map((value) => Math.abs(value) / strongest));
  return { width, pixels: rgba(shown) };
}

/**
 * How much a disc covers of the pixels around its middle.
 * @param {number} radius in pixels
 * @returns {number[][]} column, row and cover in (0, 1] of each pixel that it touches
 */
export function disc(radius) {
  const reach = Math.ceil(radius);
  const mask = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const cover = clamp(radius + 0.5 - Math.hypot(x, y), 0, 1);
      if (cover) mask.push([x, y, cover]);
    }
  }
  return mask;
}

/**
 * Draw discs straight into pixels. 5,000 take 2 to 6 ms, where a canvas's own arcs or drawImage
 * take 10 to 40 without a GPU. What would reach over the edge is left out.
 * @param {Uint32Array} pixels of shape (height, width), 0xAABBGGRR as a canvas has them
 * @param {number} width
 * @param {number} radius
 * @param {number[][]} dots the colour's index, x and y of each
 * @param {string[]} palette "#rrggbb"
 */
export function stamp(pixels, width, radius, dots, palette) {
  const height = pixels.length / width;
  const reach = Math.ceil(radius);
  const colours = palette.map((colour) =>
    rgb(colour).reduce((sum, part, i) => sum | (part << (8 * i)), 0),
  );
  const mask = disc(radius).map(([x, y, cover]) => [y * width + x, Math.round(255 * cover)]);
  for (const [index, x, y] of dots) {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < reach || column >= width - reach || row < reach || row >= height - reach) continue;
    for (const [offset, cover] of mask) {
      const at = row * width + column + offset;
      // An edge does not cut into the dot below it.
      if (cover > 200 || cover > pixels[at] >>> 24) pixels[at] = colours[index] | (cover << 24);
    }
  }
}

/**
 * Move places until no two are nearer than that (or nearly so: it stops after 30 rounds).
 * @param {number[][]} places x and y of each; one that is not a number stays out of the way
 * @param {number} least distance
 * @returns {number[][]}
 */
export function spread(places, least) {
  // Two at the very same place need a direction.
  const moved = places.map(([x, y], i) => [x + i / 100, y]);
  for (let round = 0; round < 30; round++) {
    for (const a of moved) {
      for (const b of moved) {
        const gap = distance(a, b);
        if (a === b || !(gap < least)) continue;
        const push = (least - gap) / gap / 2;
        const [x, y] = [(a[0] - b[0]) * push, (a[1] - b[1]) * push];
        [a[0], a[1], b[0], b[1]] = [a[0] + x, a[1] + y, b[0] - x, b[1] - y];
      }
    }
  }
  return moved;
}
