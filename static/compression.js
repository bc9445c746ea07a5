// Bytes against squared error: which of what was measured is chosen, and what it costs. Pure.

/**
 * @typedef {object} Way a model at 1 to 8 bits, or a picture format at its qualities
 * @property {number[]} bytes of each step, per digit, many digits together
 * @property {number[]} errors squared, per pixel
 * @property {number[]} alone bytes of the file of one digit
 * @property {number[]} aloneErrors
 * @property {number} decoder bytes that have to travel too
 */

/**
 * Where a value lies on a logarithmic axis; what is beyond an end lies at it.
 * @param {number} value
 * @param {[number, number]} ends
 * @returns {number} 0 to 1
 */
export function share(value, [low, high]) {
  return Math.log(Math.min(Math.max(value, low), high) / low) / Math.log(high / low);
}

/** @type {(value: number, ends: [number, number]) => boolean} */
export const within = (value, [low, high]) => low <= value && value <= high;

/** 1, 2, 5, 10 … between two ends. */
export function ticks([low, high]) {
  const first = Math.floor(Math.log10(low));
  const tens = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  // 0.3 as a decimal means it, 3 * 0.1 does not.
  const values = tens.flatMap((ten) => [1, 2, 5].map((digit) => Number(`${digit}e${ten}`)));
  return values.filter((value) => within(value, [low, high]));
}

/**
 * The size that is nearest to another, by their ratio; one byte more, for a code may have none.
 * @param {number[]} sizes in bytes
 * @param {number} size
 * @returns {number} its index, the first of several
 */
export function alike(sizes, size) {
  const away = sizes.map((each) => Math.abs(Math.log((1 + each) / (1 + size))));
  return away.indexOf(Math.min(...away));
}

/**
 * The smallest that has no larger error.
 * @param {{bytes: number, error: number}[]} steps
 * @param {number} error
 * @returns {object | null} the step
 */
export function noWorse(steps, error) {
  const near = steps.filter((step) => step.error <= error);
  return near.reduce((best, step) => (best && best.bytes <= step.bytes ? best : step), null);
}

/**
 * What digits take, in bytes.
 * @param {Way} way
 * @param {number} step
 * @param {number} digits
 */
export function cost(way, step, digits) {
  const codes = digits * way.bytes[step];
  return { codes, whole: codes + way.decoder, files: digits * way.alone[step] };
}

/** Bytes per digit of each step, the decoder shared among so many digits, or left out for null. */
export function perDigit(way, digits) {
  return way.bytes.map((each) => each + (digits === null ? 0 : way.decoder / digits));
}

/** How many digits may be sent: 1, 2, 5, 10 … */
export const AMOUNTS = ticks([1, 100_000]);
