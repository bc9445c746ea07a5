// How many equal tiles fit into a rectangle, and how large they are then. Pure.

/**
 * Find the columns with which so many tiles are largest.
 * @param {number} count
 * @param {[number, number]} room its width and height
 * @param {object} tile
 * @param {number} tile.gap between two of them
 * @param {number} tile.largest side that it may have
 * @param {number} [tile.across] its width, in sides
 * @param {number} [tile.foot] what stands below it
 * @returns {{columns: number, side: number}} a whole side, 1 at least
 */
export function fit(count, [width, height], { gap, largest, across = 1, foot = 0 }) {
  let best = { columns: 1, side: 1 };
  for (let columns = 1; columns <= Math.max(count, 1); columns++) {
    const rows = Math.ceil(Math.max(count, 1) / columns);
    const wide = ((width + gap) / columns - gap) / across;
    const high = (height + gap) / rows - gap - foot;
    const side = Math.floor(Math.min(wide, high, largest));
    if (side > best.side) best = { columns, side };
  }
  return best;
}
