// A map of codes on a canvas, and the decoder that draws the digit of any place of it.
// The Python side, and how a chart is packed, is ui/components/map_canvas.py.

// One for each digit 0-9. Found by a search for ten colours with a contrast of 2.4 or more to both the light and the
// dark background, as far apart as can be in OKLab for normal, deutan, protan and tritan eyes at once (Machado et al.,
// "A physiologically-based model for simulation of color vision deficiency", 2009); digits that look alike got the
// colours that differ most. None is blue: that is the star's.
const PALETTE = "#977b2f #b38eff #00847b #d99700 #8e1ca1 #8400ff #d92fbd #2f5e42 #b30000 #00b397".split(" ");

const SIDE = 28;
const NEIGHBOURS = 10; // as in ae/atlas.py
const MARGIN = 28; // CSS pixels between the outermost point and the edge
const MAX_ZOOM = 60;
const FEW = 150; // with fewer points in view, each is drawn as its picture
const BADGE = 11; // CSS pixels, the radius of a numeral's disc
const GLIDE = 40; // milliseconds
const STEP = 0.02; // of the view, for an arrow key

const charts = new Map(); // id -> chart, the latest few
const maps = new Map(); // host element -> Atlas, those in the page

// Streamlit calls this for both elements: at mount, at every change of `data` and at every change of theme.
export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".code-map");
  if (!host) return receive(data);
  if (!maps.has(host)) maps.set(host, new Atlas(host));
  const atlas = maps.get(host);
  atlas.update(data);
  // Also called for an update that a newer one overtook, while the map is in use.
  return () => host.isConnected || atlas.destroy();
}

function receive(bytes) {
  const id = new TextDecoder().decode(bytes.subarray(0, 16));
  const chart = charts.get(id) ?? unpack(bytes, id);
  charts.delete(id);
  charts.set(id, chart);
  if (charts.size > 4) charts.delete(charts.keys().next().value);
  for (const atlas of maps.values()) atlas.settle();
}

function unpack(bytes, id) {
  const { buffer } = bytes.slice(); // a copy of its own begins at a multiple of 4
  const size = new DataView(buffer).getUint32(16, true);
  const { activations, arrays } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 20, size)));
  const types = { int16: Int16Array, uint8: Uint8Array, float32: Float32Array };
  const read = (name) => {
    const { dtype, shape, offset, scale } = arrays[name];
    const raw = new types[dtype](buffer, 20 + size + offset, shape.reduce((a, b) => a * b));
    return scale ? Float32Array.from(raw, (value) => value * scale) : raw;
  };
  const layers = activations.map((activation, i) => {
    return { activation, weights: read(`weights${i}`), bias: read(`bias${i}`) };
  });
  const [points, digits, codes] = ["points", "digits", "codes"].map(read);
  const inverse = arrays.mean ? { mean: read("mean"), axes: read("axes") } : null;
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  const ends = (values) => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const median = (values) => values.sort()[values.length >> 1];
  const medianOf = (digit) => [xs, ys].map((values) => median(values.filter((_, i) => digits[i] === digit)));
  const box = [ends(xs), ends(ys)];
  const middle = box.map(([low, high]) => (low + high) / 2);
  const units = arrays.codes.shape[1];
  const medians = PALETTE.map((_, digit) => medianOf(digit));
  return { id, layers, points, digits, codes, units, inverse, ends: box, middle, medians };
}

// The decoder, as in ae/model.py: (units) -> (784) in [0, 1].
function decode({ layers }, code) {
  return layers
    .reduce((inputs, { weights, bias, activation }) => {
      const out = bias.slice();
      inputs.forEach((input, i) => {
        if (input) for (let j = 0, at = i * out.length; j < out.length; j++) out[j] += input * weights[at + j];
      });
      if (activation === "relu") return out.map((value) => Math.max(value, 0));
      return activation === "sigmoid" ? out.map((value) => 1 / (1 + Math.exp(-value))) : out;
    }, code)
    .map((value) => Math.min(Math.max(value, 0), 1));
}

