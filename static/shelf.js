// What was unpacked, so that it is not unpacked again. Pure.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { idOf } = await import(`./packed.js${version}`);

/**
 * Put what was packed onto a shelf, on which the latest few are kept.
 * @template T
 * @param {Map<string, T>} shelf id -> what was unpacked
 * @param {Uint8Array} packed
 * @param {(packed: Uint8Array) => T} unpack
 * @param {number} most how many the shelf keeps
 * @returns {T} what is unpacked already is not unpacked again
 */
export function shelve(shelf, packed, unpack, most) {
  const id = idOf(packed);
  const content = shelf.get(id) ?? unpack(packed);
  shelf.delete(id);
  shelf.set(id, content);
  if (shelf.size > most) shelf.delete(shelf.keys().next().value);
  return content;
}
