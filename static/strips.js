// A strip is one image of pictures of equal size side by side; an element shows one of them as its
// background.

/**
 * How far into a strip a picture lies, as CSS's background-position has it.
 * @param {number} i counted from 0
 * @param {number} count of all pictures
 */
export const along = (i, count) => `${(100 * i) / Math.max(count - 1, 1)}%`;

/**
 * Which pictures of a long strip stand for it: about ten, at even steps if that can be.
 * @param {number} count 2 or more
 * @returns {number[]} the first and the last one included
 */
export function stops(count) {
  const parts = [11, 10, 9].find((n) => (count - 1) % (n - 1) === 0) ?? Math.min(count, 11);
  return Array.from({ length: parts }, (_, i) => Math.round((i * (count - 1)) / (parts - 1)));
}

/** Which of so many stops is nearest to picture `at`. */
export const nearestStop = (at, count, parts) => Math.round((at * (parts - 1)) / (count - 1));