function meanCode({ codes, units }, indices, weights = indices.map(() => 1)) {
  const total = weights.reduce((a, b) => a + b);
  const code = new Float32Array(units);
  indices.forEach((index, i) => {
    for (let unit = 0; unit < units; unit++) code[unit] += (codes[index * units + unit] * weights[i]) / total;
  });
  return code;
}

function codeAt(chart, x, y) {
  const { inverse, units } = chart;
  if (inverse) return inverse.mean.map((mean, unit) => mean + x * inverse.axes[unit] + y * inverse.axes[units + unit]);
  const near = nearest(chart, x, y, NEIGHBOURS);
  if (!near[0].distance) return meanCode(chart, [near[0].index]);
  const weights = near.map(({ distance }) => 1 / distance);
  return meanCode(chart, near.map(({ index }) => index), weights);
}

function nearest({ points }, x, y, count) {
  const found = [];
  for (let index = 0; index < points.length / 2; index++) {
    const distance = Math.hypot(points[2 * index] - x, points[2 * index + 1] - y);
    if (found.length === count && distance >= found[count - 1].distance) continue;
    let at = found.length;
    while (at && found[at - 1].distance > distance) at--;
    found.splice(at, 0, { index, distance });
    if (found.length > count) found.pop();
  }
  return found;
}

// Which points lie in a polygon: a ray from each to the right crosses its outline an odd number of times.
function enclosed({ points }, polygon) {
  const crosses = (x, y) => ([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    return y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1);
  };
  const inside = [];
  for (let i = 0; i < points.length / 2; i++) {
    if (polygon.filter(crosses(points[2 * i], points[2 * i + 1])).length % 2) inside.push(i);
  }
  return inside;
}

