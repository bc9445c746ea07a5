// static/simulation.js and simulation_scene.js against what test_latent.py wrote with
// ae/simulations.py: the same points and starts as the browser gets, and how NumPy trains on them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { open } from "../../static/packed.js";
import { PCA, sizeOf, Training } from "../../static/simulation.js";
import {
  axesOf,
  colourOf,
  evenly,
  gridLines,
  nearest,
  project,
  rangesOf,
  ticks,
  unproject,
} from "../../static/simulation_scene.js";

const CLOSE = 1e-9; // both add up float64, in another order

const folder = join(process.env.GARGALO_ORACLE, "simulations");
const { trainings, fits } = JSON.parse(readFileSync(join(folder, "oracle.json"), "utf-8"));
const { header, read } = open(new Uint8Array(readFileSync(join(folder, "packed"))));

function close(actual, expected, what, tolerance = CLOSE) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const miss = Math.abs(actual[i] - value);
    assert(miss <= tolerance, `${what}[${i}]: ${actual[i]}, not ${value}`);
  });
}

const madeOf = (name) => header.made.find((made) => made.name === name);

function started({ made, kind, seed }) {
  const widths = madeOf(made).widths[kind];
  const starts = read(widths.join("-"));
  const size = sizeOf(widths);
  assert.equal(starts.length, header.seeds * size);
  const start = starts.subarray(seed * size, (seed + 1) * size);
  return new Training(widths, start, read(made), header.recipe);
}

describe("training", () => {
  for (const oracle of trainings)
    test(`${oracle.made}, ${oracle.kind}, start ${oracle.seed}: as in NumPy`, () => {
      const training = started(oracle);
      const losses = { 0: training.loss };
      while (training.epoch < 100) {
        training.step();
        losses[training.epoch] = training.loss;
      }
      for (const [epoch, loss] of Object.entries(oracle.losses))
        close([losses[epoch]], [loss], `loss after ${epoch}`);
      const codes = training.encode(read(oracle.made));
      close(codes, oracle.codes, "codes", 1e-7);
      close(training.decode(codes), oracle.drawn, "places", 1e-7);
    });

  test("ends when its epochs are over, and is the same again", () => {
    const [one, other] = [started(trainings[0]), started(trainings[0])];
    for (const training of [one, other]) while (!training.done) training.step();
    assert.equal(one.epoch, header.recipe.epochs);
    assert.deepEqual(one.parameters, other.parameters);
  });

  test("goes on with other points", () => {
    const training = started(trainings[0]);
    const before = training.loss;
    const points = Array.from(read(trainings[0].made)).map((value) => 2 * value);
    training.see(points);
    const miss = training
      .decode(training.encode(points))
      .reduce((sum, value, at) => sum + (value - points[at]) ** 2, 0);
    close([training.loss], [miss / (points.length / training.widths[0])], "loss");
    assert.notEqual(training.loss, before);
    training.step();
    assert(Number.isFinite(training.loss));
  });

  test("stands one point, and many in one place", () => {
    for (const points of [[0.5, -1], Array(40).fill(0.25)]) {
      const { widths, parameters } = started(trainings.find(({ kind }) => kind === "curved"));
      const training = new Training(widths, parameters, points, header.recipe);
      while (!training.done) training.step();
      assert(training.loss < 1e-4, `${training.loss}`);
    }
  });
});

describe("PCA", () => {
  for (const { made, mean, components, loss, codes, drawn } of fits)
    test(`${made}: as in NumPy`, () => {
      const { dimensions, size } = madeOf(made);
      const pca = new PCA(read(made), dimensions, size);
      close(pca.mean, mean, "mean");
      close(pca.components.flat(), components.flat(), "components");
      close([pca.loss], [loss], "loss");
      close(pca.encode(read(made)), codes, "codes");
      close(pca.decode(codes), drawn, "places");
    });

  test("stands points in one place and points in a row", () => {
    const same = new PCA([1, 2, 1, 2, 1, 2], 2, 1);
    assert.equal(same.loss, 0);
    assert.deepEqual([...same.decode(same.encode([1, 2]))], [1, 2]);
    const row = new PCA([0, 0, 0, 1, 1, 1, 2, 2, 2], 3, 2);
    assert(row.loss < CLOSE);
    close(row.components[0], Array(3).fill(Math.sqrt(1 / 3)), "direction");
  });
});

