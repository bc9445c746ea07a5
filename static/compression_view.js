// What a digit's bytes buy, by models and by picture files: a chart, the visitor's own digit at the
// chosen point, and what all others make of about as many bytes. Nothing is asked of the server but
// what takes it a while: the other models' view of the digit. The Python side is
// ui/components/compression.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { AMOUNTS, alike, cost, noWorse } = await import(`./compression.js${version}`);
const { draw } = await import(`./compression_chart.js${version}`);
const numbers = await import(`./numbers.js${version}`);
const { open } = await import(`./packed.js${version}`);
const { picture } = await import(`./paint.js${version}`);
const { Painted } = await import(`./painted.js${version}`);
const { clamp } = await import(`./pixels.js${version}`);
const { nearest } = await import(`./simulation_scene.js${version}`);

const REACH = { mouse: 16, pen: 20, touch: 28 }; // CSS pixels around a point
const TYPICAL = 10_000; // digits that are sent, at first

const figures = new WeakMap(); // the component's root -> its figure

export default function show({ data, parentElement, setStateValue }) {
  const host = parentElement.querySelector(".compression");
  if (!figures.has(host)) figures.set(host, new Figure(host));
  const figure = figures.get(host);
  figure.ask = (digit) => setStateValue("asked", { digit, way: figure.name });
  figure.update(data);
  // Also called for an update that a newer one overtook, while the figure is in use.
  return () => host.isConnected || figure.destroy();
}

// What stays the same is left alone: a status would be read out again.
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

class Figure extends Painted {
  constructor(host) {
    super([host.querySelector(".chart")]);
    this.host = host;
    this.find = (selector) => host.querySelector(selector);
    this.chart = this.find(".chart");
    this.tip = this.find(".tip");
    this.hover = null; // the point that the pointer is at: a way's name, the step, whether alone
    const on = (selector, name, act) => this.find(selector).addEventListener(name, act.bind(this));
    const digits = this.find(".digits input");
    digits.max = AMOUNTS.length - 1;
    digits.value = AMOUNTS.indexOf(TYPICAL);
    on(".way select", "change", ({ target }) => this.choose(target.value));
    on(".step input", "input", ({ target }) => this.choose(this.way.name, Number(target.value)));
    on(".cost", "input", () => this.draw());
    on(".chart", "pointermove", (event) => this.point(event, event.pointerType !== "touch"));
    on(".chart", "pointerleave", () => this.change({ hover: null }));
    on(".chart", "click", this.take);
    on(".chart", "keydown", this.keyed);
    on(".chart", "focus", () => this.change({ focused: this.chart.matches(":focus-visible") }));
    on(".chart", "blur", () => this.change({ focused: false }));
  }

  update(data) {
    const { header, read } = open(data);
    Object.assign(this, { header, read });
    const { labels, opens, ways } = header;
    this.label(ways);
    if (this.opens !== opens.join() || !ways.some(({ name }) => name === this.name))
      this.choose(...opens);
    this.opens = opens.join();
    this.cells(ways);
    this.chart.ariaLabel = labels.chart;
    this.chart.setAttribute("aria-description", labels.keys);
    this.host.classList.toggle("missing", header.missing);
    this.draw();
    if (this.waits) this.ask(header.digit);
  }

  label(ways) {
    const { labels } = this.header;
    write(this.find(".way span"), labels.way);
    write(this.find(".decoder span"), labels.decoder);
    write(this.find(".alike p"), labels.alike);
    this.find(".alike").ariaLabel = labels.alike;
    const groups = [labels.models, labels.formats].map((label, i) => {
      const group = Object.assign(document.createElement("optgroup"), { label });
      const some = ways.filter(({ decoder }) => Boolean(decoder) === (i === 0));
      group.append(...some.map(({ name, title }) => new Option(title, name)));
      return group;
    });
    this.find(".way select").replaceChildren(...groups);
  }

  // A button for each way, which stays where it is.
  cells(ways) {
    const box = this.find(".cells");
    while (box.children.length > ways.length) box.lastChild.remove();
    while (box.children.length < ways.length) {
      const cell = document.createElement("button");
      cell.type = "button";
      for (const name of ["canvas", "b", "span", "small"])
        cell.append(document.createElement(name));
      cell.addEventListener("click", () => this.choose(cell.name, Number(cell.value)));
      box.append(cell);
    }
  }

