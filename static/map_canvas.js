// A map of codes on a canvas, and the decoder that draws the digit of any place of it.
// The Python side, and how a map is packed, is ui/components/map_canvas.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { codeAt, enclosed, meanCode, neighbours, placeOf, unpack } = await import(
  `./latent.js${version}`
);
const { MapView, outline, ring } = await import(`./map_view.js${version}`);
const { active, decode } = await import(`./network.js${version}`);
const { picture } = await import(`./paint.js${version}`);
const { clamp, distance } = await import(`./raster.js${version}`);
const { shelve } = await import(`./shelf.js${version}`);
const { giveBack, say } = await import(`./written.js${version}`);

const GLIDE = 40; // milliseconds
const STAR = 14; // CSS pixels, its radius
const STEP = 0.02; // of the view, for an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What the visitor marked on the map: a place, a ring, the keyboard's cross; and what is said of it.
const NOTHING = { pin: null, polygon: null, group: null, cross: null, note: null };

const maps = new Map(); // id -> CodeMap, the latest few
const canvases = new Map(); // host element -> MapCanvas, those in the page

// For both elements: at mount, at every change of `data` and at every change of theme.
export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".code-map");
  if (!host) return receive(data);
  if (!canvases.has(host)) canvases.set(host, new MapCanvas(host));
  const canvas = canvases.get(host);
  canvas.update(data);
  // Also called for an update that a newer one overtook, while the map is in use.
  return () => host.isConnected || canvas.destroy();
}

function receive(packed) {
  shelve(maps, packed, unpack, 4);
  for (const canvas of canvases.values()) canvas.settle();
}

// The model's view of the drawing under the moving pen, and in the end null: see static/live.js.
addEventListener("seen", ({ detail: models }) => {
  for (const canvas of canvases.values()) canvas.follow(models);
});

class MapCanvas extends MapView {
  constructor(host) {
    super(host, host.querySelector(".map"));
    for (const name of ["picture", "words", "status", "lasso", "zoom_in", "zoom_out", "reset"]) {
      this[name] = host.querySelector(`.${name}`);
    }
    this.pointers = new Map(); // those that are down
    this.drawn = null; // the drawing under the pen, where the server has not heard of it yet

    const on = (element, name, act, options) =>
      element.addEventListener(name, act.bind(this), options);
    on(this.canvas, "pointerdown", this.pressed);
    on(this.canvas, "pointermove", this.moved);
    on(this.canvas, "pointerup", this.released);
    on(this.canvas, "pointercancel", this.released);
    on(this.canvas, "pointerleave", () => this.change({ hover: null }));
    on(this.canvas, "wheel", this.wheeled, { passive: false });
    // Two fingers are ours from the start, else the browser might take their first move for
    // scrolling.
    on(this.canvas, "touchstart", (event) => event.touches.length > 1 && event.preventDefault(), {
      passive: false,
    });
    on(this.canvas, "keydown", this.keyed);
    on(this.zoom_in, "click", () => this.zoomAt(this.focus(), 1.6));
    on(this.zoom_out, "click", () => this.zoomAt(this.focus(), 1 / 1.6));
    on(this.reset, "click", () => this.zoomAt(this.focus(), 0));
    on(this.lasso, "click", this.toggleLasso);
  }

  update(data) {
    this.host.classList.toggle("large", data.large);
    const labels = Object.fromEntries(data.labels);
    this.wanted = { data, labels };
    for (const name of ["lasso", "zoom_in", "zoom_out", "reset"]) {
      this[name].title = labels[name];
      this[name].setAttribute("aria-label", labels[name]);
    }
    this.canvas.setAttribute("aria-label", labels.label);
    this.settle();
  }

  // Once the map that the data speak of is here; until then the old one stays.
  settle() {
    const { data } = this.wanted;
    const map = maps.get(data.map) ?? (this.map?.id === data.map ? this.map : null);
    if (!map) return;
    const before = codeOf(this.data);
    Object.assign(this, this.wanted);
    if (map.id !== this.map?.id) {
      this.lookAt(map);
      this.change({ star: null, hover: null, ...NOTHING });
    } else if (codeOf(data) !== before) this.change(NOTHING); // who draws looks at the drawing
    if (this.drawn) this.drawn = { code: this.drawn.code, ...placeOf(map, this.drawn.code) };
    this.colours = this.readColours();
    this.glide();
    this.host.dataset.map = map.id;
    this.change();
  }