// A digit as a small canvas: its ink in one colour on nothing, or white on black.
function picture(pixels, colour, canvas = document.createElement("canvas")) {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  pixels.forEach((ink, i) => {
    const grey = Math.round(255 * ink);
    image.data.set(colour ? [...rgb(colour), grey] : [grey, grey, grey, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const between = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

class Atlas {
  constructor(host) {
    this.host = host;
    for (const name of ["map", "picture", "words", "said", "lasso", "zoom_in", "zoom_out", "reset"]) {
      this[name] = host.querySelector(`.${name}`);
    }
    this.ground = document.createElement("canvas"); // the points, which change with the view only
    this.pointers = new Map(); // those that are down
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.map);

    const on = (element, name, act, options) => element.addEventListener(name, act.bind(this), options);
    on(this.map, "pointerdown", this.pressed);
    on(this.map, "pointermove", this.moved);
    on(this.map, "pointerup", this.released);
    on(this.map, "pointercancel", this.released);
    on(this.map, "pointerleave", () => this.change({ hover: null }));
    on(this.map, "wheel", this.wheeled, { passive: false });
    // Two fingers are ours from the start, else the browser might take their first move for scrolling.
    on(this.map, "touchstart", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    on(this.map, "keydown", this.keyed);
    on(this.zoom_in, "click", () => this.zoomAt(this.focus(), 1.6));
    on(this.zoom_out, "click", () => this.zoomAt(this.focus(), 1 / 1.6));
    on(this.reset, "click", () => this.zoomAt(this.focus(), 0));
    on(this.lasso, "click", () => this.change({ lassoing: !this.lassoing, polygon: null, group: null }));
  }

  update(data) {
    const labels = Object.fromEntries(data.labels);
    this.wanted = { data, labels };
    for (const name of ["lasso", "zoom_in", "zoom_out", "reset"]) {
      this[name].title = labels[name];
      this[name].setAttribute("aria-label", labels[name]);
    }
    this.map.setAttribute("aria-label", labels.label);
    this.settle();
  }

  // Once the chart that the data speak of is here; until then the old map stays.
  settle() {
    const { data } = this.wanted;
    const chart = charts.get(data.chart) ?? (this.chart?.id === data.chart ? this.chart : null);
    if (!chart) return;
    Object.assign(this, this.wanted);
    if (chart.id !== this.chart?.id) {
      const [x, y] = chart.middle;
      Object.assign(this, { chart, view: { x, y, zoom: 1 }, pictures: new Map(), star: null });
      this.change({ hover: null, pin: null, polygon: null, group: null });
    }
    this.colours = this.readColours();
    this.glide();
    this.host.dataset.chart = chart.id;
    this.change();
  }

  readColours() {
    const style = getComputedStyle(this.host);
    const colour = (name) => style.getPropertyValue(`--st-${name}-color`).trim();
    const [text, background, primary] = ["text", "background", "primary"].map(colour);
    return { text, background, primary, font: style.fontFamily };
  }

  glide() {
    const to = this.data.star;
    const still = !this.star || !to || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (to && this.gliding && between(to, this.gliding.to) === 0) return;
    this.gliding = still ? null : { from: this.star, to, start: performance.now() };
    if (still) this.star = to;
  }

  // Everything that the visitor or Python changes goes through here: the panel and the map follow with the next frame.
  change(state = {}, announce = false) {
    Object.assign(this, state);
    this.untold = true;
    this.announced ||= announce;
    this.draw();
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  // Where things are. Map units are the chart's, y upwards; on the screen CSS pixels, y downwards.

  get size() {
    return [this.map.clientWidth, this.map.clientHeight];
  }

  get scale() {
    const fits = this.chart.ends.map(([low, high], i) => Math.max(this.size[i] - 2 * MARGIN, 1) / (high - low || 1));
    return Math.min(...fits) * this.view.zoom;
  }

  toScreen(x, y) {
    const { scale, size, view } = this;
    return [size[0] / 2 + (x - view.x) * scale, size[1] / 2 - (y - view.y) * scale];
  }

  toMap([left, top]) {
    const { scale, size, view } = this;
    return [view.x + (left - size[0] / 2) / scale, view.y - (top - size[1] / 2) / scale];
  }

  // Not out of what the whole map shows: zooming in then keeps what is under the pointer there.
  pan(right, down) {
    const { scale, size, view, chart } = this;
    [view.x, view.y] = [view.x - right / scale, view.y + down / scale].map((middle, i) => {
      const slack = ((size[i] / 2) * (view.zoom - 1)) / scale;
      return clamp(middle, chart.middle[i] - slack, chart.middle[i] + slack);
    });
    this.draw();
  }

  zoomAt([left, top], factor) {
    if (!this.chart) return;
    const [x, y] = this.toMap([left, top]);
    this.view.zoom = clamp(this.view.zoom * factor, 1, MAX_ZOOM);
    const [right, down] = this.toScreen(x, y);
    this.pan(left - right, top - down);
    this.change({ hover: null });
  }

  // Where buttons and keys zoom.
  focus() {
    return this.pin ? this.toScreen(...this.spot(this.pin)) : this.size.map((length) => length / 2);
  }

  // A place, and the point that lies there if one does.
  look(at, touch = false) {
    const [x, y] = this.toMap(at);
    const [near] = nearest(this.chart, x, y, 1);
    const reach = this.few ? this.side / 2 : this.radius + (touch ? 5 : 1.5);
    return { x, y, index: near.distance * this.scale <= reach ? near.index : null };
  }

  spot({ x, y, index }) {
    return index === null ? [x, y] : this.chart.points.subarray(2 * index, 2 * index + 2);
  }

  // The picture

  paint() {
    const { chart, host, map, view } = this;
    const [width, height] = this.size;
    if (!chart || !width || !height) return; // in a hidden tab: the ResizeObserver calls again when it is shown
    const ratio = devicePixelRatio;
    if (map.width !== Math.round(width * ratio) || map.height !== Math.round(height * ratio)) {
      Object.assign(map, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
      this.pan(0, 0);
    }
    const ground = JSON.stringify([chart.id, view, width, height, ratio, this.colours]);
    if (ground !== this.painted) this.painted = this.paintGround(ratio) ? ground : null;
    const context = map.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, map.width, map.height);
    context.drawImage(this.ground, 0, 0);
    context.scale(ratio, ratio);
    this.paintMarks(context);
    if (this.untold) this.tell();
    this.updateCursor();
    if (this.gliding || !this.painted) this.draw();

    host.dataset.view = [view.x, view.y, this.scale].join();
    host.dataset.zoom = view.zoom.toFixed(2);
    host.dataset.drawn = this.few ? "pictures" : "dots";
    host.dataset.pin = this.pin ? this.spot(this.pin).join() : "";
    host.dataset.star = this.star?.join() ?? ""; // on its way for a moment
    if ("revision" in this.labels) host.dataset.revision = this.labels.revision;
  }

  // True if all of it is there: many pictures are decoded over several frames.
  paintGround(ratio) {
    const { chart, ground, map, colours } = this;
    const { points, digits } = chart;
    const [width, height] = this.size;
    Object.assign(ground, { width: map.width, height: map.height });
    const context = ground.getContext("2d");
    context.scale(ratio, ratio);
    this.radius = clamp(Math.min(width, height) / 230, 1.5, 2.2) * this.view.zoom ** 0.3;
    this.side = clamp(0.8 * Math.sqrt((width * height) / FEW), 26, 44); // of a picture
    const [x, y] = [width, height].map((length) => length / 2 + this.side / 2);
    const { scale, view } = this; // once, and not in toScreen for each of 5,000
    const seen = [];
    for (let i = 0; i < digits.length; i++) {
      const left = width / 2 + (points[2 * i] - view.x) * scale;
      const top = height / 2 - (points[2 * i + 1] - view.y) * scale;
      if (Math.abs(left - width / 2) < x && Math.abs(top - height / 2) < y) seen.push([i, left, top]);
    }
    this.few = seen.length < FEW;
    if (this.few) return this.paintPictures(context, seen);
    const dots = seen.map(([i, left, top]) => [digits[i], left * ratio, top * ratio]);
    stamp(context, this.radius * ratio, dots);
    this.paintNumerals(context);
    return true;
  }

  // In the middle of each digit's points its numeral, ringed in their colour: the legend, where one looks for it.
  paintNumerals(context) {
    const { chart, colours } = this;
    const medians = chart.medians.map(([x, y]) => this.toScreen(x, y));
    Object.assign(context, { font: `700 16px ${colours.font}`, textAlign: "center", textBaseline: "middle" });
    context.lineWidth = 3;
    apart(medians, 2 * BADGE + 1).forEach(([left, top], digit) => {
      const disc = ring(left, top, BADGE);
      context.fillStyle = colours.background;
      context.fill(disc);
      context.strokeStyle = PALETTE[digit];
      context.stroke(disc);
      context.fillStyle = colours.text;
      context.fillText(digit, left, top + 1);
    });
  }

  paintPictures(context, seen) {
    const { chart, colours, pictures, side } = this;
    const until = performance.now() + 8;
    if (pictures.size > 1000) pictures.clear();
    context.imageSmoothingEnabled = false;
    let complete = true;
    for (const [i, left, top] of seen) {
      if (!pictures.has(i) && performance.now() < until) {
        pictures.set(i, picture(decode(chart, meanCode(chart, [i])), PALETTE[chart.digits[i]]));
      }
      complete &&= pictures.has(i);
      if (!pictures.has(i)) continue;
      const box = [left - side / 2, top - side / 2, side, side];
      Object.assign(context, { globalAlpha: 0.75, fillStyle: colours.background });
      context.fillRect(...box);
      context.globalAlpha = 1;
      context.drawImage(pictures.get(i), ...box);
    }
    return complete;
  }

  paintMarks(context) {
    const { colours, chart } = this;
    const { text, background, primary } = colours;
    // Twice, so that it stands out from whatever lies below.
    const line = (path, colour = text, width = 2) => {
      context.lineJoin = "round";
      Object.assign(context, { strokeStyle: background, lineWidth: width + 3 });
      context.stroke(path);
      Object.assign(context, { strokeStyle: colour, lineWidth: width });
      context.stroke(path);
    };
    const corners = this.polygon?.map((corner) => this.toScreen(...corner));
    if (corners) line(outline(corners, this.group), primary);
    const circle = (place, radius) => {
      const framed = this.few && place.index !== null;
      line(ring(...this.toScreen(...this.spot(place)), framed ? this.side / 2 : radius));
    };
    if (this.hover && this.hover.index !== null) circle(this.hover, this.radius + 2.5);
    if (this.pin) circle(this.pin, 9);
    if (!this.star) return;
    if (this.gliding) {
      const { from, to, start } = this.gliding;
      const rest = 1 - Math.min((performance.now() - start) / GLIDE, 1);
      this.star = to.map((end, i) => end + (from[i] - end) * rest ** 2);
      if (!rest) this.gliding = null;
    }
    // A drawing like no digit lies off the map; its star stays at the edge.
    const spare = MARGIN / 2 / this.scale;
    const [x, y] = this.star.map((value, i) => clamp(value, chart.ends[i][0] - spare, chart.ends[i][1] + spare));
    const path = starPath(...this.toScreen(x, y), 14);
    line(path, text, 3);
    context.fillStyle = primary;
    context.fill(path);
  }

  updateCursor() {
    const zoomed = this.view.zoom > 1;
    const panning = this.pointers.size && this.travelled ? "grabbing" : "grab";
    this.map.style.touchAction = zoomed || this.lassoing ? "none" : "pan-y";
    this.map.style.cursor = zoomed && !this.lassoing ? panning : "crosshair";
    this.lasso.setAttribute("aria-pressed", Boolean(this.lassoing));
  }

  // The panel

  tell() {
    const [code, words] = this.subject();
    if (code) picture(decode(this.chart, code), null, this.picture);
    else this.picture.getContext("2d").clearRect(0, 0, SIDE, SIDE);
    this.words.textContent = words;
    this.picture.setAttribute("aria-label", words);
    if (this.announced) this.said.textContent = words; // not what the mouse merely passes
    this.untold = this.announced = false;
  }

  // What the panel shows, the nearest concern first.
  subject() {
    const { chart, labels, group, data } = this;
    if (group) return group.length ? [meanCode(chart, group), this.purity(group)] : [null, labels.group_empty];
    const place = this.hover ?? this.pin;
    if (place) {
      if (place.index === null) return [codeAt(chart, place.x, place.y), labels.place];
      return [meanCode(chart, [place.index]), labels.of_digit.replace("{digit}", chart.digits[place.index])];
    }
    return data.star ? [data.code, labels.yours] : [null, labels.hint];
  }

  purity(group) {
    const counts = PALETTE.map((_, digit) => group.filter((i) => this.chart.digits[i] === digit).length);
    const most = Math.max(...counts);
    const write = (value, style) => new Intl.NumberFormat(this.labels.language, { style }).format(value);
    const values = { n: write(group.length, "decimal"), share: write(most / group.length, "percent") };
    return this.labels.group.replace(/\{(n|share|digit)\}/g, (_, name) => values[name] ?? counts.indexOf(most));
  }

  // What the visitor does

  at(event) {
    const box = this.map.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  pressed(event) {
    if (event.button || !this.chart) return;
    this.map.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.start = this.at(event);
    this.travelled = this.pointers.size > 1; // a pinch is no tap
    if (!this.lassoing) return;
    this.change({ polygon: this.travelled ? null : [this.toMap(this.start)], group: null, hover: null });
  }

  moved(event) {
    if (!this.chart) return;
    const { pointers } = this;
    const here = this.at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.change({ hover: this.look(here) });
      return;
    }
    pointers.set(event.pointerId, here);
    this.travelled ||= between(here, this.start) > 5;
    const [right, down] = [here[0] - before[0], here[1] - before[1]];
    if (pointers.size === 2) {
      const [other] = [...pointers].find(([id]) => id !== event.pointerId).slice(1);
      this.pan(right / 2, down / 2);
      const middle = here.map((value, i) => (value + other[i]) / 2);
      this.zoomAt(middle, between(here, other) / (between(before, other) || 1));
    } else if (this.lassoing && this.polygon) {
      this.change({ polygon: [...this.polygon, this.toMap(here)] });
    } else if (this.travelled) {
      this.pan(right, down);
      this.change({ hover: null });
    }
  }

  released(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    const cancelled = event.type === "pointercancel"; // the browser scrolls
    if (this.lassoing) {
      const closed = this.polygon && this.travelled && !cancelled;
      this.change(closed ? { group: enclosed(this.chart, this.polygon) } : { polygon: null }, closed);
    } else if (!this.travelled && !cancelled) {
      this.tap(this.at(event), event.pointerType === "touch");
    }
    this.draw();
  }

  tap(at, touch) {
    const again = this.pin && between(this.toScreen(...this.spot(this.pin)), at) < (touch ? 14 : 9);
    this.change({ pin: again ? null : this.look(at, touch) }, true);
  }

  wheeled(event) {
    if (!this.chart) return;
    const delta = clamp(event.deltaY * (event.deltaMode ? 16 : 1), -120, 120);
    // Out of the whole map the page scrolls, but not with the same turn of the wheel that brought us there.
    const out = delta > 0 && this.view.zoom === 1 && !event.ctrlKey;
    if (out && event.timeStamp - (this.turned ?? -Infinity) > 300) return;
    event.preventDefault();
    this.turned = event.timeStamp;
    this.zoomAt(this.at(event), Math.exp(-delta / (event.ctrlKey ? 100 : 400)));
    this.change({ hover: this.look(this.at(event)) });
  }

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.chart) return;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const factor = { "+": 1.6, "=": 1.6, "-": 1 / 1.6, 0: 0 }[event.key];
    if (arrow) this.step(arrow);
    else if (factor !== undefined) this.zoomAt(this.focus(), factor);
    else if (event.key === "Escape" && (this.pin || this.polygon || this.lassoing)) {
      this.change({ pin: null, polygon: null, group: null, hover: null, lassoing: false }, true);
    } else return; // not ours: let it scroll, or close a dialog
    event.preventDefault();
  }

  // From the pinned place, to which the view follows; else from the star, else from the middle.
  step(arrow) {
    const { pin, data, size } = this;
    const inside = (place) => place.map((value, i) => clamp(value, 0, size[i]));
    const from = pin ? this.toScreen(pin.x, pin.y) : inside(data.star ? this.toScreen(...data.star) : this.focus());
    const to = from.map((value, i) => value + arrow[i] * STEP * Math.min(...size));
    const place = this.toMap(to);
    this.pan(inside(to)[0] - to[0], inside(to)[1] - to[1]);
    this.change({ pin: this.look(inside(this.toScreen(...place))), hover: null, group: null, polygon: null }, true);
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    maps.delete(this.host);
  }
}

// The same places, moved so that no two are nearer than that.
function apart(places, distance) {
  const moved = places.map(([x, y], i) => [x + i / 100, y]); // two at the very same place need a direction
  for (let round = 0; round < 30; round++) {
    for (const a of moved) {
      for (const b of moved) {
        const gap = between(a, b);
        if (a === b || !(gap < distance)) continue;
        const push = (distance - gap) / gap / 2;
        const [x, y] = [(a[0] - b[0]) * push, (a[1] - b[1]) * push];
        [a[0], a[1], b[0], b[1]] = [a[0] + x, a[1] + y, b[0] - x, b[1] - y];
      }
    }
  }
  return moved;
}

// 5,000 dots straight into the pixels: 2 to 6 ms, where the canvas's own arcs or drawImage take 10 to 40 without a GPU.
function stamp(context, radius, dots) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = PALETTE.map((colour) => rgb(colour).reduce((all, part, i) => all | (part << (8 * i)), 0));
  const reach = Math.ceil(radius);
  const mask = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const cover = clamp(radius + 0.5 - Math.hypot(x, y), 0, 1);
      if (cover) mask.push([y * width + x, Math.round(255 * cover)]);
    }
  }
  for (const [digit, x, y] of dots) {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < reach || column >= width - reach || row < reach || row >= height - reach) continue;
    for (const [offset, cover] of mask) {
      const at = row * width + column + offset;
      // An edge does not cut into the dot below it.
      if (cover > 200 || cover > pixels[at] >>> 24) pixels[at] = colours[digit] | (cover << 24);
    }
  }
  context.putImageData(image, 0, 0);
}

function ring(x, y, radius) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

function starPath(x, y, radius) {
  const corner = (_, i) => {
    const [angle, length] = [(i * Math.PI) / 5, i % 2 ? 0.45 * radius : radius];
    return [x + length * Math.sin(angle), y - length * Math.cos(angle)];
  };
  return outline(Array.from({ length: 10 }, corner), true);
}

function outline(corners, closed) {
  const path = new Path2D();
  for (const corner of corners) path.lineTo(...corner);
  if (closed) path.closePath();
  return path;
}
