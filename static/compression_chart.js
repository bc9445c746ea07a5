// Draws bytes against squared error as an SVG: a curve for each way, one of which is chosen.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { perDigit, share, ticks, within } = await import(`./compression.js${version}`);

const SVG = "http://www.w3.org/2000/svg";
const BYTES = [1, 500]; // what has less lies at the left edge, hollow
const ERROR = [0.0003, 0.25];
const ROOM = { left: 48, right: 12, top: 26, bottom: 60 }; // CSS pixels around the plot
const APART = { x: 34, y: 20 }; // CSS pixels between the words of two ticks, at least
const [ROW, WORDS] = [17, 84]; // CSS pixels: of the legend's rows, and their width
const SECOND = 158; // CSS pixels: where the second of the words below begins
const LOW = 200; // CSS pixels: a plot that has no room for the models' names
const MARKS = { WebP: "square", JPEG: "triangle", AVIF: "diamond", PNG: "square" };
const SHAPES = {
  circle: "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z",
  square: "M-.9-.9h1.8v1.8h-1.8z",
  triangle: "M0-1.2L1.15.8h-2.3z",
  diamond: "M0-1.3L1.2 0L0 1.3L-1.2 0z",
  star: "M0-1.5L.43-.46L1.5-.4L.66.25L.95 1.3L0 .7L-.95 1.3L-.66.25L-1.5-.4L-.43-.46z",
};

function element(name, attributes = {}, content = []) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
}

