// Made data that a visitor drags, draws and trains nets on. All of it happens here: the server sent
// the points and the nets' starts, and hears of nothing. The Python side is
// ui/components/simulation.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { calm, face, write } = await import(`./controls.js${version}`);
const numbers = await import(`./numbers.js${version}`);
const { open } = await import(`./packed.js${version}`);
const { Painted } = await import(`./painted.js${version}`);
const { clamp, distance } = await import(`./raster.js${version}`);
const { PCA, Training } = await import(`./simulation.js${version}`);
const { paint } = await import(`./simulation_picture.js${version}`);
const { nearest, project, unproject } = await import(`./simulation_scene.js${version}`);
const { cleared } = await import(`./surface.js${version}`);

const ROOM = 1.12; // to the picture's nearer edge, times as far as the farthest coordinate
const SHOW = 850; // milliseconds of a training that is watched, where the machine keeps up
const BUDGET = 12; // milliseconds of a frame that are for training, where frames are fast
const ROUND = 14_000; // milliseconds of one turn of points in space
const REACH = { mouse: 10, pen: 14, touch: 24 }; // CSS pixels around a point
const APART = 9; // CSS pixels between points that are drawn in one go
const STRIDE = 0.05; // units, of an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const VIEW = { yaw: 0.5, pitch: 0.35 }; // from where points in space are seen at first
const TOOLS = ["move", "draw", "erase"];
const LAYERS = ["pca", "linear", "curved"];

const simulations = new WeakMap(); // the component's root -> its simulation

export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".simulation");
  if (!simulations.has(host)) simulations.set(host, new Simulation(host));
  const simulation = simulations.get(host);
  simulation.update(data);
  // Also called for an update that a newer one overtook, while the simulation is in use.
  return () => host.isConnected || simulation.destroy();
}

class Simulation extends Painted {
  constructor(host) {
    super([host.querySelector(".cloud")]);
    this.host = host;
    this.find = (selector) => host.querySelector(selector);
    this.canvas = this.find(".cloud");
    this.tool = "move";
    const on = (selector, name, act, options) =>
      this.find(selector).addEventListener(name, act.bind(this), options);
    on(".made", "change", ({ target }) => this.choose(target.value));
    on(".seed", "change", ({ target }) => this.begin(Number(target.value)));
    on(".play", "click", () => (this.playing ? this.stop() : this.play()));
    on(".step", "click", this.step);
    on(".reset", "click", () => this.begin());
    on(".turn", "click", () => this.turn(!this.turning));
    on(".restore", "click", () => this.choose(this.made.name, this.seed));
    on(".clear", "click", () => this.replace([]));
    for (const tool of TOOLS) on(`.${tool}`, "click", () => this.take(tool));
    on(".errors", "change", () => this.draw());
    on(".cloud", "pointerdown", this.pressed);
    on(".cloud", "pointermove", this.moved);
    on(".cloud", "pointerup", (event) => this.released(event));
    on(".cloud", "pointercancel", (event) => this.released(event, false)); // the browser scrolls
    on(".cloud", "pointerleave", () => this.drag || this.change({ hover: null }));
    on(".cloud", "keydown", this.keyed);
    on(".cloud", "blur", () => this.letGo());
    // A finger on a point is ours, else the browser might take its first move for scrolling.
    on(".cloud", "touchstart", (event) => this.claims(event) && event.preventDefault(), {
      passive: false,
    });
  }

