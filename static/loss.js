// The cross-entropy of the visitor's digit, pixel by pixel, in two colours for its two terms. It
// follows the pen where the page runs the network in the browser. The Python side is
// ui/components/loss.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { write } = await import(`./controls.js${version}`);
const { costliest, terms } = await import(`./cross_entropy.js${version}`);
const numbers = await import(`./numbers.js${version}`);
const { open } = await import(`./packed.js${version}`);
const { clamp, rgba, twofold } = await import(`./raster.js${version}`);
const { say } = await import(`./status.js${version}`);
const { fill } = await import(`./words.js${version}`);

const SIDE = 28;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STRIDE = 4; // pixels, with Shift
const PICTURES = ["digit", "reconstruction", "costs"];

const losses = new Map(); // the component's root -> its loss, those in the page

export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".cross-entropy");
  if (!losses.has(host)) losses.set(host, new Loss(host));
  losses.get(host).update(data);
  // Also called for an update that a newer one overtook, while the loss is in use.
  return () => host.isConnected || losses.delete(host);
}

// The model's view of the drawing under the moving pen, and in the end null: see static/live.js.
addEventListener("seen", ({ detail: models }) => {
  for (const loss of losses.values()) loss.follow(models);
});

class Loss {
  constructor(host) {
    this.host = host;
    this.find = (selector) => host.querySelector(selector);
    this.pictures = this.find(".pictures");
    this.pixel = null; // the one that the visitor is at; else it is told of the costliest
    const on = (name, act) => this.pictures.addEventListener(name, act.bind(this));
    on("pointerdown", this.pointed);
    on("pointermove", this.pointed);
    on("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.go(null));
    on("keydown", this.keyed);
  }

  update(data) {
    const { header, read } = open(data);
    this.header = header;
    const { labels } = header;
    for (const name of PICTURES) write(this.find(`.${name} figcaption`), labels[name]);
    for (const name of ["missed", "invented", "total", "copy"])
      write(this.find(`.${name} .name`), labels[name]);
    write(this.find(".formula"), labels.formula);
    this.pictures.ariaLabel = labels.pictures;
    this.pictures.setAttribute("aria-description", labels.keys);
    this.told = header.arrays.digit && { x: read("digit"), y: read("reconstruction") };
    this.paint();
  }

  follow(models) {
    const seen = models?.get(this.header.model);
    this.live = seen && { x: seen.digit, y: seen.reconstruction };
    this.paint();
  }

  paint() {
    const { find, header, host } = this;
    const { full, separators } = header;
    this.shown = this.live ?? this.told;
    host.toggleAttribute("data-empty", !this.shown);
    if (!this.shown) return this.clear();
    const { x, y } = this.shown;
    this.terms = terms(x, y);
    const { missed, invented, means } = this.terms;
    const painted = {
      digit: rgba(x),
      reconstruction: rgba(y),
      costs: twofold(missed, invented, full),
    };
    for (const name of PICTURES) {
      this.context(name).putImageData(new ImageData(painted[name], SIDE), 0, 0);
    }
    const total = means[0] + means[1];
    const [copyMissed, copyInvented] = terms(x, x).means;
    const figures = {
      missed: means[0],
      invented: means[1],
      total,
      copy: copyMissed + copyInvented,
    };
    for (const [name, value] of Object.entries(figures))
      write(find(`.${name} b`), numbers.write(value, 4, separators));
    this.mark();
  }

  clear() {
    for (const name of PICTURES) this.context(name).clearRect(0, 0, SIDE, SIDE);
    for (const part of this.host.querySelectorAll("b")) write(part, "–");
    write(this.find(".words"), this.header.labels.empty);
  }

  context(name) {
    return this.find(`.${name} canvas`).getContext("2d");
  }

  // Which pixel is told of, and what.
  mark() {
    const pixel = this.pixel ?? costliest(this.terms);
    const [column, row] = [pixel % SIDE, Math.floor(pixel / SIDE)];
    this.host.style.setProperty("--column", column);
    this.host.style.setProperty("--row", row);
    this.host.dataset.pixel = pixel;
    write(this.find(".words"), this.words(pixel, column, row));
  }

  words(pixel, column, row) {
    const { labels, separators } = this.header;
    const { x, y } = this.shown;
    const { missed, invented } = this.terms;
    const number = (value) => numbers.write(value, 2, separators);
    return fill(this.pixel === null ? labels.costliest : labels.pixel, {
      row: row + 1,
      column: column + 1,
      x: number(x[pixel]),
      y: number(y[pixel]),
      missed: number(missed[pixel]),
      invented: number(invented[pixel]),
    });
  }

  go(pixel) {
    if (!this.shown || pixel === this.pixel) return;
    this.pixel = pixel;
    this.mark();
  }

  pointed({ target, clientX, clientY, type }) {
    const canvas = target.closest("figure")?.querySelector("canvas");
    if (!canvas) return;
    if (type === "pointerdown") this.pictures.focus({ preventScroll: true });
    const { left, top, width } = canvas.getBoundingClientRect();
    const [column, row] = [clientX - left, clientY - top].map((length) =>
      clamp(Math.floor((SIDE * length) / width), 0, SIDE - 1),
    );
    this.go(row * SIDE + column);
  }

  keyed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.shown) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const from = this.pixel ?? costliest(this.terms);
      const stride = event.shiftKey ? STRIDE : 1;
      const [column, row] = [from % SIDE, Math.floor(from / SIDE)].map((value, i) =>
        clamp(value + stride * arrow[i], 0, SIDE - 1),
      );
      this.go(row * SIDE + column);
    } else if (event.key === "Escape" && this.pixel !== null) this.go(null);
    else return; // not ours
    say(this.find(".words").textContent);
    event.preventDefault();
  }
}
