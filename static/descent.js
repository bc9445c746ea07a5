// Gradient descent on a loss of one angle, as in ae/descent.py. Pure: it knows no page.
// tests/static holds it to Python's numbers. Angles are in radians.

/** The loss of one angle: how far a line misses points of the plane. */
export class Valley {
  /** @param {ArrayLike<number>} points of shape (n, 2) */
  constructor(points) {
    const n = points.length / 2;
    const sum = (of) => {
      let total = 0;
      for (let at = 0; at < points.length; at += 2) total += of(points[at], points[at + 1]);
      return total / n;
    };
    const [x, y] = [sum((left) => left), sum((_, up) => up)];
    /** Through which the line goes. */
    this.mean = [x, y];
    this.xx = sum((left) => (left - x) ** 2);
    this.xy = sum((left, up) => (left - x) * (up - y));
    this.yy = sum((_, up) => (up - y) ** 2);
  }

  // Along one direction and another: v C w.
  #covariance([vx, vy], [wx, wy]) {
    return vx * (this.xx * wx + this.xy * wy) + vy * (this.xy * wx + this.yy * wy);
  }

  /** The mean squared distance between the points and the line at an angle. */
  loss(angle) {
    const along = direction(angle);
    return this.xx + this.yy - this.#covariance(along, along);
  }

  /** How much the loss grows per radian. */
  derivative(angle) {
    return -2 * this.#covariance(direction(angle + Math.PI / 2), direction(angle));
  }

  /** The angle of the least loss; the tops are at right angles to it. */
  get bottom() {
    return Math.atan2(2 * this.xy, this.xx - this.yy) / 2;
  }
}

/** @type {(angle: number) => [number, number]} */
export const direction = (angle) => [Math.cos(angle), Math.sin(angle)];

/**
 * @typedef {object} State
 * @property {number} angle
 * @property {number} steps how many were made
 * @property {number} move the last of them
 * @property {number} slopes what Adadelta remembers: running means of squares, of the derivatives
 * @property {number} moves and of the moves before the rate
 */

/** @returns {State} */
export const begun = (angle) => ({ angle, steps: 0, move: 0, slopes: 0, moves: 0 });

/**
 * One step against a derivative.
 * @param {State} state
 * @param {number} derivative
 * @param {{rate: number, adadelta: boolean}} way
 * @param {{rho: number, epsilon: number}} recipe of Adadelta
 * @returns {State}
 */
export function step({ angle, steps, slopes, moves }, derivative, way, { rho, epsilon }) {
  const go = (move, memory) => ({ angle: angle + move, steps: steps + 1, move, ...memory });
  if (!way.adadelta) return go(-way.rate * derivative, { slopes: 0, moves: 0 });
  const slope = rho * slopes + (1 - rho) * derivative ** 2;
  const raw = (-Math.sqrt(moves + epsilon) / Math.sqrt(slope + epsilon)) * derivative;
  return go(way.rate * raw, { slopes: slope, moves: rho * moves + (1 - rho) * raw ** 2 });
}

/** Does a descent lie at the bottom, and stay there? */
export const arrived = (valley, { angle, move }, near) =>
  Math.max(Math.abs(angle - valley.bottom), Math.abs(move)) < near;

/**
 * How many steps are due: they are watched one by one at first, and then faster and faster.
 * @param {number} seconds since the first
 */
export const due = (seconds) => Math.floor(4 * seconds * 2 ** seconds);
