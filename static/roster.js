// What somebody who watches a room knows of it, from what the hub says (hub/protocol.py). Pure.

/**
 * @typedef {object} Digit as in hub/protocol.py's "digit"
 * @property {number} id of its phone
 * @property {string} name
 * @property {string} strokes as in strokes.js
 * @property {number} seq
 * @property {boolean} approved whether it may stand on the wall
 * @property {boolean} shown whether the drawing itself is shown, too
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
  /** Those that stand on the wall while it stands still; null while it does not. */
  #still = null;

  /** @param {object} message of the hub's to a watcher, that is in the table */
  hear(message) {
    if (message.say === "settings") this.settings = message;
    else if (message.say === "people") this.here = message.here;
    else if (message.say === "digit") this.#put(message);
    else if (message.say === "gone") this.#digits.delete(message.id);
    else if (message.say === "watching") this.#begin();
  }

  // All digits follow. Who was there before keeps their place.
  #begin() {
    this.fresh = true;
    for (const id of this.#digits.keys()) this.#digits.set(id, null);
  }

  #put({ say, ...digit }) {
    this.#digits.set(digit.id, digit);
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
    const approved = this.all.filter((digit) => digit.approved);
    if (!this.settings?.frozen) {
      this.#still = null;
      return approved;
    }
    this.#still ??= approved;
    return this.#still.flatMap((digit) => {
      const now = this.#digits.get(digit.id);
      if (!now) return [];
      return { ...digit, shown: now.shown && now.seq === digit.seq };
    });
  }
}
