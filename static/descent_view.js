// A ball that rolls down a loss. All of it happens here: the server sent the points, and hears of
// nothing. The Python side is ui/components/descent.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { calm, face, write } = await import(`./controls.js${version}`);
const { arrived, begun, due, step, Valley } = await import(`./descent.js${version}`);
const { frame, paintCurve, paintPoints } = await import(`./descent_picture.js${version}`);
const numbers = await import(`./numbers.js${version}`);
const { open } = await import(`./packed.js${version}`);
const { Painted } = await import(`./painted.js${version}`);
const { clamp } = await import(`./pixels.js${version}`);
const { cleared } = await import(`./surface.js${version}`);
const { fill } = await import(`./words.js${version}`);

const DEGREE = Math.PI / 180;
const STRIDE = 10; // degrees, with Shift or by a page
const KEYS = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -STRIDE,
  PageUp: STRIDE,
  Home: -180,
  End: 180,
};
const FLAT = 1e-6; // radians around a top
const JUMP = DEGREE; // a last move above it is no rest
const STILL = 5 * DEGREE; // who has come no farther has hardly moved

const descents = new WeakMap(); // the component's root -> its descent

export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".descent");
  if (!descents.has(host)) descents.set(host, new Descent(host));
  const descent = descents.get(host);
  descent.update(data);
  // Also called for an update that a newer one overtook, while the descent is in use.
  return () => host.isConnected || descent.destroy();
}

class Descent extends Painted {
  constructor(host) {
    super(host.querySelectorAll(".cloud, .curve"));
    this.host = host;
    this.find = (selector) => host.querySelector(selector);
    [this.cloud, this.curve] = [this.find(".cloud"), this.find(".curve")];
    const on = (selector, name, act) => this.find(selector).addEventListener(name, act.bind(this));
    on(".ways", "change", ({ target }) => target.name === "way" && this.take(target.value));
    on(".rate input", "input", ({ target }) => this.setRate(Number(target.value)));
    on(".step", "click", this.step);
    on(".play", "click", () => (this.playing ? this.stop() : this.play()));
    on(".reset", "click", () => this.begin());
    on(".curve", "pointerdown", this.pressed);
    on(".curve", "pointermove", this.moved);
    on(".curve", "pointerup", this.released);
    on(".curve", "pointercancel", (event) => this.released(event, this.drag?.from)); // it scrolls
    on(".curve", "keydown", this.keyed);
  }

  update(data) {
    const { header, read } = open(data);
    const { labels, rates, start, ways } = header;
    this.header = header;
    for (const name of ["play", "step", "reset"]) write(this.find(`.${name} span`), labels[name]);
    for (const name of ["ways", "points", "losses", "rate"])
      write(this.find(`.${name} .title`), labels[name]);
    for (const name of Object.keys(ways)) write(this.find(`.${name} span`), labels[name]);
    for (const name of ["steps", "angle", "loss", "next"])
      write(this.find(`.${name} dt`), labels[name]);
    this.curve.ariaLabel = labels.ball;
    this.curve.setAttribute("aria-description", labels.keys);
    this.find(".rate input").max = rates.length - 1;
    if (!this.valley) {
      this.points = read("points");
      this.valley = new Valley(this.points);
      this.way = "plain";
      this.rate = rates.indexOf(ways.plain.rate);
      this.start = start;
      this.begin();
    }
    this.tell(); // in another language, perhaps
    this.draw();
  }

  // The descent

  begin(start = this.start) {
    this.playing = null;
    this.start = start;
    this.state = begun(start);
    this.trail = [start];
    this.tell();
    this.draw();
  }

  take(way) {
    this.way = way;
    this.begin();
  }

  setRate(rate) {
    this.rate = rate;
    this.tell();
    this.draw();
  }

  get chosen() {
    const { rates, ways } = this.header;
    return this.way === "plain" ? { ...ways.plain, rate: rates[this.rate] } : ways[this.way];
  }

  get next() {
    const { chosen, header, state, valley } = this;
    return step(state, valley.derivative(state.angle), chosen, header.recipe);
  }

  get arrived() {
    return arrived(this.valley, this.state, this.header.near);
  }

  get done() {
    return this.state.steps >= this.header.steps || this.arrived;
  }

  go() {
    this.state = this.next;
    this.trail.push(this.state.angle);
  }

  step() {
    this.stop();
    if (this.done) return;
    this.go();
    this.tell();
    this.draw();
  }

  play() {
    if (this.done) this.begin();
    this.playing = { from: this.state.steps, began: performance.now() };
    this.draw();
  }

  stop() {
    if (!this.playing) return;
    this.playing = null;
    this.tell();
    this.draw();
  }

  advance() {
    const { from, began } = this.playing;
    const until = calm() ? Infinity : from + due((performance.now() - began) / 1000);
    while (!this.done && this.state.steps < until) this.go();
    if (this.done) this.stop();
  }

  // What is on the screen

