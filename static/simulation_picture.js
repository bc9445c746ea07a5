// Paints a simulation on a canvas: its points in the colours of their codes, PCA's line or plane
// with what it misses, the linear net's, and what the curved net's decoder draws of all codes.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { colourOf, evenly, gridLines, project, rangesOf, ticks } = await import(
  `./simulation_scene.js${version}`
);
const { clamp } = await import(`./raster.js${version}`);
const { write } = await import(`./numbers.js${version}`);
const { stroke } = await import(`./surface.js${version}`);

const DOT = 3.4; // CSS pixels, a point's radius
const BEYOND = 0.12; // of a straight line's length, so that it is seen to go on
const STEPS = 120; // of a curve
const GRID = { pca: [6, 18], linear: [3, 18], curved: [12, 32] }; // lines across a sheet, steps of each
const APART = 34; // CSS pixels between a curve's ticks, at least
const TICK = 6; // CSS pixels to either side of the curve

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {object} scene
 * @param {Camera} scene.camera as in simulation_scene.js
 * @param {number[]} scene.points of shape (n, dimensions)
 * @param {{pca: object, linear: object, curved: object} | null} scene.models each with encode and
 *   decode; null without points
 * @param {Record<string, boolean>} scene.shown which of them are painted
 * @param {number | null} scene.marked the point that the visitor is at
 * @param {number[] | null} scene.cross the keyboard's, left and top
 * @param {object} scene.look colours, the ramp of the codes, the font, how numbers are written
 */
export function paint(context, scene) {
  const { camera, points, models, shown, marked, cross, look } = scene;
  const seen = project(camera, points);
  if (camera.dimensions === 3) box(context, camera, look);
  if (models) {
    if (shown.pca) residuals(context, scene, seen);
    for (const name of ["pca", "linear"]) if (shown[name]) flat(context, name, scene);
    const codes = models.curved.encode(points);
    const size = codes.length / seen.length;
    const [[low, high]] = rangesOf(codes, size);
    const colour = (code) => colourOf(look.ramp, (code - low) / (high - low));
    const shapes = dots(seen, (i) => colour(codes[i * size]), camera);
    if (shown.curved) shapes.push(...bent(scene, codes, size, colour));
    shapes.sort((one, other) => one[0] - other[0]); // stable: in a plane, in this order
    for (const [, draw] of shapes) draw(context);
    if (seen[marked]) mark(context, scene, seen[marked]);
  }
  if (cross) crosshair(context, cross, look);
}

// What distance does to a line or a dot: what is behind is fainter.
const faded = (near) => clamp(0.7 + 0.25 * near, 0.35, 1);

function box(context, camera, { border }) {
  const ends = [-1.2, 1.2];
  const edges = ends.flatMap((a) =>
    ends.flatMap((b) => [
      [-1.2, a, b, 1.2, a, b],
      [a, -1.2, b, a, 1.2, b],
      [a, b, -1.2, a, b, 1.2],
    ]),
  );
  const lines = edges.map((edge) => project(camera, edge));
  stroke(context, lines, { colour: border });
}

// From each point to where PCA draws it.
function residuals(context, { camera, points, models, look }, seen) {
  const drawn = project(camera, models.pca.decode(models.pca.encode(points)));
  const lines = seen.map((place, i) => [place, drawn[i]]);
  stroke(context, lines, { colour: look.text, alpha: 0.3 });
}

// PCA's line or plane, and the linear net's.
function flat(context, name, { camera, points, models, look }) {
  const model = models[name];
  const codes = model.encode(points);
  const size = (codes.length / points.length) * camera.dimensions;
  const ranges = rangesOf(codes, size);
  const drawn = (rows) => project(camera, model.decode(rows));
  const style = {
    pca: { colour: look.text, width: 2 },
    linear: { colour: look.linear, width: 3, dash: [7, 6] },
  }[name];
  if (size === 2) {
    const lines = gridLines(codes, ranges, ...GRID[name]).map((line) => drawn(line.codes.flat()));
    stroke(context, lines, { ...style, width: style.width / 2, alpha: 0.7, dash: [] });
    return;
  }
  const [[low, high]] = ranges;
  const more = BEYOND * (high - low);
  stroke(context, [drawn([low - more, high + more])], style);
}