  update(data) {
    const { header, read } = open(data);
    Object.assign(this, { header, read });
    const { labels, made, opens, ramp, seeds } = header;
    for (const name of [...TOOLS, "turn", "restore", "clear", "step", "reset"])
      write(this.find(`.${name} span`), labels[name]);
    for (const name of ["made", "seed"])
      write(this.find(`.${name}`).previousElementSibling, labels[name]);
    for (const name of LAYERS) write(this.find(`.${name} .name`), labels[name]);
    write(this.find(".errors p"), labels.errors);
    this.find(".errors").ariaLabel = labels.errors;
    this.find(".modes").ariaLabel = labels.tools;
    this.canvas.ariaLabel = labels.cloud;
    this.host.style.setProperty("--ramp", ramp.join());
    this.host.style.setProperty("--linear", header.linear);
    this.find(".made").replaceChildren(...made.map(({ name, title }) => new Option(title, name)));
    this.find(".seed").replaceChildren(
      ...Array.from({ length: seeds }, (_, i) => new Option(i, i)),
    );
    if (this.opens !== opens.join()) this.choose(...opens);
    else this.tell(); // in another language, perhaps
    this.opens = opens.join();
    this.change({ note: null });
  }

  // Data, start, training

  choose(name, seed = null) {
    this.made = this.header.made.find((made) => made.name === name);
    this.points = Array.from(this.read(name));
    this.reach = ROOM * Math.max(...this.points.map(Math.abs));
    this.edited = false;
    this.turn(this.made.dimensions === 3 && !calm());
    this.change({ camera: { ...VIEW }, hover: null, held: null, cross: null });
    this.begin(seed ?? this.made.seed);
  }

  // The same points, the nets untrained: from one start they are always the same.
  begin(seed = this.seed) {
    this.stop();
    const { header, made, points } = this;
    this.seed = seed;
    this.pca = this.nets = null;
    if (points.length) {
      this.pca = new PCA(points, made.dimensions, made.size);
      this.nets = Object.entries(made.widths).map(([, widths]) => {
        const starts = this.read(widths.join("-"));
        const size = starts.length / header.seeds;
        const start = starts.subarray(seed * size, (seed + 1) * size);
        return new Training(widths, start, points, header.recipe);
      });
    }
    this.change({ note: null });
    this.tell();
  }

  get epoch() {
    return this.nets?.[0].epoch ?? 0;
  }

  get done() {
    return Boolean(this.nets?.[0].done);
  }

  train() {
    for (const net of this.nets) net.step();
  }

  step() {
    this.stop();
    if (!this.nets || this.done) return;
    this.train();
    this.tell();
    this.draw();
  }

  play() {
    if (!this.nets) return;
    if (this.done) this.begin();
    const began = performance.now();
    this.playing = { from: this.epoch, began, last: began };
    this.change({ note: null });
  }

  stop() {
    if (!this.playing) return;
    this.playing = null;
    this.tell();
    this.change({ note: null });
  }

  // As far as the time that has passed says, but no longer than a frame may take; where painting is
  // slow, half of the time is for training.
  advance() {
    const { from, began, last } = this.playing;
    const now = performance.now();
    const due = calm() ? Infinity : from + ((now - began) / SHOW) * this.header.recipe.epochs;
    const until = now + Math.max(BUDGET, (now - last) / 2);
    while (!this.done && this.epoch < due && performance.now() < until) this.train();
    this.playing.last = now;
    if (this.done) this.stop();
  }

  // The points as they are while the visitor's hand is on them: PCA follows at once.
  reshape(points) {
    const { made } = this;
    this.stop();
    this.points = points;
    this.edited = true;
    if (!points.length || !this.nets) this.begin();
    else {
      this.pca = new PCA(points, made.dimensions, made.size);
      for (const net of this.nets) net.see(points);
      this.draw();
    }
  }

  // The hand is lifted: what was trained is trained again from the same start.
  settle() {
    if (this.epoch === 0) return this.tell();
    this.begin();
    if (this.nets) this.play();
  }

  replace(points) {
    this.reshape(points);
    this.settle();
  }

  turn(turning) {
    this.turning = turning ? { began: performance.now(), yaw: this.camera?.yaw ?? VIEW.yaw } : null;
    this.draw();
  }

  // What is on the screen