  // The visitor's own digit: its code, where it lies, and which codes are near.
  get own() {
    return this.drawn ?? this.data;
  }

  follow(models) {
    const code = models?.get(this.data?.model)?.code;
    if (!this.map || (!code && !this.drawn)) return;
    this.drawn = code ? { code, ...placeOf(this.map, code) } : null;
    this.glide();
    this.change(code ? NOTHING : {});
  }

  glide() {
    const to = this.own.star;
    const still =
      !this.star || !to || this.drawn || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (to && this.gliding && distance(to, this.gliding.to) === 0) return;
    this.gliding = still ? null : { from: this.star, to, start: performance.now() };
    if (still) this.star = to;
  }

  // The panel follows with the next frame, as the map does.
  change(state = {}, announce = false) {
    this.untold = true;
    this.announced ||= announce;
    super.change(state);
  }

  // Where buttons and keys zoom.
  focus() {
    return this.pin ? this.toScreen(...this.spot(this.pin)) : this.size.map((length) => length / 2);
  }

  // A place, and the star or the point that lies there if one does.
  look(at, touch = false) {
    const [x, y] = this.toMap(at);
    if (this.star && distance(this.starAt(), at) <= STAR) return { x, y, index: null, star: true };
    const [near] = neighbours(this.map.points, [x, y], 1);
    const reach = this.few ? this.side / 2 : this.radius + (touch ? 5 : 1.5);
    return { x, y, index: near.distance * this.scale <= reach ? near.index : null };
  }

  starAt() {
    return this.kept([this.star])[0];
  }

  spot({ x, y, index }) {
    return index === null ? [x, y] : this.map.points.subarray(2 * index, 2 * index + 2);
  }

  // The picture

  paint() {
    const context = this.paintBehind();
    if (!context) return;
    this.paintMarks(context);
    if (this.untold) this.tell();
    this.updateCursor();
    if (this.gliding) this.draw();

    const { host, view } = this;
    host.dataset.view = [view.x, view.y, this.scale].join();
    host.dataset.zoom = view.zoom.toFixed(2);
    host.dataset.drawn = this.few ? "pictures" : "dots";
    host.dataset.pin = this.pin ? this.spot(this.pin).join() : "";
    host.dataset.star = this.star?.join() ?? ""; // on its way for a moment
    host.dataset.near = this.own.near.join();
    host.dataset.ring = this.polygon?.length ?? 0;
    host.dataset.revision = this.data.revision;
  }

  paintMarks(context) {
    const line = (path, colour) => this.stroke(context, path, colour);
    this.advance(); // before anything is painted where the star is
    if (this.star) this.paintLines(context);
    const aim = this.cross && this.toScreen(...this.cross);
    const corners = this.polygon?.map((corner) => this.toScreen(...corner));
    if (corners && aim && !this.group) corners.push(aim);
    if (corners) line(outline(corners, this.group), this.colours.primary);
    if (aim) line(crossPath(...aim, 9));
    const circle = (place, radius) => {
      const framed = this.few && place.index !== null;
      line(ring(...this.toScreen(...this.spot(place)), framed ? this.side / 2 : radius));
    };
    if (this.hover && this.hover.index !== null) circle(this.hover, this.radius + 2.5);
    if (this.pin) circle(this.pin, 9);
    if (this.star) this.paintStar(context, this.starAt(), STAR);
  }

  // The star's glide, to where it is in this frame.
  advance() {
    if (!this.gliding) return;
    const { from, to, start } = this.gliding;
    const rest = 1 - Math.min((performance.now() - start) / GLIDE, 1);
    this.star = to.map((end, i) => end + (from[i] - end) * rest ** 2);
    if (!rest) this.gliding = null;
  }

  // From the star to its nearest codes, which the map may have torn apart.
  paintLines(context) {
    const { points } = this.map;
    Object.assign(context, { globalAlpha: 0.7, strokeStyle: this.colours.text, lineWidth: 1 });
    for (const index of this.own.near) {
      const end = this.toScreen(points[2 * index], points[2 * index + 1]);
      context.stroke(outline([this.starAt(), end], false));
    }
    context.globalAlpha = 1;
  }