function mark(shape, [x, y], size, attributes) {
  return element("path", {
    d: SHAPES[shape],
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})`,
    ...attributes,
  });
}

/**
 * @typedef {object} Scene
 * @property {Way[]} ways as in compression.js, with name, title and colour
 * @property {{way: Way, step: number}} chosen
 * @property {{bytes: number, error: number} | null} own what the visitor's digit takes there
 * @property {number | null} digits among how many the decoder is shared
 * @property {(value: number) => string} plain writes a tick
 * @property {Record<string, string>} labels x, y, together, alone, yours
 */

/**
 * Draw it anew.
 * @param {HTMLElement} host
 * @param {Scene} scene
 * @returns {{way: Way, step: number, alone: boolean, x: number, y: number}[]} its points
 */
export function draw(host, scene) {
  const { clientWidth: width, clientHeight: height } = host;
  const plot = {
    left: ROOM.left,
    right: width - ROOM.right,
    top: ROOM.top,
    bottom: height - ROOM.bottom,
  };
  const x = (bytes) => plot.left + share(bytes, BYTES) * (plot.right - plot.left);
  const y = (error) => plot.bottom - share(error, ERROR) * (plot.bottom - plot.top);
  const { chosen, digits, labels, own, ways } = scene;
  const last = [...ways.filter((way) => way !== chosen.way), chosen.way]; // on top
  const curves = last.flatMap((way) => {
    const curve = (alone, sizes, errors) =>
      sizes.map((bytes, step) => {
        const inside = within(bytes, BYTES) && within(errors[step], ERROR);
        return { way, step, alone, bytes, inside, x: x(bytes), y: y(errors[step]) };
      });
    const files = curve(true, way.alone, way.aloneErrors);
    const together = curve(false, perDigit(way, digits), way.errors);
    // A model's files of one digit lie as far to the right for all models: one curve will do.
    return way.decoder && way !== chosen.way ? [together] : [files, together];
  });
  const at = curves.flat().findLast((p) => {
    return p.way === chosen.way && p.step === chosen.step && !p.alone;
  });
  const svg = element("svg", { width, height, "aria-hidden": "true" }, [
    ...axes(plot, x, y, scene),
    ...legend(plot, scene),
    ...curves.flatMap((points) => drawn(points, points[0].way === chosen.way)),
    ...names(curves, ways),
    mark("circle", [at.x, at.y], 9, { class: "ring" }),
    ...(own ? yours([x(own.bytes), y(own.error)], plot, labels.yours) : []),
  ]);
  host.replaceChildren(svg);
  return curves.flat();
}

function drawn(points, chosen) {
  const [{ way, alone }] = points;
  const kind = `${chosen ? "chosen" : "other"}${alone ? " alone" : ""}`;
  const shape = MARKS[way.name] ?? "circle";
  const line = points.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" ");
  const marks = points.map((p) =>
    mark(shape, [p.x, p.y], chosen ? 4.5 : 3.2, { class: p.inside ? "point" : "point beyond" }),
  );
  const style = `--colour: ${way.colour}`;
  return [element("g", { class: kind, style }, [element("polyline", { points: line }), ...marks])];
}

// The formats' names stand at the first point of their files: nothing else is so far to the right.
function names(curves, ways) {
  return ways
    .filter((way) => !way.decoder)
    .map((way) => {
      const [first] = curves.find((points) => points[0].way === way && points[0].alone);
      const place = { x: first.x, y: first.y - 9, "text-anchor": "middle" };
      return element("text", place, way.title);
    });
}

function yours([x, y], { right }, word) {
  const beside = x > right - 60 ? { x: x - 12, "text-anchor": "end" } : { x: x + 12 };
  return [
    mark("star", [x, y], 6, { class: "yours" }),
    element("text", { ...beside, y: y + 4, class: "yours" }, word),
  ];
}

function axes(plot, x, y, { digits, plain, labels }) {
  // Where there is no room for 1, 2 and 5: every ten.
  const spaced = (values, place, apart) => {
    const gap = Math.abs(place(values[0]) - place(values[1]));
    return gap >= apart ? values : values.filter((value) => Number.isInteger(Math.log10(value)));
  };
  const down = spaced(ticks(ERROR), y, APART.y);
  const along = spaced(ticks(BYTES), x, APART.x);
  const rule = (x1, y1, x2, y2) => element("line", { x1, y1, x2, y2, class: "rule" });
  const middle = (plot.left + plot.right) / 2;
  return [
    ...along.flatMap((value) => [
      rule(x(value), plot.top, x(value), plot.bottom),
      element(
        "text",
        { x: x(value), y: plot.bottom + 16, "text-anchor": "middle", class: "tick" },
        plain(value),
      ),
    ]),
    ...down.flatMap((value) => [
      rule(plot.left, y(value), plot.right, y(value)),
      element(
        "text",
        { x: plot.left - 6, y: y(value) + 4, "text-anchor": "end", class: "tick" },
        plain(value),
      ),
    ]),
    element(
      "text",
      { x: middle, y: plot.bottom + 34, "text-anchor": "middle" },
      `${digits === null ? labels.x : labels.x_decoder} →`,
    ),
    element("text", { x: 2, y: 14 }, `↑ ${labels.y}`),
  ];
}

// The models' where no curve is: far to the right, with much error. Below, what the lines mean.
function legend(plot, { ways, chosen, labels }) {
  const left = plot.right - WORDS;
  const below = plot.bottom + 52;
  const grey = "var(--st-gray-color)";
  const named = plot.bottom - plot.top < LOW ? [] : ways.filter((way) => way.decoder);
  const entries = [
    ...named.map((way, i) => {
      const bold = way === chosen.way ? "bold" : "";
      return ["chosen", left, plot.top + 12 + ROW * i, way.title, way.colour, bold];
    }),
    ["other", 6, below, labels.together, grey, ""],
    ["other alone", SECOND, below, labels.alone, grey, ""],
  ];
  return entries.flatMap(([kind, x, y, words, colour, bold]) => [
    element("g", { class: kind, style: `--colour: ${colour}` }, [
      element("polyline", { points: `${x},${y - 4} ${x + 18},${y - 4}` }),
    ]),
    element("text", { x: x + 24, y, class: bold }, words),
  ]);
}