  paint() {
    const { canvas, header, made, points } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    // In a hidden tab: the ResizeObserver calls again when it is shown.
    if (!header || !width || !height) return;
    if (this.playing) this.advance();
    if (this.turning) this.sway();
    this.showControls();
    if (!(this.playing && calm())) {
      const context = cleared(canvas, width, height);
      const [linear, curved] = this.nets ?? [];
      paint(context, {
        camera: this.lens,
        points,
        models: this.nets && { pca: this.pca, linear, curved },
        shown: Object.fromEntries(
          LAYERS.map((name) => [name, this.find(`.${name} input`).checked]),
        ),
        marked: this.drag?.index ?? this.held?.index ?? this.hover,
        cross: this.cross && this.toScreen(this.cross),
        look: this.look(),
      });
    }
    if (this.playing || this.turning) this.draw();
    Object.assign(this.host.dataset, {
      made: made.name,
      seed: this.seed,
      epoch: this.epoch,
      points: points.length / made.dimensions,
      losses: this.losses.join(),
      playing: Boolean(this.playing),
      scale: this.lens.scale,
      yaw: this.camera.yaw,
      pitch: this.camera.pitch,
    });
  }

  look() {
    const style = getComputedStyle(this.host);
    const colour = (name) => style.getPropertyValue(`--st-${name}-color`).trim();
    const { ramp, linear, separators } = this.header;
    const [text, background, border] = ["text", "background", "border"].map(colour);
    return { text, background, border, linear, ramp, separators, font: style.fontFamily };
  }

  // The camera, as the canvas's size has it.
  get lens() {
    const { dimensions } = this.made;
    const middle = [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2];
    const corner = dimensions === 3 ? 1.3 : 1; // what a turned box needs more
    return { ...this.camera, dimensions, middle, scale: Math.min(...middle) / this.reach / corner };
  }

  sway() {
    const passed = (performance.now() - this.turning.began) / ROUND;
    this.camera.yaw = this.turning.yaw + 2 * Math.PI * Math.min(passed, 1);
    if (passed >= 1) this.turning = null;
  }

  get losses() {
    return this.nets ? [this.pca, ...this.nets].map(({ loss }) => loss) : [];
  }

  showControls() {
    const { header, made, nets, playing, seed, epoch, edited, losses } = this;
    const { labels, recipe } = header;
    const find = this.find;
    find(".made").value = made.name;
    const stuck = edited ? [] : made.failed;
    [...find(".seed").options].forEach((option, number) => {
      const title = stuck.includes(number) ? labels.gets_stuck : "{seed}";
      write(option, title.replace("{seed}", number));
    });
    find(".seed").value = seed;
    const focused = this.host.getRootNode().activeElement;
    face(find(".play"), playing ? "pause" : "play", labels);
    find(".play").disabled = !nets;
    find(".step").disabled = !nets || this.done;
    find(".reset").disabled = epoch === 0;
    find(".restore").disabled = !edited;
    find(".clear").disabled = !nets;
    if (focused?.disabled) (nets ? find(".play") : this.canvas).focus(); // or it would be nowhere
    find(".turn").hidden = made.dimensions === 2;
    find(".turn").ariaPressed = Boolean(this.turning);
    for (const tool of TOOLS) find(`.${tool}`).ariaPressed = tool === this.tool;
    find("progress").value = epoch / recipe.epochs;
    write(find(".epoch"), this.fill(labels.epoch));
    LAYERS.forEach((name, i) => {
      write(find(`.${name} b`), nets ? this.number(losses[i]) : "–");
    });
    write(find(".errors small"), this.fill(labels.unit));
    write(find(".words"), this.note ?? this.told);
    const keys = made.dimensions === 3 ? `${labels.keys} ${labels.keys_turn}` : labels.keys;
    this.canvas.setAttribute("aria-description", keys);
    this.canvas.style.touchAction = this.tool === "move" ? "pan-y" : "none";
    this.canvas.dataset.tool = this.tool;
  }

  // Words

  number(value, decimals = 4) {
    return numbers.write(value, decimals, this.header.separators);
  }

