// What a visitor does to a code, as in ui/edits.py. Pure.

/**
 * @typedef {object} Edits
 * @property {number | null} keep how many of the code's largest numbers are kept; null keeps all
 * @property {[number, number][]} values units, each with the value that the visitor gave it
 */

/**
 * Change a code.
 * @param {ArrayLike<number>} encoded of shape (units)
 * @param {Edits} edits
 * @returns {Float32Array} of shape (units), as shown
 */
export function edited(encoded, { keep, values }) {
  const code = Float32Array.from(encoded);
  if (keep !== null) {
    const largest = [...code.keys()].sort((a, b) => Math.abs(code[b]) - Math.abs(code[a]));
    for (const unit of largest.slice(keep)) code[unit] = 0; // of equals the first are kept
  }
  for (const [unit, value] of values) code[unit] = value;
  return code;
}

/**
 * The code that the visitor sees.
 * @param {ArrayLike<number>} encoded of shape (units)
 * @param {Edits} edits those that Python knows
 * @param {Partial<Edits>} held what is in the visitor's hand, and goes before them
 */
export function shownCode(encoded, edits, held) {
  const values = [...edits.values, ...(held.values ?? [])];
  return edited(encoded, { keep: edits.keep, ...held, values });
}

/** Has Python heard of what was held? */
export function heard(edits, { keep = edits.keep, values = [] }) {
  const known = new Map(edits.values);
  return keep === edits.keep && values.every(([unit, value]) => known.get(unit) === value);
}
