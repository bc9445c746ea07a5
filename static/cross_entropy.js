// Both terms of the binary cross-entropy, as in ae/evaluation.py. Pure.

const EPSILON = 1e-7; // as there: keeps the logarithms finite

/**
 * @typedef {object} Terms
 * @property {Float64Array} missed of shape (n): what each pixel costs for ink that is missed
 * @property {Float64Array} invented of shape (n): and for ink that is invented
 * @property {[number, number]} means of both, nats per pixel; their sum is the cross-entropy
 */

/**
 * @param {Float32Array} x the digit, of shape (n) in [0, 1], ink is 1
 * @param {Float32Array} y its reconstruction
 * @returns {Terms}
 */
export function terms(x, y) {
  const likely = Float64Array.from(y, (value) => Math.min(Math.max(value, EPSILON), 1 - EPSILON));
  const missed = likely.map((p, i) => -x[i] * Math.log(p));
  const invented = likely.map((p, i) => -(1 - x[i]) * Math.log(1 - p));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { missed, invented, means: [mean(missed), mean(invented)] };
}

/** @type {(terms: Terms) => number} the pixel that costs most */
export function costliest({ missed, invented }) {
  const costs = missed.map((value, i) => value + invented[i]);
  return costs.reduce((most, cost, i) => (cost > costs[most] ? i : most), 0);
}
