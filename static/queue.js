// In which order a moderator sees drawings. Pure.

/**
 * The strangest first; but while a hand is about to press something, nothing moves: what is new
 * comes last.
 * @template {{id: number, seq: number}} D
 * @param {D[]} digits
 * @param {(digit: D) => number} error how strange each is
 * @param {number[]} before the ids as they stand now
 * @param {boolean} busy is a hand about to press something?
 * @returns {D[]}
 */
export function inOrder(digits, error, before, busy) {
  const strangest = digits.toSorted((a, b) => error(b) - error(a) || a.id - b.id);
  if (!busy) return strangest;
  const rank = new Map(before.map((id, i) => [id, i]));
  const rankOf = ({ id }) => rank.get(id) ?? before.length;
  return strangest.toSorted((a, b) => rankOf(a) - rankOf(b));
}
