// A picture's pixels for a canvas. Pure.

/** @type {(value: number, low: number, high: number) => number} */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** @param {string} colour "#rrggbb" */
export const rgb = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/**
 * A digit's pixels for a canvas: its ink in one colour on nothing, or white on black.
 * @param {Float32Array} pixels of shape (n) in [0, 1], ink is 1
 * @param {string | null} colour "#rrggbb"
 * @returns {Uint8ClampedArray} of shape (n, 4), 0 to 255
 */
export function rgba(pixels, colour) {
  const bytes = new Uint8ClampedArray(4 * pixels.length);
  const ink = colour && rgb(colour);
  pixels.forEach((value, i) => {
    const grey = Math.round(255 * value);
    bytes.set(ink ? [...ink, grey] : [grey, grey, grey, 255], 4 * i);
  });
  return bytes;
}