  paint() {
    const { cloud, curve, points, trail, valley } = this;
    // In a hidden tab: the ResizeObserver calls again when it is shown.
    if (!valley || !curve.clientWidth) return;
    if (this.playing) this.advance();
    this.showControls();
    const { angle } = this.state;
    const look = this.look();
    const context = (canvas) => cleared(canvas, canvas.clientWidth, canvas.clientHeight);
    const size = ({ clientWidth, clientHeight }) => [clientWidth, clientHeight];
    paintPoints(context(cloud), { valley, points, angle, look }, ...size(cloud));
    const next = this.arrived ? angle : this.next.angle;
    paintCurve(context(curve), { valley, trail, next, look }, ...size(curve));
    if (this.playing) this.draw();
    Object.assign(this.host.dataset, {
      angle,
      steps: this.state.steps,
      loss: valley.loss(angle),
      playing: Boolean(this.playing),
    });
  }

  look() {
    const style = getComputedStyle(this.host);
    const colour = (name) => style.getPropertyValue(`--st-${name}-color`).trim();
    const [text, background, border] = ["text", "background", "border"].map(colour);
    return { text, background, border, ball: this.header.ball, font: style.fontFamily };
  }

  showControls() {
    const { curve, done, find, header, playing, rate, state, valley, way } = this;
    const { labels, rates, separators } = header;
    find(`input[value=${way}]`).checked = true;
    find(".rate input").value = rate;
    find(".rate input").disabled = way !== "plain";
    const written = numbers.plain(rates[rate], separators);
    find(".rate input").ariaValueText = written;
    write(find(".rate output"), written);
    face(find(".play"), playing ? "pause" : "play", labels);
    find(".step").disabled = done;
    find(".reset").disabled = state.steps === 0;
    if (this.host.getRootNode().activeElement?.disabled) find(".play").focus(); // or it is nowhere
    const loss = numbers.write(valley.loss(state.angle), 4, separators);
    write(find(".steps dd"), numbers.whole(state.steps, separators));
    write(find(".angle dd"), this.degrees(state.angle));
    write(find(".loss dd"), loss);
    write(find(".next dd"), this.arrived ? "–" : this.degrees(this.next.move, true));
    write(find(".words"), this.told);
    this.cloud.ariaLabel = fill(labels.line, { angle: this.degrees(state.angle) });
    if (playing) return; // who listens hears how it ended
    const { low, high } = this.place;
    const angle = this.degrees(state.angle);
    const values = { min: low, max: high, now: state.angle };
    for (const [name, value] of Object.entries(values))
      curve.setAttribute(`aria-value${name}`, (value / DEGREE).toFixed(1));
    curve.setAttribute("aria-valuetext", fill(labels.at, { angle, loss }));
  }

  get place() {
    return frame(this.valley, this.curve.clientWidth, this.curve.clientHeight);
  }

  // Words

  // A small one with as many decimals as it needs to be seen.
  degrees(angle, small = false) {
    const value = angle / DEGREE;
    const size = Math.abs(value);
    const needs = small && size > 0 ? 1 - Math.floor(Math.log10(size)) : 1;
    return `${numbers.write(value, clamp(needs, 1, 7), this.header.separators)}°`;
  }

  tell() {
    this.told = this.verdict();
  }

  verdict() {
    const { arrived, done, header, start, state, valley, way } = this;
    const { labels, separators } = header;
    const left = state.angle - valley.bottom;
    const values = {
      n: numbers.whole(state.steps, separators),
      angle: this.degrees(state.angle),
      left: this.degrees(Math.abs(left)),
      moved: this.degrees(Math.abs(state.angle - start), true),
      ...header.keras,
    };
    if (arrived) return fill(labels.arrived, values);
    if (Math.abs(left) > Math.PI / 2 - FLAT) return labels.top;
    if (!state.steps) return labels.begin;
    if (Math.sign(state.move) !== Math.sign(this.next.move) && Math.abs(state.move) > JUMP)
      return fill(done ? labels.jumps : labels.leaps, values);
    if (done && Math.abs(state.angle - start) < STILL)
      return fill(way === "adadelta_now" ? labels.recipe : labels.crawls, values);
    return fill(labels.under_way, values);
  }

  // The hand

  put(angle) {
    const { low, high } = this.place;
    this.begin(clamp(angle, low, high));
  }

  under({ clientX }) {
    const { clientLeft } = this.curve; // its border
    return this.place.angle(clientX - this.curve.getBoundingClientRect().left - clientLeft);
  }

  pressed(event) {
    if (event.button || this.drag) return; // a second finger changes nothing
    const { playing, start, state, trail } = this;
    this.drag = { pointer: event.pointerId, from: { playing, start, state, trail } };
    this.curve.setPointerCapture(event.pointerId);
    this.put(this.under(event));
  }

  moved(event) {
    if (this.drag?.pointer === event.pointerId) this.put(this.under(event));
  }

  released({ pointerId }, before) {
    if (this.drag?.pointer !== pointerId) return;
    this.drag = null;
    if (!before) return;
    Object.assign(this, before);
    this.tell();
    this.draw();
  }

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS)) return;
    const stride = KEYS[event.key] * (event.shiftKey && event.key.startsWith("Arrow") ? STRIDE : 1);
    this.put((Math.round(this.state.angle / DEGREE) + stride) * DEGREE);
    event.preventDefault();
  }
}