  // Is more of the digit to come?
  get waits() {
    const { all, digit, missing } = this.header;
    return Boolean(digit) && !missing && !all;
  }

  // What is chosen

  get way() {
    return this.header.ways.find(({ name }) => name === this.name);
  }

  get digits() {
    return AMOUNTS[this.find(".digits input").value];
  }

  // Of the visitor's digit, at a step of a way; null where it is not known, or not yet.
  ownOf(way, step) {
    const own = this.header.own[way.name];
    return own ? { bytes: own.bytes[step], file: own.files[step], error: own.errors[step] } : null;
  }

  // At a step, or at the one that has about as many bytes as what is chosen now.
  choose(name, step = null) {
    const way = this.header.ways.find((each) => each.name === name);
    this.change({ name, step: step ?? this.like(way), hover: null });
  }

  like(way) {
    const [own, there] = [this.ownOf(this.way, this.step), this.header.own[way.name]];
    return own && there
      ? alike(there.bytes, own.bytes)
      : alike(way.bytes, this.way.bytes[this.step]);
  }

  // What is on the screen

  paint() {
    const { chart, header, step, way } = this;
    if (!header) return;
    const { labels } = header;
    const own = this.ownOf(way, step);
    this.showControls();
    this.showPictures(own);
    this.showCells();
    this.showCost();
    const [first, ...more] = this.told(own);
    write(this.find(".says b"), first);
    write(this.find(".says > span"), more.join(" "));
    // In a hidden tab: the ResizeObserver calls again when it is shown.
    if (chart.clientWidth && chart.clientHeight) {
      const digits = this.find(".decoder input").checked ? this.digits : null;
      const together = this.fill(labels.together, { digits: this.whole(header.measured) });
      const plain = (value) => numbers.write(value, decimalsOf(value), header.separators);
      const words = { ...labels, together };
      const mine = own && { ...own, bytes: own.bytes + (digits ? way.decoder / digits : 0) };
      const scene = {
        ways: header.ways,
        chosen: { way, step },
        own: mine,
        digits,
        plain,
        labels: words,
      };
      this.points = draw(chart, scene);
      this.showTip();
    }
    Object.assign(this.host.dataset, {
      way: way.name,
      step,
      bytes: own?.bytes ?? "",
      error: own?.error ?? "",
      all: header.all,
    });
  }

  showControls() {
    const { header, step, way } = this;
    const { labels } = header;
    this.find(".way select").value = way.name;
    const slider = this.find(".step input");
    slider.max = way.bytes.length - 1;
    slider.value = step;
    slider.disabled = way.bytes.length < 2;
    const value = way.labels[step];
    const label = way.decoder ? labels.bits : value === null ? labels.lossless : labels.quality;
    write(this.find(".step span"), label.replace("{n}", value));
    slider.ariaValueText = this.stepOf(way, step);
    const digits = this.whole(this.digits);
    write(this.find(".digits span"), labels.digits.replace("{n}", digits));
    this.find(".digits input").ariaValueText = digits;
    this.find(".decoder input").disabled = !way.decoder;
  }

  // The digit as it was drawn, as chosen, and what that is to be compared with.
  showPictures(own) {
    const { digit, labels, pixels } = this.header;
    const beside = own && this.besideOwn(own);
    const shown = {
      drawn: digit && { title: labels.drawn, bytes: pixels, pixels: this.pictureOf("drawn", 0) },
      chosen: own && this.asShown({ way: this.way, step: this.step, ...own }),
      beside: beside && this.asShown(beside),
    };
    const none = this.waits ? labels.wait : "–";
    for (const [name, what] of Object.entries(shown)) {
      const figure = this.find(`figure.${name}`);
      const canvas = figure.querySelector("canvas");
      const [title, size, error] = figure.querySelector("figcaption").children;
      canvas.hidden = !what;
      canvas.ariaLabel = what?.title ?? "";
      if (what) picture(what.pixels, null, canvas);
      const empty = digit ? none : name === "drawn" ? labels.draw : "";
      write(figure.querySelector(".word"), what ? "" : empty);
      write(title, what?.title ?? "");
      write(size, what ? this.bytes(what.bytes) : "");
      const told = what?.error === undefined ? "" : this.error(what.error);
      write(error, told && labels.error.replace("{error}", told));
    }
  }

