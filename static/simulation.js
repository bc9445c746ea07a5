// PCA and the training of small autoencoders on points, as ae/simulations.py does both; the sources
// of the formulas stand there. Pure.

/**
 * @typedef {object} Recipe of a training: ae/simulations.py has its numbers
 * @property {number} epochs
 * @property {number} rate Adam's, at the start
 * @property {number} meanDecay
 * @property {number} squareDecay
 * @property {number} epsilon
 */

/**
 * @typedef {object} Layer a part of a net's parameters
 * @property {number} inputs
 * @property {number} units
 * @property {number} weights where they begin, row by row of shape (inputs, units)
 * @property {number} bias where it begins
 * @property {boolean} bends by tanh: neither the code's layer nor the last
 */

/**
 * @param {number[]} widths units of each layer, the code's in the middle
 * @returns {Layer[]}
 */
export function layersOf(widths) {
  let at = 0;
  return widths.slice(1).map((units, i) => {
    const inputs = widths[i];
    const [weights, bias] = [at, at + inputs * units];
    at = bias + units;
    const bends = ![widths.length >> 1, widths.length - 1].includes(i + 1);
    return { inputs, units, weights, bias, bends };
  });
}

/** Weights and biases of a net: how many. */
export const sizeOf = (widths) =>
  layersOf(widths).reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);

/**
 * The training of a net, epoch by epoch, each of them one step of Adam with all points.
 *
 * One point at a time goes through all layers and back, in rows of numbers that are made once: an
 * epoch of 300 points is 0.2 ms.
 */
export class Training {
  /**
   * @param {number[]} widths
   * @param {ArrayLike<number>} start the parameters, of shape (sizeOf(widths))
   * @param {ArrayLike<number>} points of shape (n, widths[0]), at least one
   * @param {Recipe} recipe
   */
  constructor(widths, start, points, recipe) {
    this.widths = widths;
    this.layers = layersOf(widths);
    this.recipe = recipe;
    this.points = points;
    this.parameters = Float64Array.from(start);
    this.mean = new Float64Array(start.length);
    this.square = new Float64Array(start.length);
    this.gradient = new Float64Array(start.length);
    this.activations = widths.map((units) => new Float64Array(units));
    this.deltas = widths.map((units) => new Float64Array(units));
    this.epoch = 0;
    this.differentiate();
  }

  /** Go on with other points. */
  see(points) {
    this.points = points;
    this.differentiate();
  }

  get done() {
    return this.epoch === this.recipe.epochs;
  }

  /** Train for one epoch; `loss` is then the mean error after it. */
  step() {
    const { epochs, rate, meanDecay, squareDecay, epsilon } = this.recipe;
    const { parameters, mean, square, gradient } = this;
    const size = rate * (1 - this.epoch / epochs);
    this.epoch += 1;
    const meanLeft = 1 - meanDecay ** this.epoch;
    const squareLeft = 1 - squareDecay ** this.epoch;
    for (let i = 0; i < parameters.length; i++) {
      mean[i] += (1 - meanDecay) * (gradient[i] - mean[i]);
      square[i] += (1 - squareDecay) * (gradient[i] ** 2 - square[i]);
      parameters[i] -=
        (size * (mean[i] / meanLeft)) / (Math.sqrt(square[i] / squareLeft) + epsilon);
    }
    this.differentiate();
  }

  // The mean error over the points, and its derivatives by the parameters.
  differentiate() {
    const { points, widths, activations, gradient } = this;
    const [dimensions] = widths;
    const n = points.length / dimensions;
    gradient.fill(0);
    let sum = 0;
    for (let point = 0; point < points.length; point += dimensions) {
      for (let j = 0; j < dimensions; j++) activations[0][j] = points[point + j];
      this.forward(0, this.layers.length);
      const [end, delta] = [activations.at(-1), this.deltas.at(-1)];
      for (let j = 0; j < dimensions; j++) {
        const missed = end[j] - points[point + j];
        sum += missed * missed;
        delta[j] = (2 * missed) / n;
      }
      this.backward();
    }
    this.loss = sum / n;
  }

  // From what layer `first` gets, in its activations, to what layer `last` - 1 gives.
  forward(first, last) {
    const { parameters } = this;
    for (let l = first; l < last; l++) {
      const { inputs, units, weights, bias, bends } = this.layers[l];
      const [a, b] = [this.activations[l], this.activations[l + 1]];
      for (let j = 0; j < units; j++) {
        let sum = parameters[bias + j];
        for (let i = 0; i < inputs; i++) sum += a[i] * parameters[weights + i * units + j];
        b[j] = bends ? Math.tanh(sum) : sum;
      }
    }
  }

