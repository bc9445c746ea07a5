// Arrays as ui/components/packed.py packed them. Pure.

const TYPES = { int16: Int16Array, uint8: Uint8Array, float32: Float32Array };
const ID = 16; // characters
const HEADER = ID + 4; // bytes before it: the id and the header's length

/** @param {Uint8Array} packed */
export const idOf = (packed) => new TextDecoder().decode(packed.subarray(0, ID));

/**
 * @typedef {object} Layer
 * @property {Float32Array} weights of shape (inputs, outputs)
 * @property {Float32Array} bias of shape (outputs)
 * @property {"linear" | "relu" | "sigmoid" | "topk"} activation
 * @property {number} [k] of "topk": so many stay
 */

/**
 * Read what was packed.
 * @param {Uint8Array} packed
 * @returns {{id: string, header: object, read: (name: string) => TypedArray, layers: Layer[]}}
 *   `read` gives an array of the header's `arrays`; the layers are those that `activations` names
 */
export function open(packed) {
  const { buffer } = packed.slice(); // a copy of its own begins at a multiple of 4
  const size = new DataView(buffer).getUint32(ID, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEADER, size)));
  const read = (name) => {
    const { dtype, shape, offset, scale } = header.arrays[name];
    const length = shape.reduce((a, b) => a * b);
    const raw = new TYPES[dtype](buffer, HEADER + size + offset, length);
    return scale ? Float32Array.from(raw, (value) => value * scale) : raw;
  };
  const layers = header.activations.map((activation, i) => {
    return { activation, weights: read(`weights${i}`), bias: read(`bias${i}`) };
  });
  return { id: idOf(packed), header, read, layers };
}