  asShown({ way, step, bytes, error }) {
    return { title: way.title, bytes, error, pixels: this.pictureOf(way.name, step) };
  }

  pictureOf(name, step) {
    const all = this.read(name);
    const { pixels } = this.header;
    return Float32Array.from(all.subarray(step * pixels, (step + 1) * pixels), (v) => v / 255);
  }

  showCells() {
    const { header, way: chosen } = this;
    const { labels } = header;
    header.ways.forEach((way, i) => {
      const cell = this.find(".cells").children[i];
      const step = way === chosen ? this.step : this.like(way);
      const own = this.ownOf(way, step);
      const { bytes, error } = own ?? { bytes: way.bytes[step], error: way.errors[step] };
      const [canvas, title, size, loss] = cell.children;
      const shown = own || !header.digit || header.missing;
      cell.classList.toggle("blank", !own);
      if (own) picture(this.pictureOf(way.name, step), null, canvas);
      write(title, way.title);
      write(size, shown ? this.bytes(bytes) : this.waits ? "…" : "–");
      write(loss, shown ? this.error(error) : "");
      const words = {
        step: this.stepOf(way, step),
        bytes: this.bytes(bytes),
        error: this.error(error),
      };
      cell.ariaLabel = shown ? this.fill(labels.cell, words) : `${way.title}: ${labels.wait}`;
      Object.assign(cell, { name: way.name, value: step, ariaPressed: way === chosen });
      cell.style.setProperty("--colour", way.colour);
    });
  }

  showCost() {
    const { header, step, way } = this;
    const { labels } = header;
    const { codes, whole, files } = cost(way, step, this.digits);
    const pays = way.paysOff?.[step];
    const sheet = this.sheetFor(way.errors[step]);
    const words = {
      codes: this.bytes(codes),
      whole: this.bytes(whole),
      sheets: this.bytes(way.decoder ? this.digits * sheet.bytes : codes),
      files: this.bytes(files),
      format: sheet.way.title,
      n: pays && this.whole(pays),
    };
    const told = way.decoder
      ? [labels.cost_model, pays ? labels.pays : labels.never]
      : [labels.cost_format];
    write(this.find(".cost p"), told.map((label) => this.fill(label, words)).join(" "));
  }

  showTip() {
    const { focused, header, hover, name, points, step, tip } = this;
    // By what it is: it may have moved since.
    const wanted = hover ?? (focused ? { name, step, alone: false } : null);
    const at = wanted && points.findLast((point) => same(point, wanted));
    tip.hidden = !at;
    if (!at) return;
    const { labels } = header;
    const { way, alone } = at;
    const own = this.ownOf(way, at.step);
    const error = (alone ? way.aloneErrors : way.errors)[at.step];
    const title = Object.assign(document.createElement("b"), {
      textContent: this.stepOf(way, at.step),
    });
    const lines = [
      this.fill(labels.point, { bytes: this.bytes(at.bytes), error: this.error(error) }),
      alone ? labels.alone : "",
      own ? this.fill(labels.point_own, this.written(own)) : "",
    ];
    tip.replaceChildren(
      title,
      ...lines.filter(Boolean).map((textContent) => {
        return Object.assign(document.createElement("span"), { textContent });
      }),
    );
    const left = clamp(at.x - tip.offsetWidth / 2, 0, this.chart.clientWidth - tip.offsetWidth);
    const above = at.y - tip.offsetHeight - 14;
    tip.style.transform = `translate(${left}px, ${above >= 0 ? above : at.y + 14}px)`;
  }

  // Words

  // A sentence in large letters, and more.
  told(own) {
    const { header, step, way } = this;
    const { labels } = header;
    if (!own && this.waits) return [`${way.title}: ${labels.wait}`];
    const kind = own ? "own" : "average";
    const beside = own ? this.besideOwn(own) : this.sheetFor(way.errors[step]);
    const words = {
      beside: beside?.way.title,
      size: beside && this.bytes(beside.bytes),
      digits: this.whole(header.measured),
      sheet: this.whole(header.sheet),
      file: this.bytes(own ? own.file : way.alone[step]),
    };
    const compared = way.decoder || (own && beside) ? ` ${labels[`${kind}_beside`]}` : "";
    const best = this.waits ? "" : labels.own_best;
    const what = way.decoder ? "model" : "format";
    const more = own && !beside ? best : labels[`${kind}_${what}`];
    const sentences = [labels[kind] + compared, header.missing ? labels.missing : more];
    return sentences.map((label) => this.fill(label, words));
  }