describe("scene", () => {
  const flat = { dimensions: 2, yaw: 0, pitch: 0, scale: 100, middle: [200, 150] };
  const turned = { ...flat, dimensions: 3, yaw: 0.7, pitch: -0.4 };

  test("the screen's axes stand at right angles", () => {
    const axes = axesOf(turned);
    axes.forEach((one, i) => {
      axes.forEach((other, j) => {
        const product = one.reduce((sum, part, k) => sum + part * other[k], 0);
        close([product], [Number(i === j)], `${i} by ${j}`);
      });
    });
  });

  test("what is seen is found again where it is", () => {
    assert.deepEqual(project(flat, [1, 0.5]), [[300, 100, 0]]);
    for (const [camera, place] of [
      [flat, [0.3, -1.1]],
      [turned, [0.3, -1.1, 0.8]],
    ])
      close(unproject(camera, project(camera, place)[0]), place, "place");
  });

  test("nearest: within reach, the last of those that lie alike", () => {
    const seen = [
      [10, 10],
      [20, 10],
      [20, 10],
    ];
    assert.equal(nearest(seen, [12, 10], 5), 0);
    assert.equal(nearest(seen, [20, 12], 5), 2);
    assert.equal(nearest(seen, [40, 10], 5), null);
    assert.equal(nearest([], [0, 0], Number.POSITIVE_INFINITY), null);
  });

  test("ranges, even steps and round ticks", () => {
    assert.deepEqual(rangesOf([1, 5, -2, 7], 2), [
      [-2, 1],
      [5, 7],
    ]);
    assert.deepEqual(evenly([0, 1], 5), [0, 0.25, 0.5, 0.75, 1]);
    const { values, decimals } = ticks([-1.55, 2.04], 8);
    close(values, [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2], "ticks");
    assert.equal(decimals, 1);
    assert.deepEqual(ticks([0, 400], 5), { values: [0, 100, 200, 300, 400], decimals: 0 });
    assert.deepEqual(ticks([3, 3], 5).values, []);
    for (const span of [0.003, 0.07, 1, 6, 90]) {
      const found = ticks([0.1, 0.1 + span], 6);
      assert(found.values.length > 1 && found.values.length < 8, `${span}: ${found.values}`);
      const written = found.values.map((value) => value.toFixed(found.decimals));
      assert.equal(new Set(written).size, written.length);
    }
  });

  test("a sheet's lines end where the codes do", () => {
    const codes = evenly([0, 1], 11).flatMap((a) => evenly([0, a], 11).flatMap((b) => [a, b]));
    const lines = gridLines(codes, rangesOf(codes, 2), 5, 41);
    assert(lines.some(({ number }) => number === 0) && lines.some(({ number }) => number === 1));
    for (const { number, value, codes: places } of lines)
      for (const place of places) {
        assert.equal(place[number], value);
        assert(place[1] - place[0] < 0.4, `${place}: far from the triangle`);
      }
  });

  test("colours between those of a ramp", () => {
    const ramp = ["#000000", "#0000ff", "#ff0000"];
    assert.equal(colourOf(ramp, 0), "rgb(0,0,0)");
    assert.equal(colourOf(ramp, 0.25), "rgb(0,0,128)");
    assert.equal(colourOf(ramp, 1), "rgb(255,0,0)");
    assert.equal(colourOf(ramp, Number.NaN), "rgb(0,0,0)"); // all codes are the same
  });
});
