// The forward pass of an autoencoder, as in ae/model.py: pure functions that know no page.
// tests/static holds them to Python's numbers. Arrays are flat; a Layer is that of packed.js.

const version = new URL(import.meta.url).search;
const { open } = await import(`./packed.js${version}`);

/**
 * @typedef {object} Network what `ui.components.network.pack` packed
 * @property {string} id of the content
 * @property {Layer[]} encoder from the 784 pixels to the code
 * @property {Layer[]} decoder from the code to the 784 pixels; empty where a page decodes nothing
 * @property {[number, number]} ends of an axis for its codes, zero included
 */

/**
 * @param {Uint8Array} packed
 * @returns {Network}
 */
export function unpack(packed) {
  const { id, header, layers } = open(packed);
  const { encoder, ends, k } = header;
  if (k) layers[encoder - 1].k = k;
  return { id, encoder: layers.slice(0, encoder), decoder: layers.slice(encoder), ends };
}

/**
 * Send numbers through layers.
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} input of shape (inputs of the first layer)
 * @returns {Float32Array[]} what each layer gives, the last one's last
 */
export function through(layers, input) {
  const activations = [];
  let values = input;
  for (const { weights, bias, activation, k } of layers) {
    const outputs = bias.slice();
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!value) continue; // paper, and after a ReLU half of the units
      const row = i * outputs.length;
      for (let j = 0; j < outputs.length; j++) outputs[j] += value * weights[row + j];
    }
    values = activate(outputs, activation, k);
    activations.push(values);
  }
  return activations;
}

/** Decode a code of shape (units) by the decoder's layers: (784) in [0, 1], ink is 1. */
export const decode = (layers, code) => digitOf(through(layers, code));

/** What a decoder has drawn: (784) in [0, 1], by the activations that `through` gives. */
export const digitOf = (activations) =>
  activations.at(-1).map((value) => Math.min(Math.max(value, 0), 1));

/** How many numbers of a code are not zero. */
export const active = (code) => code.filter((value) => value !== 0).length;

/**
 * How much of the ink survives, as in ae/evaluation.py.
 * @param {Float32Array} x the digit, of shape (784) in [0, 1], not without ink
 * @param {Float32Array} y its reconstruction
 * @returns {{kept: number, invented: number}} shares of the digit's ink
 */
export function ink(x, y) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const total = sum(x);
  return {
    kept: sum(x.map((value, i) => Math.min(value, y[i]))) / total,
    invented: sum(x.map((value, i) => Math.max(y[i] - value, 0))) / total,
  };
}

/** Mean squared error per pixel, as in ae/evaluation.py; of what `ink` takes. */
export const mse = (x, y) =>
  x.reduce((total, value, i) => total + (value - y[i]) ** 2, 0) / x.length;

function activate(values, activation, k) {
  if (activation === "topk") {
    const least = values.toSorted().at(-k);
    return values.map((value) => (value < least ? 0 : value));
  }
  if (activation === "relu") return values.map((value) => Math.max(value, 0));
  if (activation === "sigmoid") return values.map((value) => 1 / (1 + Math.exp(-value)));
  return values;
}
