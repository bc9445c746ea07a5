// What somebody who watches a room knows of it, from what the hub says (hub/protocol.py). Pure.

/**
 * @typedef {object} Digit as in hub/protocol.py's "digit"
 * @property {number} id of its phone
 * @property {string} name
 * @property {string} strokes as in strokes.js
 * @property {number} seq
 * @property {boolean} approved whether it may stand on the wall
 * @property {boolean} shown whether the drawing itself is shown, too
 * @property {number} [stood] the seq that stands on a wall that stands still, if it is another one
 */

export class Roster {
  /** @type {object | null} as in "settings" */
  settings = null;
  /** How many phones are connected. */
  here = 0;
  /** Whether all that is known has come at once: the watcher has just come, or come back. */
  fresh = true;
  /** @type {Map<number, Digit>} in the order in which their phones first drew */
  #digits = new Map();
  /** @type {Map<number, Digit>} those that stand on the wall while it stands still */
  #still = new Map();

  /** @param {object} message of the hub's to a watcher, that is in the table */
  hear(message) {
    if (message.say === "settings") this.#set(message);
    else if (message.say === "people") this.here = message.here;
    else if (message.say === "digit") this.#put(message);
    else if (message.say === "gone") this.#remove(message.id);
    else if (message.say === "watching") this.#begin();
  }

  // All digits follow. Who was there before keeps their place.
  #begin() {
    this.fresh = true;
    for (const id of this.#digits.keys()) this.#digits.set(id, null);
  }

  #set(settings) {
    const stood = this.settings?.frozen;
    this.settings = settings;
    if (stood) return;
    this.#still.clear();
    if (settings.frozen) for (const digit of this.all) this.#keep(digit);
  }

  #put({ say, ...digit }) {
    this.#digits.set(digit.id, digit);
    if (this.settings?.frozen) this.#keep(digit);
  }

  #remove(id) {
    this.#digits.delete(id);
    this.#still.delete(id);
  }

  // Of a wall that stands still: what the hub says stands, not what was here when it was frozen. An
  // older drawing is known to who has seen it.
  #keep(digit) {
    const { id, seq, stood = seq, approved } = digit;
    if (stood === seq && approved) this.#still.set(id, digit);
    else if (this.#still.get(id)?.seq !== stood) this.#still.delete(id);
  }

  /** @returns {Digit[]} all of them */
  get all() {
    return [...this.#digits.values()].filter(Boolean);
  }

  /** @returns {Digit[]} those that wait until they are approved */
  get waiting() {
    return this.all.filter(({ approved }) => !approved);
  }

  /**
   * What stands on the wall. While it stands still, nothing comes or changes; but what is taken
   * away goes, and a drawing is shown or not.
   * @returns {Digit[]}
   */
  get wall() {
    if (!this.settings?.frozen) return this.all.filter((digit) => digit.approved);
    return this.all.flatMap(({ id, seq, shown }) => {
      const digit = this.#still.get(id);
      return digit ? { ...digit, shown: shown && seq === digit.seq } : [];
    });
  }
}