  // The smallest WebP file that is no worse than a model's picture, or the smallest such code.
  besideOwn({ error }) {
    const rivals = this.way.decoder
      ? this.ownSteps((each) => each.name === "WebP")
      : this.ownSteps((each) => each.decoder);
    return noWorse(rivals, error);
  }

  // The steps of some ways, as the visitor's digit has them.
  ownSteps(belongs) {
    const known = this.header.ways.filter((way) => belongs(way) && way.name in this.header.own);
    return known.flatMap((way) =>
      way.bytes.map((_, step) => ({ way, step, ...this.ownOf(way, step) })),
    );
  }

  // The smallest sheet that is no worse than some error.
  sheetFor(error) {
    const sheets = this.header.ways
      .filter((way) => !way.decoder)
      .flatMap((way) => way.bytes.map((bytes, i) => ({ way, bytes, error: way.errors[i] })));
    return noWorse(sheets, error);
  }

  stepOf(way, step) {
    const { labels } = this.header;
    const n = way.labels[step];
    const [kind, one] = way.decoder ? ["bits", "bit"] : ["quality", "quality"];
    const label = n === null ? "lossless" : n === 1 ? one : kind;
    return labels[`step_${label}`].replace("{way}", way.title).replace("{n}", n);
  }

  fill(label, more = {}) {
    const { way, step } = this;
    const own = this.ownOf(way, step);
    const bytes = this.bytes(own?.bytes ?? way.bytes[step]);
    const values = { way: way.title, bytes, ...more };
    return label.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  written({ bytes, error }) {
    return { bytes: this.bytes(bytes), error: this.error(error) };
  }

  number(value, decimals) {
    return numbers.write(value, decimals, this.header.separators);
  }

  error(value) {
    return this.number(value, 4);
  }

  whole(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, this.header.separators[1]);
  }

  // A whole number of bytes as such, an average with a decimal.
  bytes(value) {
    const { labels } = this.header;
    for (const [unit, of] of [
      ["MB", 1e6],
      ["KB", 1e3],
    ])
      if (value >= of) return `${this.number(value / of, value < 100 * of ? 1 : 0)}\u00a0${unit}`;
    const label = value === 1 ? labels.byte : labels.bytes;
    const decimals = Number.isInteger(value) || value >= 100 ? 0 : 1;
    return label.replace(" ", "\u00a0").replace("{n}", this.number(value, decimals));
  }

  // The pointer and the keyboard

  point(event, shows) {
    if (!shows || !this.points) return;
    this.change({ hover: this.at(event) });
  }

  // The nearest point within reach; of those that lie on one another, the one on top.
  at({ clientX, clientY, pointerType }) {
    const { left, top } = this.chart.getBoundingClientRect();
    const places = this.points.map(({ x, y }) => [x, y]);
    const index = nearest(
      places,
      [clientX - left, clientY - top],
      REACH[pointerType] ?? REACH.mouse,
    );
    if (index === null) return null;
    const { way, step, alone } = this.points[index];
    return { name: way.name, step, alone };
  }

  take(event) {
    const at = this.points && this.at(event);
    if (!at) return this.change({ hover: null });
    this.change({ name: at.name, step: at.step, hover: at });
  }

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { header, step, way } = this;
    const last = way.bytes.length - 1;
    const to = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: last }[event.key];
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (to !== undefined) this.choose(way.name, clamp(to, 0, last));
    else if (by) {
      const { ways } = header;
      const next = clamp(ways.indexOf(way) + by, 0, ways.length - 1);
      this.choose(ways[next].name, ways[next] === way ? step : null);
    } else if (event.key === "Escape" && (this.hover || this.focused))
      return this.change({ hover: null, focused: false });
    else return; // not ours: let it scroll, or close a dialog
    this.focused = true;
    event.preventDefault();
  }
}

const same = ({ way, step, alone }, wanted) =>
  way.name === wanted.name && step === wanted.step && alone === wanted.alone;

// As many as the first digit that is not zero needs.
const decimalsOf = (value) => Math.max(0, -Math.floor(Math.log10(value) + 1e-9));