  updateCursor() {
    const zoomed = this.view.zoom > 1;
    const panning = this.pointers.size && this.travelled ? "grabbing" : "grab";
    this.canvas.style.touchAction = zoomed || this.lassoing ? "none" : "pan-y";
    this.canvas.style.cursor = zoomed && !this.lassoing ? panning : "crosshair";
    this.lasso.setAttribute("aria-pressed", Boolean(this.lassoing));
    if (this.lassoing) this.canvas.setAttribute("aria-description", this.labels.lasso_keys);
    else this.canvas.removeAttribute("aria-description");
  }

  // The panel

  tell() {
    const [code, words] = this.subject();
    if (code) picture(decode(this.map.layers, code), null, this.picture);
    else this.picture.getContext("2d").clearRect(0, 0, this.picture.width, this.picture.height);
    this.lend(this.hover && code);
    this.words.textContent = words;
    this.picture.setAttribute("aria-label", words);
    if (this.announced) this.status.textContent = words; // not what the mouse merely passes
    this.untold = this.announced = false;
  }

  // The bars beside the map, and their heading, show the code under the mouse, and go back to the
  // visitor's own.
  lend(code) {
    if (!code && !this.lent) return;
    this.lent = Boolean(code);
    const detail = code ?? this.drawn?.code ?? null;
    const { model } = this.data;
    const bars = document.querySelectorAll(`[data-model="${model}"] [data-live=code]`);
    for (const chart of bars)
      chart.dispatchEvent(new CustomEvent("code", { detail, bubbles: true }));
    for (const figure of document.querySelectorAll(`[data-model="${model}"] [data-live=active]`)) {
      if (detail) say(figure, String(active(detail)));
      else giveBack(figure);
    }
  }

  // What the panel shows, the nearest concern first.
  subject() {
    const { map, labels, group, hover, pin, note, own } = this;
    if (hover) return this.placed(hover);
    if (group)
      return group.length ? [meanCode(map, group), this.purity(group)] : [null, labels.group_empty];
    if (note) return [null, note(labels)];
    if (pin) return this.placed(pin);
    return own.star ? [own.code, labels.yours] : [null, labels.hint];
  }

  placed({ x, y, index, star }) {
    const { map, labels, own } = this;
    if (star) return [own.code, labels.yours];
    if (index === null) return [codeAt(map, x, y), labels.place];
    return [meanCode(map, [index]), labels.of_digit.replace("{digit}", map.digits[index])];
  }

  purity(group) {
    const counts = this.map.palette.map(
      (_, digit) => group.filter((i) => this.map.digits[i] === digit).length,
    );
    const most = Math.max(...counts);
    const write = (value, style) =>
      new Intl.NumberFormat(this.labels.language, { style }).format(value);
    const values = {
      n: write(group.length, "decimal"),
      share: write(most / group.length, "percent"),
    };
    const { group: many, group_one: one } = this.labels;
    return (group.length === 1 ? one : many).replace(
      /\{(n|share|digit)\}/g,
      (_, name) => values[name] ?? counts.indexOf(most),
    );
  }

  // What the visitor does

