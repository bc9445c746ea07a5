// What a model makes of drawings that come as texts, a few in each frame. Pure.

const version = new URL(import.meta.url).search;
const { normalFormOfLines } = await import(`./drawing.js${version}`);
const { placeOf } = await import(`./latent.js${version}`);
const { digitOf, mse, through } = await import(`./network.js${version}`);
const { CANVAS, decodeStrokes } = await import(`./strokes.js${version}`);

/**
 * @typedef {object} Sight
 * @property {Float32Array} digit the drawing as the model sees it, of shape (784) in [0, 1]
 * @property {Float32Array} code of shape (units)
 * @property {Float32Array} reconstruction of shape (784) in [0, 1]
 * @property {number} error mean squared error per pixel
 */

/**
 * @param {Network} network
 * @param {string} text as in strokes.js
 * @returns {Sight | null} null if there is no ink in it
 */
export function see(network, text) {
  const lines = decodeStrokes(text, CANVAS);
  const digit = lines && normalFormOfLines(lines, CANVAS);
  if (!digit) return null;
  const code = through(network.encoder, digit).at(-1);
  const reconstruction = digitOf(through(network.decoder, code));
  return { digit, code, reconstruction, error: mse(digit, reconstruction) };
}

/** What is seen of some drawings by one model, and where they lie on its map. */
export class Sights {
  #network = null;
  #map = null;
  #texts = [];
  #sights = new Map(); // text -> Sight or null, those that are seen already
  #places = new Map(); // text -> x and y on the map

  /**
   * Look at these drawings from now on; what was seen of them stays.
   * @param {Network | null} network null while it is not here
   * @param {CodeMap | null} map
   * @param {string[]} texts
   */
  want(network, map, texts) {
    if (network !== this.#network) this.#sights.clear();
    if (network !== this.#network || map !== this.#map) this.#places.clear();
    const wanted = new Set(texts);
    for (const known of [this.#sights, this.#places]) {
      for (const text of known.keys()) if (!wanted.has(text)) known.delete(text);
    }
    this.#network = network;
    this.#map = map;
    this.#texts = [...wanted];
  }

  /**
   * Look at one at least, and at more until a moment. All are seen before any is placed.
   * @param {() => boolean} late
   * @returns {boolean} is there more to be done?
   */
  work(late) {
    if (!this.#network) return false;
    const left = [
      [this.#sights, (text) => see(this.#network, text)],
      [this.#places, (text) => this.#place(this.#sights.get(text))],
    ];
    for (const [known, look] of left) {
      for (const text of this.#texts) {
        if (known.has(text)) continue;
        known.set(text, look(text));
        if (late()) return true;
      }
    }
    return false;
  }

  #place(sight) {
    return sight && this.#map ? placeOf(this.#map, sight.code).star : null;
  }

  /** @returns {Sight | null | undefined} null of a drawing without ink, undefined of one unseen */
  of(text) {
    return this.#sights.get(text);
  }

  /** @returns {[number, number] | null | undefined} undefined of a drawing that is not placed yet */
  placeOf(text) {
    return this.#places.get(text);
  }
}