  // From the derivatives by what the last layer gives, in its deltas, to those by all parameters.
  backward() {
    const { parameters, gradient } = this;
    for (let l = this.layers.length - 1; l >= 0; l--) {
      const { inputs, units, weights, bias, bends } = this.layers[l];
      const [a, b] = [this.activations[l], this.activations[l + 1]];
      const [before, delta] = [this.deltas[l], this.deltas[l + 1]];
      for (let j = 0; j < units; j++) {
        if (bends) delta[j] *= 1 - b[j] * b[j];
        gradient[bias + j] += delta[j];
      }
      for (let i = 0; i < inputs; i++) {
        const row = weights + i * units;
        let sum = 0;
        for (let j = 0; j < units; j++) {
          gradient[row + j] += a[i] * delta[j];
          sum += parameters[row + j] * delta[j];
        }
        before[i] = sum;
      }
    }
  }

  /** Codes of points: (n, dimensions) -> (n, code size). */
  encode(points) {
    return this.through(points, 0);
  }

  /** Places of codes: (n, code size) -> (n, dimensions). */
  decode(codes) {
    return this.through(codes, this.layers.length / 2);
  }

  through(rows, first) {
    const last = first + this.layers.length / 2;
    const [inputs, units] = [this.widths[first], this.widths[last]];
    const given = new Float64Array((rows.length / inputs) * units);
    for (let at = 0, to = 0; at < rows.length; at += inputs, to += units) {
      for (let i = 0; i < inputs; i++) this.activations[first][i] = rows[at + i];
      this.forward(first, last);
      given.set(this.activations[last], to);
    }
    return given;
  }
}

/** The line or plane of closest fit. */
export class PCA {
  /**
   * @param {ArrayLike<number>} points of shape (n, dimensions), at least one
   * @param {number} dimensions
   * @param {number} size numbers per code
   */
  constructor(points, dimensions, size) {
    const n = points.length / dimensions;
    const axes = [...Array(dimensions).keys()];
    const over = (value) => {
      let sum = 0;
      for (let at = 0; at < points.length; at += dimensions) sum += value(at);
      return sum / n;
    };
    this.mean = axes.map((j) => over((at) => points[at + j]));
    const away = (at, j) => points[at + j] - this.mean[j];
    const covariance = axes.map((i) => axes.map((j) => over((at) => away(at, i) * away(at, j))));
    const directions = principal(covariance);
    this.components = directions.slice(0, size).map(({ vector }) => vector);
    // What the directions that are left out vary by: the mean error.
    this.loss = directions.slice(size).reduce((sum, { value }) => sum + Math.max(value, 0), 0);
  }

  /** Codes of points: (n, dimensions) -> (n, code size). */
  encode(points) {
    const { mean, components } = this;
    const size = components.length;
    return Float64Array.from({ length: (points.length / mean.length) * size }, (_, at) => {
      const point = Math.floor(at / size) * mean.length;
      return mean.reduce(
        (sum, m, j) => sum + (points[point + j] - m) * components[at % size][j],
        0,
      );
    });
  }

  /** Places of codes: (n, code size) -> (n, dimensions). */
  decode(codes) {
    const { mean, components } = this;
    const size = components.length;
    return Float64Array.from({ length: (codes.length / size) * mean.length }, (_, at) => {
      const [code, j] = [Math.floor(at / mean.length) * size, at % mean.length];
      return components.reduce((sum, row, k) => sum + codes[code + k] * row[j], mean[j]);
    });
  }
}

// Eigenvalues and eigenvectors of a small symmetric matrix, the largest first. A rotation in each
// pair of axes makes its entry zero, again and again (Golub & Van Loan, "Matrix Computations", 4th
// edition, 2013, section 8.5: the cyclic Jacobi method).
function principal(matrix) {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  const vectors = a.map((_, i) => a.map((_, j) => Number(i === j))); // rows
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (!a[p][q]) continue;
        const angle = Math.atan2(2 * a[p][q], a[p][p] - a[q][q]) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const turn = (x, y) => [c * x + s * y, c * y - s * x];
        for (let k = 0; k < n; k++) [a[k][p], a[k][q]] = turn(a[k][p], a[k][q]);
        for (let k = 0; k < n; k++) [a[p][k], a[q][k]] = turn(a[p][k], a[q][k]);
        for (let k = 0; k < n; k++)
          [vectors[p][k], vectors[q][k]] = turn(vectors[p][k], vectors[q][k]);
      }
    }
  }
  return vectors
    .map((vector, i) => ({ value: a[i][i], vector: pointed(vector) }))
    .sort((one, other) => other.value - one.value);
}

// Its largest entry in size is positive, so that the same points give the same direction.
function pointed(vector) {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most));
  return vector.map((x) => x * Math.sign(largest));
}