  at(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top].map((length) => length / this.magnified);
  }

  pressed(event) {
    if (event.button || !this.map) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    this.start = this.at(event);
    this.travelled = this.pointers.size > 1; // a pinch is no tap
    if (!this.lassoing) return;
    this.change({
      ...NOTHING,
      pin: this.pin,
      polygon: this.travelled ? null : [this.toMap(this.start)],
      hover: null,
    });
  }

  moved(event) {
    if (!this.map) return;
    const { pointers } = this;
    const here = this.at(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.change({ hover: this.look(here) });
      return;
    }
    pointers.set(event.pointerId, here);
    this.travelled ||= distance(here, this.start) > 5;
    const [right, down] = [here[0] - before[0], here[1] - before[1]];
    if (pointers.size === 2) {
      const [other] = [...pointers].find(([id]) => id !== event.pointerId).slice(1);
      this.pan(right / 2, down / 2);
      const middle = here.map((value, i) => (value + other[i]) / 2);
      this.zoomAt(middle, distance(here, other) / (distance(before, other) || 1));
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
      this.change(
        closed ? { group: enclosed(this.map.points, this.polygon) } : { polygon: null },
        closed,
      );
    } else if (!this.travelled && !cancelled) {
      this.tap(this.at(event), event.pointerType === "touch");
    }
    this.draw();
  }

  tap(at, touch) {
    const again =
      this.pin && distance(this.toScreen(...this.spot(this.pin)), at) < (touch ? 14 : 9);
    const place = this.look(at, touch);
    this.change(again || place.star ? NOTHING : { pin: place }, true);
  }

  wheeled(event) {
    if (!this.map) return;
    const delta = clamp(event.deltaY * (event.deltaMode ? 16 : 1), -120, 120);
    // Out of the whole map the page scrolls, but not with the same turn of the wheel that brought
    // us there.
    const out = delta > 0 && this.view.zoom === 1 && !event.ctrlKey;
    if (out && event.timeStamp - (this.turned ?? -Infinity) > 300) return;
    event.preventDefault();
    this.turned = event.timeStamp;
    this.zoomAt(this.at(event), Math.exp(-delta / (event.ctrlKey ? 100 : 400)));
    this.change({ hover: this.look(this.at(event)) });
  }

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.map) return;
    const arrow = ARROWS[event.key];
    const factor = { "+": 1.6, "=": 1.6, "-": 1 / 1.6, 0: 0 }[event.key];
    if (arrow) this.lassoing ? this.aim(arrow) : this.step(arrow);
    else if (this.lassoing && ["Enter", " "].includes(event.key)) this.setCorner();
    else if (factor !== undefined) this.zoomAt(this.focus(), factor);
    else if (event.key === "Escape" && (this.pin || this.polygon || this.lassoing)) {
      this.change({ ...NOTHING, hover: null, lassoing: false }, true);
    } else return; // not ours: let it scroll, or close a dialog
    event.preventDefault();
  }

  // From the pinned place; else from the star, else from the middle.
  step(arrow) {
    const { pin } = this;
    const to = this.go(pin ? this.toScreen(pin.x, pin.y) : this.begin(), arrow);
    this.change({ ...NOTHING, pin: this.look(to), hover: null }, true);
  }

  begin() {
    const from = this.star ? this.starAt() : this.focus();
    return from.map((value, i) => clamp(value, 0, this.size[i]));
  }

  // One step on the screen; the view follows.
  go(from, arrow) {
    const { size } = this;
    const inside = (place) => place.map((value, i) => clamp(value, 0, size[i]));
    const to = from.map((value, i) => value + arrow[i] * this.stride);
    const place = this.toMap(to);
    this.pan(inside(to)[0] - to[0], inside(to)[1] - to[1]);
    return inside(this.toScreen(...place));
  }

  get stride() {
    return STEP * Math.min(...this.size);
  }

  // A ring, by keyboard: a cross that the arrows move leaves corners behind.

  toggleLasso(event) {
    const lassoing = !this.lassoing;
    const note = lassoing ? (labels) => labels.lasso_hint : null;
    this.change({ ...NOTHING, pin: this.pin, lassoing, note }, true);
    // For its arrows and Enter, which on the button would end it. Only a key needs what is scrolled to.
    if (lassoing) this.canvas.focus({ preventScroll: event.detail > 0 });
  }

  aim(arrow) {
    const from = this.cross ? this.toScreen(...this.cross) : this.begin();
    this.change({ cross: this.toMap(this.go(from, arrow)), hover: null });
  }

  // On the first corner, or twice on the last one, it closes the ring.
  setCorner() {
    const cross = this.cross ?? this.toMap(this.begin());
    const ring = this.group ? [] : (this.polygon ?? []);
    const here = (corner) =>
      corner && distance(this.toScreen(...corner), this.toScreen(...cross)) < this.stride / 2;
    if (ring.length > 2 && (here(ring[0]) || here(ring.at(-1)))) {
      const group = enclosed(this.map.points, ring);
      this.change({ group, note: null, hover: null }, true);
    } else if (!here(ring.at(-1))) {
      const polygon = [...ring, cross];
      const note = (labels) => labels.corner.replace("{n}", polygon.length);
      this.change({ polygon, cross, note, group: null, hover: null }, true);
    }
  }

  destroy() {
    super.destroy();
    canvases.delete(this.host);
  }
}

// What a drawing, and the visitor's hand in its code, come to.
const codeOf = (data) => JSON.stringify([data?.revision, data?.code]);

function crossPath(x, y, radius) {
  const path = new Path2D();
  for (const [right, down] of [
    [radius, 0],
    [0, radius],
  ]) {
    path.moveTo(x - right, y - down);
    path.lineTo(x + right, y + down);
  }
  return path;
}