function dots(seen, colour, { dimensions }) {
  return seen.map(([left, top, near], i) => [
    near,
    (context) => {
      context.globalAlpha = dimensions === 2 ? 0.8 : faded(near);
      context.fillStyle = colour(i);
      context.beginPath();
      context.arc(left, top, DOT * (dimensions === 2 ? 1 : 1 + 0.2 * near), 0, 2 * Math.PI);
      context.fill();
      context.globalAlpha = 1;
    },
  ]);
}

// What the curved net's decoder draws of all codes between those of the points: a curve, which is
// a ruler of the codes, or the grid of a sheet. In pieces: [distance towards the viewer, paint it].
function bent({ camera, models, look }, codes, size, colour) {
  const decode = (rows) => project(camera, models.curved.decode(rows));
  const ranges = rangesOf(codes, size);
  const pieces = (places, style) =>
    places
      .slice(1)
      .map((end, i) => [
        (places[i][2] + end[2]) / 2,
        (context) => stroke(context, [[places[i], end]], style(i)),
      ]);
  if (size === 2)
    return gridLines(codes, ranges, ...GRID.curved).flatMap(({ number, value, codes: along }) => {
      const places = decode(along.flat());
      return pieces(places, (i) => ({
        colour: colour(number ? along[i][0] : value),
        width: 1.6,
        alpha: faded(places[i][2]),
      }));
    });
  const along = evenly(ranges[0], STEPS);
  const places = decode(along);
  return [
    [0, (context) => stroke(context, [places], { colour: look.background, width: 6 })],
    ...pieces(places, (i) => ({ colour: colour(along[i]), width: 4 })),
    [0, (context) => ruler(context, ranges[0], places, decode, colour, look)],
  ];
}

// Ticks across the curve, at round codes, and these beside them.
function ruler(context, range, places, decode, colour, look) {
  const length = places
    .slice(1)
    .reduce((sum, [x, y], i) => sum + Math.hypot(x - places[i][0], y - places[i][1]), 0);
  const { values, decimals } = ticks(range, clamp(length / APART, 1, 8));
  const little = (range[1] - range[0]) / STEPS;
  context.font = `600 12px ${look.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const value of values) {
    const [before, [left, top], after] = decode([value - little, value, value + little]);
    const [right, down] = [after[0] - before[0], after[1] - before[1]];
    const step = Math.hypot(right, down);
    if (!step) continue; // all codes in one place
    const [across, along] = [-down / step, right / step];
    const ends = [-TICK, TICK].map((away) => [left + away * across, top + away * along]);
    stroke(context, [ends], { colour: look.background, width: 5 });
    stroke(context, [ends], { colour: colour(value), width: 2.5 });
    const place = [left + 17 * across, top + 17 * along];
    context.lineWidth = 4;
    context.strokeStyle = look.background;
    context.strokeText(write(value, decimals, look.separators), ...place);
    context.fillStyle = look.text;
    context.fillText(write(value, decimals, look.separators), ...place);
  }
}

// A ring around a point, and where the curved net draws it.
function mark(context, { camera, points, models, marked, look }, [left, top]) {
  const { dimensions } = camera;
  const point = points.slice(marked * dimensions, (marked + 1) * dimensions);
  const [drawn] = project(camera, models.curved.decode(models.curved.encode(point)));
  stroke(context, [[[left, top], drawn]], { colour: look.text, width: 2 });
  context.beginPath();
  context.arc(left, top, DOT + 4, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = look.text;
  context.stroke();
}

function crosshair(context, [left, top], { background, text }) {
  const lines = [
    [
      [left - 10, top],
      [left + 10, top],
    ],
    [
      [left, top - 10],
      [left, top + 10],
    ],
  ];
  stroke(context, lines, { colour: background, width: 5 });
  stroke(context, lines, { colour: text, width: 2 });
}