  fill(label, more = {}) {
    const { header, losses, made, points } = this;
    const [pca, , curved] = losses;
    const times = pca / curved;
    const values = {
      passed: this.whole(this.epoch),
      epochs: this.whole(header.recipe.epochs),
      n: String(points.length / made.dimensions),
      most: String(header.most),
      seeds: String(header.seeds),
      best: this.number(made.best),
      pca: pca === undefined ? "" : this.number(pca),
      curved: curved === undefined ? "" : this.number(curved),
      times: this.number(times, times < 10 ? 1 : 0),
      ...more,
    };
    return label.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  whole(value) {
    return numbers.whole(value, this.header.separators);
  }

  // What is said of how things stand now.
  tell() {
    this.told = this.verdict();
  }

  verdict() {
    const { edited, header, losses, made, points } = this;
    const { labels } = header;
    if (!points.length) return labels.empty;
    const [pca, linear, curved] = losses;
    const spread = points.some((value, at) => value !== points[at % made.dimensions]);
    if (!spread) return labels.one_place;
    if (pca < 1e-9) return labels.nothing_missed;
    if (!this.epoch) return labels.untrained;
    if (!this.done) return this.fill(labels.under_way);
    if (!edited && curved >= header.twice * made.best) return this.fill(labels.stuck);
    if (curved > 1.1 * pca) return this.fill(labels.worse);
    const found = Math.abs(linear / pca - 1) < 0.01 ? ` ${labels.as_pca}` : "";
    return this.fill(curved < 0.7 * pca ? labels.bends : labels.straight) + found;
  }

  place(index) {
    const { dimensions } = this.made;
    const place = this.points.slice(index * dimensions, (index + 1) * dimensions);
    return place.map((value) => this.number(value, 2)).join("; ");
  }

  say(label, more) {
    this.change({ note: this.fill(label, more) });
  }

  // Where things are: in CSS pixels on the canvas, and the place below them

  at({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  under(at, near = 0) {
    return this.within(unproject(this.lens, [...at, near]));
  }

  within(place) {
    return place.map((value) => clamp(value, -this.reach, this.reach));
  }

  toScreen([right, up]) {
    const { middle, scale } = this.lens;
    return [middle[0] + scale * right, middle[1] - scale * up];
  }

  // The nearest point within reach of the pointer, or null.
  pointAt(at, reach) {
    return nearest(this.places, at, reach);
  }

  get places() {
    return project(this.lens, this.points);
  }

  // What the hand does to points

  put(index, place) {
    const points = [...this.points];
    points.splice(index * place.length, place.length, ...place);
    return points;
  }

  // Gives whether there was room.
  add(at) {
    const { header, made, points } = this;
    const room = points.length < header.most * made.dimensions;
    if (room) this.reshape([...points, ...this.under(at)]);
    return room;
  }

  // Of each point it is asked whether it stays.
  keep(stays) {
    const { made, points } = this;
    const kept = points.filter((_, at) => stays(Math.floor(at / made.dimensions)));
    if (kept.length < points.length) this.reshape(kept);
  }

  take(tool) {
    this.letGo();
    this.change({ tool, hover: null });
  }

  // The pointer

  claims(event) {
    const [finger] = event.touches;
    return this.tool !== "move" || this.pointAt(this.at(finger), REACH.touch) !== null;
  }

  pressed(event) {
    if (event.button || this.drag) return; // a second finger changes nothing
    this.letGo();
    this.turn(false);
    const [at, reach] = [this.at(event), REACH[event.pointerType] ?? REACH.mouse];
    const { camera, edited, points, tool } = this;
    const drag = { pointer: event.pointerId, at, reach, camera: { ...camera }, edited, points };
    this.canvas.setPointerCapture(event.pointerId);
    this.change({ drag, hover: null, cross: null, note: null });
    if (tool === "move") {
      const index = this.pointAt(at, reach);
      if (index !== null) Object.assign(drag, { index, from: this.places[index] });
    } else this.paintPoints(at);
  }

  moved(event) {
    const { drag, made, tool } = this;
    const at = this.at(event);
    if (!drag) {
      if (tool === "move" && event.pointerType !== "touch")
        this.change({ hover: this.pointAt(at, REACH.mouse) });
      return;
    }
    if (drag.pointer !== event.pointerId) return;
    const [right, down] = [at[0] - drag.at[0], at[1] - drag.at[1]];
    if (tool !== "move") this.paintPoints(at);
    else if (drag.index !== undefined) {
      const [left, top, near] = drag.from;
      this.reshape(this.put(drag.index, this.under([left + right, top + down], near)));
    } else if (made.dimensions === 3) this.orbit(drag.camera, -right / 120, down / 120);
  }

  paintPoints(at) {
    const { drag, tool } = this;
    if (tool === "erase") {
      const { places } = this;
      this.keep((i) => distance(places[i], at) > drag.reach);
    } else if (!drag.last || distance(at, drag.last) >= APART) {
      drag.last = at;
      if (!this.add(at)) this.say(this.header.labels.full);
    }
  }

  released({ pointerId }, kept = true) {
    const { drag } = this;
    if (drag?.pointer !== pointerId) return;
    this.drag = null;
    this.end(drag, kept);
  }

  // What was begun with these points ends, or never was.
  end({ edited, points }, kept) {
    if (points === this.points) return this.draw();
    if (kept) return this.settle();
    this.reshape(points);
    this.edited = edited;
    this.tell();
  }

  orbit({ yaw, pitch }, round, over) {
    this.change({ camera: { yaw: yaw + round, pitch: clamp(pitch + over, -1.5, 1.5) } });
  }

  // The keyboard

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const space = this.made.dimensions === 3;
    if (arrow && event.shiftKey && space) {
      this.turn(false);
      this.orbit(this.camera, -0.1 * arrow[0], 0.1 * arrow[1]);
    } else if (arrow) this.aim(arrow.map((part) => part * STRIDE * (event.shiftKey ? 4 : 1)));
    else if (event.key === "Enter" || event.key === " ") this.use();
    else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else if (event.key === "Escape" && (this.drag || this.held || this.cross)) this.escape();
    else return; // not ours: let it scroll, or close a dialog
    event.preventDefault();
  }

  aim(step) {
    const cross = this.within((this.cross ?? [0, 0]).map((value, i) => value + step[i]));
    this.turn(false);
    this.cross = cross;
    const { labels } = this.header;
    if (!this.held) {
      const place = cross.map((value) => this.number(value, 2)).join("; ");
      return this.say(labels.cross, { place });
    }
    const { index, near } = this.held;
    this.reshape(this.put(index, this.under(this.toScreen(cross), near)));
    this.say(labels.held, { place: this.place(index) });
  }

  use() {
    const { labels } = this.header;
    this.cross ??= [0, 0];
    const at = this.toScreen(this.cross);
    this.turn(false);
    if (this.tool === "erase") return this.remove();
    if (this.tool === "draw") {
      const { points } = this;
      if (!this.add(at)) return this.say(labels.full);
      this.settle();
      return this.say(labels.drawn, { place: this.place(points.length / this.made.dimensions) });
    }
    if (this.held) return this.letGo();
    const index = this.pointAt(at, Number.POSITIVE_INFINITY);
    if (index === null) return this.say(labels.none_near);
    const [left, top, near] = this.places[index];
    const { middle, scale } = this.lens;
    this.cross = [(left - middle[0]) / scale, (middle[1] - top) / scale];
    this.held = { index, near, points: this.points, edited: this.edited };
    this.say(labels.held, { place: this.place(index) });
  }

  letGo(kept = true) {
    const { held } = this;
    this.held = null;
    if (!held) return;
    this.note = null;
    this.end(held, kept);
  }

  remove() {
    this.letGo();
    const { labels } = this.header;
    const near = this.cross && this.pointAt(this.toScreen(this.cross), REACH.pen);
    if (near === null) return this.say(labels.none_near);
    this.keep((i) => i !== near);
    this.settle();
    this.say(labels.erased);
  }

  escape() {
    if (this.drag) this.released({ pointerId: this.drag.pointer }, false);
    else if (this.held) this.letGo(false);
    else this.change({ cross: null, note: null });
  }
}
